"""The limit of the queue: XADD in pipelines from raw sockets, without any client library, every write fsynced."""

import os
import socket
import time
from collections.abc import Callable, Sequence

_PIPELINE = 32
_STREAM = b"benchmark:limit"


def measure(connect: Callable[[], socket.socket], *, payload_bytes: int, seconds: float, connections: int = 4) -> float:
    """Entries appended per second by `connections` which send and wait together, so that they share each fsync."""
    opened = [connect() for _ in range(connections)]
    request = _command(b"XADD", _STREAM, b"*", b"p", os.urandom(payload_bytes)) * _PIPELINE
    try:
        appended, began = 0, time.monotonic()
        while time.monotonic() - began < seconds:
            for connection in opened:
                connection.sendall(request)
            for connection in opened:
                _read_answers(connection, _PIPELINE)
            appended += _PIPELINE * connections
        elapsed = time.monotonic() - began
        opened[0].sendall(_command(b"DEL", _STREAM))
        _read_line(opened[0])
        return appended / elapsed
    finally:
        for connection in opened:
            connection.close()


def _command(*parts: bytes) -> bytes:
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)


def _read_answers(connection: socket.socket, count: int) -> None:
    """Each XADD is answered with a bulk string: two lines."""
    lines = 0
    while lines < 2 * count:
        received = connection.recv(65536)
        if not received or received.startswith(b"-"):
            raise RuntimeError(f"Redis refused: {received[:100]!r}")
        lines += received.count(b"\r\n")


def _read_line(connection: socket.socket) -> Sequence[int]:
    return connection.recv(64)
