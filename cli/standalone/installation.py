"""What one `errata up` runs: its directory, its servers, its secrets and the environment of its processes."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from signal import Signals

from cli import configuration
from cli.standalone import data_directory, postgres_server, redis_server, secret_files, server_binaries, service_account
from cli.standalone.child_process import ChildSpec
from cli.standalone.data_directory import DataDirectory
from cli.standalone.postgres_server import SUPERUSER, PostgresServer
from cli.standalone.redis_server import RedisServer
from runtime.secrets import Secret

ROLES = ("migrator", "ingest", "worker", "api", "jobs", "sequencer", "readonly", "backup")
_REDIS_PASSWORD = "redis_password"  # noqa: S105  # the name of a secret
_SUPERUSER_PASSWORD = "superuser_password"  # noqa: S105  # the name of a secret
_PACKAGES = Path(__file__).resolve().parents[2]  # the directory that holds the package `cli`


@dataclass(frozen=True, slots=True)
class Installation:
    directory: DataDirectory
    postgres: PostgresServer
    redis: RedisServer
    port: int
    otlp_grpc_port: int  # 0: none

    @property
    def dashboard_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def ingest_port(self) -> int:
        return self.port + 1

    @property
    def ingest_url(self) -> str:
        return f"http://127.0.0.1:{self.ingest_port}"

    def secret(self, name: str) -> str:
        return (self.directory.secrets / name).read_text()

    def redis_is_ready(self) -> bool:
        return self.redis.is_ready(self.secret(_REDIS_PASSWORD))

    def environment(self) -> dict[str, str]:
        """What every process of this installation is told; it holds no secret, only where the secrets are."""
        return {
            "ERRATA_DATABASE_URL": self.postgres.url(),
            "ERRATA_SECRETS_DIR": str(self.directory.secrets),
            "ERRATA_DATA_DIR": str(self.directory.root),
            "ERRATA_DASHBOARD_URL": self.dashboard_url,
            "ERRATA_INGEST_URL": self.ingest_url,
            "ERRATA_OTLP_GRPC_PORT": str(self.otlp_grpc_port),
        }


def plan(directory: DataDirectory, *, port: int, embedded_only: bool, otlp_grpc_port: int = 0) -> Installation:
    """Choose account, places and server programs.  Raises CannotStartError if something is missing."""
    account = service_account.choose(directory.servers / "postgres")
    servers = data_directory.place_servers(directory, account)
    sockets = data_directory.place_sockets(servers, account)
    cluster, queue = servers / "postgres", servers / "redis"
    redis_server.prepare_directory(queue, account)
    staging = servers / "programs"
    postgres = server_binaries.find_postgres(
        account, staging=staging, wanted_major=postgres_server.major_version(cluster), embedded_only=embedded_only
    )
    redis = server_binaries.find_redis(
        account, staging=staging, wanted_product=redis_server.recorded_product(queue), embedded_only=embedded_only
    )
    return Installation(
        directory,
        PostgresServer(postgres, cluster, sockets, account),
        RedisServer(redis, queue, sockets, account),
        port,
        otlp_grpc_port,
    )


def write_secrets(installation: Installation) -> int:
    """Make what is missing and write where the servers are now; returns how many secrets were made."""
    secrets = installation.directory.secrets
    names = [configuration.MASTER_KEY, configuration.AUDIT_SIGNING_SEED, _REDIS_PASSWORD, _SUPERUSER_PASSWORD]
    names += [make_name(role) for role in ROLES for make_name in (configuration.password_of, configuration.context_key_of)]
    made = secret_files.ensure(secrets, names)
    superuser = Secret(installation.secret(_SUPERUSER_PASSWORD))
    admin_url = configuration.url_for_user(installation.postgres.url("postgres"), user=SUPERUSER, password=superuser)
    secret_files.write_private(secrets / "admin_database_url", admin_url.reveal())
    secret_files.write_private(secrets / "redis_url", installation.redis.url(installation.secret(_REDIS_PASSWORD)))
    environment_file = installation.directory.root / configuration.ENVIRONMENT_FILE
    secret_files.write_private(environment_file, json.dumps(installation.environment(), indent=2))
    return made


def initialise(installation: Installation) -> bool:
    """Make the cluster and the queue's configuration; whether the cluster is new."""
    postgres_server.forget_dead_postmaster(installation.postgres.cluster)
    installation.redis.configure(installation.secret(_REDIS_PASSWORD))
    return postgres_server.initialise(
        installation.postgres,
        superuser_password=installation.secret(_SUPERUSER_PASSWORD),
        log=installation.directory.log_of("postgres"),
    )


def server_specs(installation: Installation) -> tuple[ChildSpec, ChildSpec]:
    """PostgreSQL and Redis."""
    postgres, redis, directory = installation.postgres, installation.redis, installation.directory
    return (
        ChildSpec(
            name="postgres",
            command=postgres.command,
            environment=postgres.environment,
            directory=postgres.cluster,
            log=directory.log_of("postgres"),
            stop_signal=Signals.SIGINT,  # fast shutdown (PostgreSQL: Shutting Down the Server)
            stop_seconds=30,
            account=postgres.account,
        ),
        ChildSpec(
            name="redis",
            command=redis.command,
            environment=redis.environment,
            directory=redis.directory,
            log=directory.log_of("redis"),
            stop_signal=Signals.SIGTERM,
            stop_seconds=15,
            account=redis.account,
        ),
    )


def prepare_spec(installation: Installation, *, with_demo: bool) -> ChildSpec:
    """Roles, schema, partitions and the demo organization; its progress is shown to the operator."""
    return ChildSpec(
        name="prepare",
        command=[sys.executable, "-m", "cli.prepare", *(() if with_demo else ("--no-demo",))],
        environment=configuration.environment_for_child(installation.environment()),
        directory=_PACKAGES,
        log=None,
        stop_signal=Signals.SIGKILL,
        stop_seconds=5,
    )


def process_specs(installation: Installation, *, workers: int) -> list[ChildSpec]:
    """Our own processes, in the order in which they start."""
    listening = {"api": installation.port, "ingest": installation.ingest_port}
    names = ["api", "ingest", *(f"worker-{number}" for number in range(1, workers + 1)), "scheduler"]
    return [_process_spec(installation, name, port=listening.get(name)) for name in names]


def _process_spec(installation: Installation, name: str, *, port: int | None) -> ChildSpec:
    variables = installation.environment() | {"ERRATA_WORKER_NAME": name}
    if port is not None:
        variables["ERRATA_PORT"] = str(port)
    return ChildSpec(
        name=name,
        command=[sys.executable, "-m", f"cli.serve_{name.partition('-')[0]}"],
        environment=configuration.environment_for_child(variables),
        directory=_PACKAGES,
        log=installation.directory.log_of(name),
        stop_signal=Signals.SIGTERM,
        stop_seconds=20,
    )
