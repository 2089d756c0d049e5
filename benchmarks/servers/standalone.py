"""`errata up` as a newcomer runs it, in a directory of its own."""

import contextlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import machine
from benchmarks.load.launch import Target
from cli.standalone import endpoints, http_probe
from cli.standalone.endpoints import Endpoints
from protocol import dsn

_START_SECONDS = 120.0
_POLL_SECONDS = 0.01
_KINDS = {"postgres": "PostgreSQL", "redis-server": "Redis", "valkey-server": "Redis", "serve_ingest": "edge", "serve_api": "API"}
_KINDS |= {"serve_worker": "worker", "serve_scheduler": "scheduler", "cli.up": "supervisor"}


class Standalone:
    """One data directory; it can be started and stopped again and again."""

    def __init__(self, root: Path, *, port: int) -> None:
        self.root = root
        self.port = port
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def endpoints(self) -> Endpoints:
        found = endpoints.read(self.root / "endpoints.json")
        assert found is not None, "it has been started"
        return found

    @property
    def target(self) -> Target:
        found = dsn.parse(self.endpoints.dsn or "")
        return Target(port=self.port + 1, path=f"/api/{found.project_id}/envelope/", key=found.public_key)

    def launch(self, *, workers: int = 1) -> None:
        """Begin to start; returns at once."""
        command = [sys.executable, "-m", "cli.main", "up", "--data-dir", str(self.root), "--port", str(self.port)]
        with (self.root.parent / f"{self.root.name}.log").open("ab") as output:
            self._process = subprocess.Popen(
                [*command, "--workers", str(workers)], cwd=machine.ROOT, stdout=output, stderr=output
            )

    def wait_until_ready(self) -> None:
        """Until the edge and the API answer."""
        deadline = time.monotonic() + _START_SECONDS
        while not all(map(http_probe.is_ready, (self.port, self.port + 1))):
            if self._process is None or self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("errata up did not become ready")
            time.sleep(_POLL_SECONDS)

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(60)
            self._process = None

    def memory_bytes(self) -> dict[str, int]:
        """PSS of everything that was started, by kind of process."""
        assert self._process is not None, "it is running"
        found: dict[str, int] = {}
        for process_id in machine.process_tree(self._process.pid):
            kind = _kind_of(process_id)
            found[kind] = found.get(kind, 0) + machine.own_proportional_bytes(process_id)
        return found


@contextmanager
def prepared(*, port: int = 18_800) -> Iterator[Standalone]:
    """Not started yet; stopped and removed afterwards."""
    root = Path(tempfile.mkdtemp(prefix="errata-bench-"))
    standalone = Standalone(root, port=port)
    try:
        yield standalone
    finally:
        standalone.stop()
        servers = root / "servers"
        for path in (servers.resolve(), root):
            shutil.rmtree(path, ignore_errors=True)
        with contextlib.suppress(FileNotFoundError):
            (root.parent / f"{root.name}.log").unlink()


def _kind_of(process_id: int) -> str:
    try:
        command = Path(f"/proc/{process_id}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return "other"
    return next((kind for mark, kind in _KINDS.items() if mark in command), "other")
