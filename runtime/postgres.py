"""PostgreSQL engines.  Only tenancy.scope, the migrations and cli use them; everybody else gets a transaction."""

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from runtime.secrets import Secret

CONNECT_TIMEOUT_SECONDS = 10


def create_engine(url: Secret, *, pool_size: int = 5, application_name: str, tests_connections: bool = True) -> AsyncEngine:
    """An engine for `postgresql+asyncpg://…`; connects on first use.

    The parameters of statements never reach an exception message (`hide_parameters`): they hold people's data.
    `tests_connections`: three round trips before every transaction, so that none fails for a connection that died unnoticed;
    who tries again anyway needs them not.
    """
    return create_async_engine(
        url.reveal(),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=30,
        pool_pre_ping=tests_connections,
        hide_parameters=True,
        connect_args={
            "timeout": CONNECT_TIMEOUT_SECONDS,
            "server_settings": {"application_name": application_name, "timezone": "UTC"},
        },
    )
