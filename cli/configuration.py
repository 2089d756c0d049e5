"""The only reader of the environment: ERRATA_* variables, the files that ERRATA_*_FILE name, and the directory of secrets."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

from cli.failures import CannotStartError
from runtime.secrets import Secret

PREFIX = "ERRATA_"
MASTER_KEY = "master_key"
AUDIT_SIGNING_SEED = "audit_signing_seed"  # 64 hex digits: the Ed25519 key of the audit log's checkpoints
ENVIRONMENT_FILE = "environment.json"  # in the data directory of `errata up`


def password_of(role: str) -> str:
    """Name of the secret with which a login role signs in, e.g. `api_password`."""
    return f"{role}_password"


def context_key_of(role: str) -> str:
    """Name of the secret with which a login role signs tenant contexts, e.g. `api_context_key`."""
    return f"{role}_context_key"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a process is told from outside; secrets are read when they are asked for."""

    environment: Mapping[str, str]
    database_url: str  # without user and password: each process signs in as its own role
    secrets_directory: Path | None
    dashboard_url: str
    ingest_url: str
    host: str
    port: int | None
    metrics_port: int | None
    otlp_grpc_port: int | None  # the edge serves OTLP over gRPC there; None: not at all
    log_level: str
    stream_shards: int
    worker_name: str | None  # unique among running workers; the same over restarts is best
    trusted_proxies: str  # peers whose X-Forwarded-For is believed, separated by commas
    audit_name: str | None  # under which the audit log signs; part of every checkpoint, so it must not change
    data_directory: Path | None  # set by `errata up`: what doctor watches for free space

    def secret(self, name: str) -> Secret:
        """`ERRATA_<NAME>`, the file `ERRATA_<NAME>_FILE`, or the file `<name>` in ERRATA_SECRETS_DIR, in this order."""
        found = self.find_secret(name)
        if found is None:
            variable = PREFIX + name.upper()
            raise CannotStartError(
                f"the secret {name} is not configured",
                cure=f"Set {variable}_FILE to a file that holds it, or put a file {name} into ERRATA_SECRETS_DIR",
            )
        return found

    def find_secret(self, name: str) -> Secret | None:
        """Like `secret`; None when it is configured nowhere."""
        value = read_variable(self.environment, name.upper())
        if value:
            return Secret(value)
        path = self.secrets_directory / name if self.secrets_directory else None
        return Secret(_read_file(path, name)) if path is not None and path.exists() else None

    def role_url(self, role: str) -> Secret:
        """Where and as whom the login role `errata_<role>` connects."""
        return url_for_user(self.database_url, user=f"errata_{role}", password=self.secret(password_of(role)))

    def redis_url(self) -> Secret:
        return self.secret("redis_url")

    @property
    def exports_directory(self) -> Path | None:
        """Where the scheduler leaves exports of the audit log for the API: ERRATA_EXPORTS_DIR, or a part of the data directory."""
        named = read_variable(self.environment, "EXPORTS_DIR")
        if named:
            return Path(named)
        return self.data_directory / "exports" if self.data_directory else None

    def admin_database_url(self) -> Secret:
        """Of a role that may make roles and databases; only `errata bootstrap` asks for it."""
        return Secret(_with_driver(self.secret("admin_database_url").reveal()))


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Raises CannotStartError naming the variable that is missing or wrong."""
    source = os.environ if environment is None else environment
    secrets_directory = read_variable(source, "SECRETS_DIR")
    data_directory = read_variable(source, "DATA_DIR")
    return Settings(
        environment=source,
        database_url=_database_url(read_variable(source, "DATABASE_URL")),
        secrets_directory=Path(secrets_directory) if secrets_directory else None,
        dashboard_url=(read_variable(source, "DASHBOARD_URL") or "http://127.0.0.1:8000").rstrip("/"),
        ingest_url=(read_variable(source, "INGEST_URL") or "http://127.0.0.1:8001").rstrip("/"),
        host=read_variable(source, "HOST") or "127.0.0.1",
        port=_integer(source, "PORT"),
        metrics_port=_integer(source, "METRICS_PORT"),
        otlp_grpc_port=_integer(source, "OTLP_GRPC_PORT") or None,
        log_level=(read_variable(source, "LOG_LEVEL") or "INFO").upper(),
        stream_shards=_integer(source, "STREAM_SHARDS") or 4,
        worker_name=read_variable(source, "WORKER_NAME"),
        trusted_proxies=read_variable(source, "TRUSTED_PROXIES") or "127.0.0.1",
        audit_name=read_variable(source, "AUDIT_NAME"),
        data_directory=Path(data_directory) if data_directory else None,
    )


def read_settings_for(data_directory: Path) -> Settings:
    """For commands an operator types: the environment if it names a database, else what `errata up` left in its directory."""
    if read_variable(os.environ, "DATABASE_URL"):
        return read_settings()
    try:
        written: dict[str, str] = json.loads((data_directory / ENVIRONMENT_FILE).read_text())
    except FileNotFoundError as error:
        raise CannotStartError(
            f"ERRATA_DATABASE_URL is not set and {data_directory} holds no installation",
            cure="Set it, or name the directory of `errata up` with --data-dir",
        ) from error
    return read_settings(written)


def environment_for_child(variables: Mapping[str, str]) -> dict[str, str]:
    """Our own environment without its ERRATA_* variables, and with these instead."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return inherited | dict(variables)


def read_variable(environment: Mapping[str, str], name: str) -> str | None:
    """`ERRATA_<name>`, or the content of the file that `ERRATA_<name>_FILE` names; None if neither is set."""
    if value := environment.get(PREFIX + name):
        return value
    path = environment.get(f"{PREFIX}{name}_FILE")
    return _read_file(Path(path), name) if path else None


def url_for_user(url: str, *, user: str, password: Secret) -> Secret:
    """The same database URL with this user; the password is percent-encoded."""
    parts = urlsplit(url)
    signed_in = f"{quote(user, safe='')}:{quote(password.reveal(), safe='')}@{parts.netloc}"
    return Secret(parts._replace(netloc=signed_in).geturl())  # the public method of a named tuple


def _database_url(url: str | None) -> str:
    if not url:
        raise CannotStartError(
            "ERRATA_DATABASE_URL is not set", cure="Set it to postgresql://host:port/database, without user and password"
        )
    parts = urlsplit(url)
    if parts.username or parts.password:
        raise CannotStartError(
            "ERRATA_DATABASE_URL carries a user or a password",
            cure="Leave them out: each process signs in as its own role with its own password file",
        )
    return _with_driver(url)


def _with_driver(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    if scheme not in {"postgresql", "postgres", "postgresql+asyncpg"} or not separator:
        raise CannotStartError("a database URL does not begin with postgresql://", cure="Correct the URL")
    return f"postgresql+asyncpg://{rest}"


def _integer(environment: Mapping[str, str], name: str) -> int | None:
    value = read_variable(environment, name)
    if value is None:
        return None
    if not value.isdecimal():
        raise CannotStartError(f"{PREFIX}{name} is not a whole number", cure="Correct it or remove it")
    return int(value)


def _read_file(path: Path, name: str) -> str:
    try:
        content = path.read_text().strip()
    except OSError as error:
        raise CannotStartError(f"the file for {name} cannot be read ({error.strerror})", cure=f"Check {path}") from error
    if not content:
        raise CannotStartError(f"the file for {name} is empty", cure=f"Write the value into {path}")
    return content
