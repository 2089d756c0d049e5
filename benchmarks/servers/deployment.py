"""A real installation in a directory of its own: the servers, settings and processes of `errata up`, each under our control."""

import contextlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path

import asyncpg

from benchmarks import machine
from benchmarks.load.launch import Target
from cli import configuration
from cli.standalone import child_process, data_directory, endpoints, http_probe, installation, postgres_server, preflight
from cli.standalone.child_process import ChildSpec
from cli.standalone.endpoints import Endpoints
from cli.standalone.installation import Installation
from protocol import dsn
from runtime import redis_client, streams
from runtime.redis_client import RedisClient
from runtime.secrets import Secret

_START_SECONDS = 60.0
_POLL_SECONDS = 0.02


class Deployment:
    """Start what a table needs; everything is stopped and removed at the end of `running`."""

    def __init__(self, root: Path, *, port: int) -> None:
        self._directory = data_directory.create(root)
        self.installation: Installation = installation.plan(self._directory, port=port, embedded_only=False)
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    def start_servers(self, postgres_options: Mapping[str, str]) -> None:
        """PostgreSQL and Redis with the options of `errata up`, a migrated database, the demo organization."""
        installation.write_secrets(self.installation)
        installation.initialise(self.installation)
        postgres, redis = installation.server_specs(self.installation)
        extra = [argument for name, value in postgres_options.items() for argument in ("-c", f"{name}={value}")]
        self._spawn(replace(postgres, command=[*postgres.command, *extra]), core=machine.CLIENT_CORE)
        self._spawn(redis, core=machine.CLIENT_CORE)
        self._wait("redis", self.installation.redis_is_ready)
        self._wait("postgres", self.installation.postgres.is_ready)
        prepare = replace(installation.prepare_spec(self.installation, with_demo=True), log=self._directory.log_of("prepare"))
        if child_process.spawn(prepare).wait(_START_SECONDS) != 0:
            raise RuntimeError(self._directory.log_of("prepare").read_text()[-2000:])

    def start(self, name: str, *, core: int | None = None) -> None:
        """Start "ingest", "api", "worker-1" … and wait until it works, on one core if it is named."""
        number = int(name.partition("-")[2] or 0)
        specs = {spec.name: spec for spec in installation.process_specs(self.installation, workers=max(number, 1))}
        ports = {"api": self.installation.port, "ingest": self.installation.ingest_port}
        port = ports.get(name, self.installation.ingest_port + number)
        probed = {} if name in ports else {"ERRATA_METRICS_PORT": str(port)}
        self._spawn(replace(specs[name], environment={**specs[name].environment, **probed}), core=core)
        self._wait(name, lambda: http_probe.is_ready(port))

    def stop(self, name: str) -> None:
        process = self._children.pop(name)
        process.send_signal(signal.SIGCONT)
        process.send_signal(signal.SIGINT if name == "postgres" else signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)
        if process.poll() is None:
            process.kill()
            process.wait()

    def stop_all(self) -> None:
        for name in [*reversed(self._children)]:
            self.stop(name)

    def send_signal(self, name: str, number: signal.Signals) -> None:
        self._children[name].send_signal(number)

    def process_id(self, name: str) -> int:
        return self._children[name].pid

    def cpu_seconds(self) -> dict[str, float]:
        """Used so far by each child with its own children."""
        return {name: machine.cpu_seconds(process.pid) for name, process in self._children.items()}

    @property
    def endpoints(self) -> Endpoints:
        found = endpoints.read(self._directory.endpoints)
        assert found is not None, "start_servers wrote it"
        return found

    @property
    def target(self) -> Target:
        """The edge, with the demo project's key."""
        found = dsn.parse(self.endpoints.dsn or "")
        return Target(port=self.installation.ingest_port, path=f"/api/{found.project_id}/envelope/", key=found.public_key)

    @property
    def project_id(self) -> int:
        return dsn.parse(self.endpoints.dsn or "").project_id

    @property
    def redis_url(self) -> Secret:
        return Secret(self.installation.secret("redis_url"))

    def redis_socket(self) -> socket.socket:
        """A raw connection, signed in."""
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(str(self.installation.redis.socket))
        connection.sendall(f"AUTH {self.installation.secret('redis_password')}\r\n".encode())
        assert connection.recv(64).startswith(b"+OK")
        return connection

    @asynccontextmanager
    async def redis(self) -> AsyncIterator[RedisClient]:
        client = redis_client.connect(self.redis_url)
        try:
            yield client
        finally:
            await client.aclose()

    async def connect_as_superuser(self) -> "asyncpg.Connection[asyncpg.Record]":
        """To the product's database: for filling and for looking from outside, never for what is measured."""
        password = Secret(self.installation.secret("superuser_password"))
        url = configuration.url_for_user(self.installation.postgres.url(), user=postgres_server.SUPERUSER, password=password)
        return await asyncpg.connect(url.reveal())

    def log_of(self, name: str) -> str:
        return self._directory.log_of(name).read_text()[-2000:]

    def _spawn(self, spec: ChildSpec, *, core: int | None) -> None:
        self._children[spec.name] = child_process.spawn(replace(spec, command=machine.pinned(spec.command, core)))

    def _wait(self, name: str, is_ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while not is_ready():
            if self._children[name].poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{name} did not start: {self.log_of(name)}")
            time.sleep(_POLL_SECONDS)


async def backlog(redis: RedisClient) -> int:
    """Messages in all streams which no worker has acknowledged."""
    return sum([await streams.length(redis, streams.stream_name(shard)) for shard in range(streams.DEFAULT_SHARDS)])


@contextmanager
def running(*, port: int = 18_700, postgres_options: Mapping[str, str] | None = None) -> Iterator[Deployment]:
    """A deployment with its servers; stopped and removed afterwards."""
    preflight.check_ports({"API": port, "edge": port + 1, "first worker": port + 2, "second worker": port + 3})
    root = Path(tempfile.mkdtemp(prefix="errata-bench-"))
    deployment = Deployment(root, port=port)
    try:
        deployment.start_servers(postgres_options or {})
        yield deployment
    finally:
        deployment.stop_all()
        servers = (root / "servers").resolve()
        shutil.rmtree(root, ignore_errors=True)
        shutil.rmtree(servers, ignore_errors=True)
