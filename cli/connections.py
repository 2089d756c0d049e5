"""Database and Redis connections of a process, made from its settings."""

from cli import configuration
from cli.configuration import Settings
from runtime.keyring import LocalKeyring
from runtime.postgres import create_engine
from runtime.redis_client import RedisClient, connect
from tenancy.context import ContextSigner
from tenancy.scope import Database


def open_database(settings: Settings, role: str, *, pool_size: int, tests_connections: bool = True) -> Database:
    """The database as the login role `errata_<role>`; connects on first use."""
    engine = create_engine(
        settings.role_url(role), pool_size=pool_size, application_name=f"errata {role}", tests_connections=tests_connections
    )
    return Database(engine, ContextSigner(f"errata_{role}", settings.secret(configuration.context_key_of(role))))


def open_redis(settings: Settings, *, max_connections: int) -> RedisClient:
    return connect(settings.redis_url(), max_connections=max_connections)


def open_keyring(settings: Settings) -> LocalKeyring:
    return LocalKeyring(settings.secret(configuration.MASTER_KEY))
