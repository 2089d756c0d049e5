"""What only a superuser can do: the roles and the database of an installation.  Idempotent."""

from collections.abc import Mapping

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection

from migrations import sql_files
from runtime.postgres import create_engine
from runtime.secrets import Secret

# Login roles which get a password; the others cannot log in.
LOGIN_ROLES = ("migrator", "ingest", "worker", "api", "jobs", "sequencer", "readonly", "backup")


async def bootstrap(admin_url: Secret, *, database: str, passwords: Mapping[str, Secret]) -> None:
    """Make or repair the roles, their passwords and the database.

    `passwords` maps names of LOGIN_ROLES (without the prefix) to passwords; a role that is missing cannot log in.
    """
    engine = create_engine(admin_url, pool_size=1, application_name="errata bootstrap")
    try:
        async with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            await _make_roles(connection, passwords)
            await _make_database(connection, database)
    finally:
        await engine.dispose()
    inside = make_url(admin_url.reveal()).set(database=database).render_as_string(hide_password=False)
    await _close_database(Secret(inside), database)


async def _make_roles(connection: AsyncConnection, passwords: Mapping[str, Secret]) -> None:
    await connection.run_sync(sql_files.run, "bootstrap_roles.sql")
    for role in LOGIN_ROLES:
        if role in passwords:
            await connection.exec_driver_sql(f"ALTER ROLE errata_{role} PASSWORD {_literal(passwords[role].reveal())}")


async def _make_database(connection: AsyncConnection, database: str) -> None:
    found = await connection.execute(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": database})
    if found.one_or_none() is None:
        await connection.exec_driver_sql(
            f"CREATE DATABASE {_identifier(database)} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"
        )


async def _close_database(inside: Secret, database: str) -> None:
    """Nobody gets anything that is not granted below or by a migration."""
    engine = create_engine(inside, pool_size=1, application_name="errata bootstrap")
    name = _identifier(database)
    try:
        async with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            for statement in (
                f"REVOKE ALL ON DATABASE {name} FROM PUBLIC",
                "REVOKE ALL ON SCHEMA public FROM PUBLIC",
                f"GRANT CREATE ON DATABASE {name} TO errata_owner",
                *(f"GRANT CONNECT ON DATABASE {name} TO errata_{role}" for role in LOGIN_ROLES),
                "CREATE SCHEMA IF NOT EXISTS migrations AUTHORIZATION errata_owner",
            ):
                await connection.exec_driver_sql(statement)
    finally:
        await engine.dispose()


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(value: str) -> str:
    """A string literal: PASSWORD takes no parameter."""
    if "\\" in value or "\0" in value:
        raise ValueError("a password must not hold backslashes or NUL")
    return "'" + value.replace("'", "''") + "'"
