"""What the API is given by the process that starts it."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from starlette.requests import HTTPConnection

from runtime.clock import Clock
from runtime.keyring import LocalKeyring
from runtime.redis_client import RedisClient
from tenancy.audit_keys import AuditKeys
from tenancy.scope import Database


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """`is_secure`: people come over https, so cookies are `Secure` and browsers are told to stay with https."""

    public_url: str
    ingest_url: str
    is_secure: bool
    static_dir: Path | None = None  # the built dashboard; None while there is no build
    exports_dir: Path | None = None  # where the scheduler puts exports of the audit log; None where there are none
    live_recheck: timedelta = timedelta(seconds=30)  # how long a live feed may outlive its session, key or role


@dataclass(frozen=True, slots=True)
class ApiDependencies:
    database: Database
    redis: RedisClient
    keyring: LocalKeyring
    audit_keys: AuditKeys
    clock: Clock
    settings: ApiSettings


def dependencies_of(connection: HTTPConnection) -> ApiDependencies:
    """The dependencies which `create_app` put into the application."""
    dependencies = connection.app.state.dependencies
    if not isinstance(dependencies, ApiDependencies):
        raise TypeError("the application was made without its dependencies")
    return dependencies
