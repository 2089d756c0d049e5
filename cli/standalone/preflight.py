"""What is checked before anything is started or written."""

import shutil
import socket
from collections.abc import Sequence
from pathlib import Path

from cli import exit_codes
from cli.failures import CannotStartError

OTLP_GRPC_PORT = 4317  # OpenTelemetry's own (OTLP specification, default port)
_NEEDED_BYTES = 512 * 2**20  # a cluster with its write-ahead log and an empty queue take about 150 MB
_COMFORTABLE_BYTES = 2 * 2**30


def check_ports(ports: dict[str, int]) -> None:
    """Raises CannotStartError if one of the named ports cannot be listened on."""
    for purpose, port in ports.items():
        if not 0 < port < 2**16:
            raise CannotStartError(f"{port} is not a port number", cure="Choose one from 1024 to 65534 with --port")
        try:
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(("127.0.0.1", port))
        except PermissionError as error:
            raise CannotStartError(
                f"port {port} ({purpose}) is reserved for root",
                cure="Choose one above 1023 with --port",
                exit_code=exit_codes.BUSY_PORT,
            ) from error
        except OSError as error:
            raise CannotStartError(
                f"port {port} ({purpose}) is already in use",
                cure=f"Stop the program that listens there, or choose other ports, e.g. --port {_suggestion(ports)}",
                exit_code=exit_codes.BUSY_PORT,
            ) from error


def reserve_otlp_port(*, wanted: Sequence[int] = (OTLP_GRPC_PORT,)) -> tuple[socket.socket, int]:
    """A socket which keeps a port for the edge as long as it is open, and the port: the first wanted that is free, or any.

    Nobody else can take the port meanwhile; the edge can, because both sockets share it (SO_REUSEPORT, same user only).
    """
    for port in (*wanted, 0):
        keeper = socket.socket()
        keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        try:
            if port:
                _bind_alone(port)
            keeper.bind(("127.0.0.1", port))
        except OSError:
            keeper.close()
            continue
        return keeper, int(keeper.getsockname()[1])
    raise CannotStartError("no port is free for OTLP over gRPC", cure="Close programs that listen on many ports")


def _bind_alone(port: int) -> None:
    """Raises OSError if anybody has the port, even somebody who would share it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))


def check_disk(path: Path) -> str:
    """Free space as text for the progress line.  Raises CannotStartError below what a start needs."""
    free = shutil.disk_usage(path).free
    megabytes = free // 2**20
    if free < _NEEDED_BYTES:
        raise CannotStartError(
            f"only {megabytes} MB are free where {path} is", cure="Free at least 512 MB, or choose another disk with --data-dir"
        )
    hint = "" if free >= _COMFORTABLE_BYTES else ", which is little"
    return f"{megabytes / 1024:.1f} GB free{hint}"


def _suggestion(ports: dict[str, int]) -> int:
    lowest = min(ports.values())
    return lowest + 100 if lowest + 100 < 2**16 - len(ports) else 8100
