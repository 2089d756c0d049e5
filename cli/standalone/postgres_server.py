"""The PostgreSQL of `errata up`: one cluster, scram only, a unix socket and no TCP port, nothing of people in its log."""

import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from cli.failures import CannotStartError
from cli.standalone import service_account
from cli.standalone.secret_files import write_private
from cli.standalone.server_binaries import ServerBinary
from cli.standalone.service_account import ServiceAccount

SUPERUSER = "errata_superuser"
DATABASE = "errata"
_READY_LINE = 7  # eighth line of postmaster.pid (PostgreSQL: miscadmin.h, LOCK_FILE_LINE_PM_STATUS)
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}

_OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "40",
    "shared_buffers": "96MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "max_wal_size": "512MB",
    "min_wal_size": "64MB",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # A parameter, a failing statement or the DETAIL of an error can hold people's data.
    "log_statement": "none",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


@dataclass(frozen=True, slots=True)
class PostgresServer:
    binary: ServerBinary
    cluster: Path
    sockets: Path
    account: ServiceAccount | None

    @property
    def command(self) -> list[str]:
        options = _OPTIONS | {"unix_socket_directories": str(self.sockets)}
        return [
            str(self.binary.path),
            "-D",
            str(self.cluster),
            *(argument for name, value in options.items() for argument in ("-c", f"{name}={value}")),
        ]

    @property
    def environment(self) -> dict[str, str]:
        return _ENVIRONMENT

    def url(self, database: str = DATABASE) -> str:
        """Through the unix socket, without user and password."""
        return f"postgresql:///{database}?host={quote(str(self.sockets), safe='/')}"

    def is_ready(self) -> bool:
        """Whether the server has finished recovery and takes connections, by its own word in postmaster.pid."""
        try:
            lines = (self.cluster / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) > _READY_LINE and lines[_READY_LINE].strip() == "ready"


def major_version(cluster: Path) -> int | None:
    """The major version that made the cluster; None if there is none yet."""
    try:
        return int((cluster / "PG_VERSION").read_text())
    except FileNotFoundError:
        return None


def initialise(server: PostgresServer, *, superuser_password: str, log: Path) -> bool:
    """Make the cluster unless it exists; whether it was made.  Half-made clusters never take the real name."""
    if server.cluster.exists():
        return False
    unfinished = server.cluster.with_name("postgres.new")
    _remove(unfinished, server.account)
    password_file = server.cluster.with_name("superuser_password")
    write_private(password_file, superuser_password)
    service_account.give(password_file, server.account)
    try:
        _run_initdb(server, unfinished, password_file, log)
    finally:
        password_file.unlink()
    unfinished.rename(server.cluster)
    return True


def forget_dead_postmaster(cluster: Path) -> None:
    """Remove the lock file of a postmaster that is gone: after a reboot its process number may belong to somebody else."""
    lock_file = cluster / "postmaster.pid"
    try:
        process_id = int(lock_file.read_text().splitlines()[0])
    except (FileNotFoundError, IndexError, ValueError):
        lock_file.unlink(missing_ok=True)
        return
    try:
        working_directory = Path(f"/proc/{process_id}/cwd").resolve(strict=True)
    except OSError:
        working_directory = None
    if working_directory != cluster.resolve():
        lock_file.unlink(missing_ok=True)


def _run_initdb(server: PostgresServer, target: Path, password_file: Path, log: Path) -> None:
    account = server.account
    with log.open("ab") as output:
        done = subprocess.run(  # noqa: S603  # initdb beside the postgres that we chose
            [
                str(server.binary.path.with_name("initdb")),
                f"--pgdata={target}",
                f"--username={SUPERUSER}",
                f"--pwfile={password_file}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--data-checksums",
            ],
            user=None if account is None else account.user_id,
            group=None if account is None else account.group_id,
            extra_groups=None if account is None else [],
            env=_ENVIRONMENT,
            cwd="/",
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode != 0:
        raise CannotStartError(f"initdb ended with code {done.returncode}", cure=f"Read why in {log}")


def _remove(path: Path, account: ServiceAccount | None) -> None:
    """Remove what an interrupted initdb left, as its owner."""
    if path.exists():
        subprocess.run(  # noqa: S603  # fixed program, one path of ours
            ["/bin/rm", "-rf", "--", str(path)],
            user=None if account is None else account.user_id,
            group=None if account is None else account.group_id,
            extra_groups=None if account is None else [],
            check=True,
        )
