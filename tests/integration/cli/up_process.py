"""`errata up` as a process of its own, for tests that start, kill and start it again on the same directory."""

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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
START_SECONDS = 60.0
STOP_SECONDS = 40.0


@dataclass
class UpProcess:
    """One directory and its ports; at most one process at a time."""

    home: Path
    port: int
    options: tuple[str, ...] = ()
    process: "subprocess.Popen[str] | None" = field(default=None)

    @property
    def data_directory(self) -> Path:
        return self.home / "d"

    @property
    def output(self) -> Path:
        return self.home / "output"

    def endpoints(self) -> dict[str, str]:
        read: dict[str, str] = json.loads((self.data_directory / "endpoints.json").read_text())
        return read

    def start(self) -> float:
        """Returns when both doors are ready; the seconds that took."""
        started = time.monotonic()
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                self._command(self.port), cwd=ROOT, env=_environment(), stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT, text=True, start_new_session=True,
            )  # fmt: skip
        until(lambda: self._has_ended() or "is ready" in self.output.read_text(), seconds=START_SECONDS)
        assert not self._has_ended(), self.output.read_text()
        return time.monotonic() - started

    def start_another(self, *, port: int, directory: Path | None = None) -> "subprocess.CompletedProcess[str]":
        """A second `errata up`, which is expected to refuse."""
        return subprocess.run(
            self._command(port, directory), cwd=ROOT, env=_environment(), capture_output=True, text=True, timeout=START_SECONDS, check=False,
        )  # fmt: skip

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Another command on the same directory."""
        return subprocess.run(
            [sys.executable, "-m", "cli.main", *arguments, "--data-dir", str(self.data_directory)],
            cwd=ROOT, env=_environment(), capture_output=True, text=True, timeout=START_SECONDS, check=False,
        )  # fmt: skip

    def descendants(self) -> list[int]:
        """Process ids of everything below, PostgreSQL's backends too."""
        assert self.process is not None
        return _descendants(self.process.pid)

    def end(self, number: signal.Signals) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        code = self.process.wait(STOP_SECONDS)
        self.process = None
        return code

    def _command(self, port: int, directory: Path | None = None) -> list[str]:
        where = str(directory or self.data_directory)
        return [sys.executable, "-m", "cli.main", "up", "--data-dir", where, "--port", str(port), *self.options]

    def _has_ended(self) -> bool:
        return self.process is None or self.process.poll() is not None


@contextmanager
def up_process(*options: str, is_home_private: bool = False) -> Iterator[UpProcess]:
    """Not started yet; nothing of it is left afterwards."""
    home = Path(tempfile.mkdtemp(prefix="errata-cli-"))
    home.chmod(0o700 if is_home_private else 0o755)
    up = UpProcess(home, free_pair_of_ports(), options)
    try:
        yield up
    finally:
        if up.process is not None and up.process.poll() is None:
            up.end(signal.SIGTERM)
        servers = up.data_directory / "servers"
        if servers.is_symlink():
            shutil.rmtree(servers.resolve())
        shutil.rmtree(home)


def until(condition: Callable[[], bool], *, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"still not so after {seconds} s"
        time.sleep(0.05)


def is_alive(process_id: int) -> bool:
    """A zombie is not alive: a killed child may stay as one until somebody asks for it."""
    try:
        return Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    except OSError:
        return False


def status_of(url: str, *, token: str | None = None) -> int:
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"} if token else {})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def free_pair_of_ports() -> int:
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
            try:
                second.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port


def _descendants(process_id: int) -> list[int]:
    children = [int(child) for path in Path(f"/proc/{process_id}/task").glob("*/children") for child in path.read_text().split()]
    return children + [below for child in children for below in _descendants(child)]


def _environment() -> dict[str, str]:
    """Ours without settings of another installation, and without asking Python to make warnings errors for it."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("ERRATA_", "PYTHONWARNINGS"))}
