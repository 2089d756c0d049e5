"""A whole installation as an operator starts it: `errata up` in a directory of its own, on free ports, stopped with Ctrl-C."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_START_SECONDS = 90.0
_STOP_SECONDS = 60.0
_POLL_SECONDS = 0.05
_PROBE_SECONDS = 2.0


@dataclass(frozen=True)
class Endpoints:
    """What `errata up` wrote for its operator into endpoints.json."""

    dashboard_url: str
    ingest_url: str
    dsn: str
    otlp_grpc: str  # host:port
    admin_email: str
    admin_password: str
    api_key: str


@dataclass(frozen=True)
class RunningErrata:
    home: Path
    endpoints: Endpoints
    supervisor_id: int

    def admin_database_url(self) -> str:
        """The superuser's URL: for looking from outside."""
        return (self.home / "secrets" / "admin_database_url").read_text().strip()

    def logs(self) -> dict[str, str]:
        return {path.name: path.read_text(errors="replace") for path in sorted((self.home / "logs").glob("*.log"))}


@contextmanager
def running_errata(*options: str) -> Iterator[RunningErrata]:
    """A fresh installation, ready to be used; nothing of it is left afterwards."""
    home = Path(tempfile.mkdtemp(prefix="errata-up-", dir="/tmp"))  # short path: socket names have 107 bytes
    port = _free_pair_of_ports()
    printed = home.with_suffix(".out")
    with printed.open("wb") as output:
        supervisor = subprocess.Popen(
            [sys.executable, "-m", "cli.main", "up", "--data-dir", str(home), "--port", str(port), *options],
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True, cwd=ROOT, env=_environment(),
        )  # fmt: skip
    try:
        endpoints = _wait_for_endpoints(home, supervisor, printed)
        yield RunningErrata(home, endpoints, supervisor.pid)
    finally:
        _stop(supervisor)
        _remove(home)
        printed.unlink(missing_ok=True)


def _environment() -> dict[str, str]:
    """Ours without settings of another installation, and without asking Python to make warnings errors for it."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("ERRATA_", "PYTHONWARNINGS"))}


def _wait_for_endpoints(home: Path, supervisor: "subprocess.Popen[bytes]", printed: Path) -> Endpoints:
    deadline = time.monotonic() + _START_SECONDS
    path = home / "endpoints.json"
    while time.monotonic() < deadline:
        if supervisor.poll() is not None:
            break
        if path.exists():
            written = json.loads(path.read_text())
            endpoints = Endpoints(**{name: written[name] for name in Endpoints.__dataclass_fields__})
            if all(_is_ready(url) for url in (endpoints.dashboard_url, endpoints.ingest_url)):
                return endpoints
        time.sleep(_POLL_SECONDS)
    raise RuntimeError(f"errata up did not come up in {_START_SECONDS:.0f} s, it printed:\n{printed.read_text()}{_tails(home)}")


def _is_ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=_PROBE_SECONDS) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _tails(home: Path) -> str:
    return "".join(f"\n--- {path.name}\n{path.read_text()[-2000:]}" for path in sorted((home / "logs").glob("*.log")))


def _stop(supervisor: "subprocess.Popen[bytes]") -> None:
    """As Ctrl-C; what does not obey is killed, with all its children's sessions, and that is an error."""
    if supervisor.poll() is not None:
        return
    children = child_ids(supervisor.pid)
    supervisor.send_signal(signal.SIGINT)
    try:
        supervisor.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        _kill([supervisor.pid, *children])
        supervisor.wait()
        raise RuntimeError(f"errata up did not stop within {_STOP_SECONDS:.0f} s after SIGINT") from None


def _kill(process_ids: Sequence[int]) -> None:
    for process_id in process_ids:
        try:
            os.kill(process_id, signal.SIGKILL)
        except ProcessLookupError:
            continue


def child_ids(parent_id: int) -> list[int]:
    """The processes whose parent this is (proc(5): the field after the state)."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent_id and fields[0] not in {"Z", "X"}:
            found.append(int(path.parent.name))
    return found


def command_line(process_id: int) -> list[str]:
    """Empty for a process that is gone."""
    try:
        return Path(f"/proc/{process_id}/cmdline").read_text().split("\0")
    except OSError:
        return []


def _free_pair_of_ports() -> int:
    """A port which is free together with the one after it."""
    for _ in range(50):
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
            try:
                second.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port
    raise RuntimeError("no two neighbouring ports are free")


def _remove(home: Path) -> None:
    servers = home / "servers"
    if servers.is_symlink():  # the service account could not reach the directory: its files are elsewhere
        shutil.rmtree(servers.resolve(), ignore_errors=True)
    shutil.rmtree(home, ignore_errors=True)
