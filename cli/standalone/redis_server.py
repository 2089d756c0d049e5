"""The Redis or Valkey of `errata up`: every write is on disk before it is answered, a unix socket and no TCP port."""

import socket
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from cli.standalone import service_account
from cli.standalone.secret_files import write_private
from cli.standalone.server_binaries import ServerBinary
from cli.standalone.service_account import ServiceAccount

_SOCKET_NAME = "redis.sock"
_MAX_MEMORY = "512mb"  # a queue that grows beyond this makes the edge spool or refuse, not the machine swap
_PROBE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class RedisServer:
    binary: ServerBinary
    directory: Path
    sockets: Path
    account: ServiceAccount | None

    @property
    def command(self) -> list[str]:
        return [str(self.binary.path), str(self._configuration)]

    @property
    def environment(self) -> dict[str, str]:
        return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}

    @property
    def socket(self) -> Path:
        return self.sockets / _SOCKET_NAME

    @property
    def _configuration(self) -> Path:
        return self.directory / "redis.conf"

    def url(self, password: str) -> str:
        return f"unix://{quote(str(self.socket), safe='/')}?password={quote(password, safe='')}"

    def is_ready(self, password: str) -> bool:
        """Whether the server has loaded its data and answers."""
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(_PROBE_SECONDS)
                connection.connect(str(self.socket))
                connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
                return b"+PONG" in _receive_lines(connection, 2)
        except OSError:
            return False

    def configure(self, password: str) -> None:
        """Write the configuration; called before every start, so that an upgrade of errata takes effect."""
        lines = (
            "port 0",
            f'unixsocket "{self.socket}"',
            "unixsocketperm 700",
            f"requirepass {password}",
            f'dir "{self.directory}"',
            "daemonize no",
            "databases 1",
            "appendonly yes",
            "appendfsync always",
            "no-appendfsync-on-rewrite no",
            'save ""',
            f"maxmemory {_MAX_MEMORY}",
            "maxmemory-policy noeviction",
            "enable-debug-command no",
            "enable-module-command no",
        )
        write_private(self._configuration, "\n".join(lines) + "\n")
        service_account.give(self._configuration, self.account)
        (self.directory / "product").write_text(self.binary.product)


def prepare_directory(directory: Path, account: ServiceAccount | None) -> None:
    directory.mkdir(mode=0o700, exist_ok=True)
    service_account.give(directory, account)


def recorded_product(directory: Path) -> str | None:
    """Which product wrote the data in the directory; None before the first start."""
    try:
        return (directory / "product").read_text().strip() or None
    except FileNotFoundError:
        return None


def _receive_lines(connection: socket.socket, count: int) -> bytes:
    received = b""
    while received.count(b"\n") < count:
        piece = connection.recv(512)
        if not piece:
            break
        received += piece
    return received
