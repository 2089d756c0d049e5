"""Where `errata up` keeps everything: secrets, logs, the servers' files, and the lock that makes it the only one."""

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cli.failures import CannotStartError
from cli.standalone import service_account
from cli.standalone.service_account import ServiceAccount

# sun_path holds 108 bytes with its NUL (unix(7)); the longest name below the directory is "/.s.PGSQL.5432.lock".
_LONGEST_SOCKET_DIRECTORY = 107 - len("/.s.PGSQL.5432.lock")
_OUTSIDE = Path("/var/lib/errata")


@dataclass(frozen=True, slots=True)
class DataDirectory:
    root: Path

    @property
    def secrets(self) -> Path:
        return self.root / "secrets"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def servers(self) -> Path:
        """Files of PostgreSQL and Redis; a link when the service account could not reach this directory."""
        return self.root / "servers"

    @property
    def endpoints(self) -> Path:
        return self.root / "endpoints.json"

    @property
    def process_record(self) -> Path:
        return self.root / "processes.json"

    def log_of(self, name: str) -> Path:
        return self.logs / f"{name}.log"


def create(root: Path) -> DataDirectory:
    """Make the directory and what it holds unless it exists.  Raises CannotStartError if it cannot be written."""
    directory = DataDirectory(root.absolute())
    try:
        directory.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        for private in (directory.secrets, directory.logs):
            private.mkdir(mode=0o700, exist_ok=True)
            private.chmod(0o700)
        with tempfile.TemporaryFile(dir=directory.root):
            pass
    except OSError as error:
        raise CannotStartError(
            f"the data directory {directory.root} cannot be written ({error.strerror})",
            cure="Make it writable for this user, or choose another one with --data-dir",
        ) from error
    return directory


@contextmanager
def lock(directory: DataDirectory) -> Iterator[None]:
    """Hold the directory for this process; the system lets go of it when the process ends, however it ends."""
    with (directory.root / "lock").open("a+") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            held.seek(0)
            raise CannotStartError(
                f"errata is already running on {directory.root} (process {held.read().strip() or 'unknown'})",
                cure="Stop it with Ctrl-C where it runs, or choose another directory with --data-dir",
            ) from error
        held.truncate(0)
        held.write(str(os.getpid()))
        held.flush()
        yield


def place_servers(directory: DataDirectory, account: ServiceAccount | None) -> Path:
    """The real directory for the servers' files, owned by the account that runs them.

    Directories above are never opened for others.  If the account cannot reach the data directory, a directory below
    /var/lib/errata is used and linked from the data directory.
    """
    link = directory.servers
    if not link.exists():
        if account is not None:
            directory.root.chmod(0o711)  # the account may pass through, not look around
        if service_account.can_execute(account, directory.root):
            link.mkdir(mode=0o700)
        else:
            digest = hashlib.sha256(str(directory.root).encode()).hexdigest()[:12]
            outside = _OUTSIDE / digest
            _OUTSIDE.mkdir(mode=0o755, parents=True, exist_ok=True)
            outside.mkdir(mode=0o700, exist_ok=True)
            link.unlink(missing_ok=True)  # a link whose target was removed
            link.symlink_to(outside)
        service_account.give(link.resolve(), account)
    servers = link.resolve()
    if not service_account.can_execute(account, servers):
        raise CannotStartError(
            f"the account {account.name if account else 'of this process'} cannot reach {servers}",
            cure="Choose a directory that it can reach with --data-dir",
        )
    return servers


def place_sockets(servers: Path, account: ServiceAccount | None) -> Path:
    """A private directory for unix sockets, short enough for the system's limit on their paths."""
    inside = servers / "sockets"
    if len(os.fsencode(inside)) <= _LONGEST_SOCKET_DIRECTORY:
        inside.mkdir(mode=0o700, exist_ok=True)
        service_account.give(inside, account)
        return inside
    short = Path(tempfile.mkdtemp(prefix="errata-"))  # 0700 by its contract
    service_account.give(short, account)
    return short
