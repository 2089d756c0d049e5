"""Brings a database to the newest schema, as the migrator, and gives it the keys of the signed tenant context."""

from collections.abc import Mapping
from importlib.resources import files

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from runtime.postgres import create_engine
from runtime.secrets import Secret
from tenancy.context import hmac_blocks

_PUT_CONTEXT_KEY = text(
    "INSERT INTO tenancy.context_keys (role_name, inner_block, outer_block) VALUES (:role, :inner, :outer)"
    " ON CONFLICT (role_name) DO UPDATE SET inner_block = excluded.inner_block, outer_block = excluded.outer_block"
)


async def upgrade(migrator_url: Secret, *, context_keys: Mapping[str, Secret]) -> None:
    """Run every missing migration in one transaction each, then store the context keys.

    `context_keys` maps login roles without the prefix ("api", "worker" …) to 64 hex digits.
    """
    engine = create_engine(migrator_url, pool_size=1, application_name="errata migrate")
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_run_alembic)
        async with engine.begin() as connection:
            await _put_context_keys(connection, context_keys)
    finally:
        await engine.dispose()


async def current_revision(migrator_url: Secret) -> str | None:
    """The revision of the database; None when it has never been migrated."""
    engine = create_engine(migrator_url, pool_size=1, application_name="errata migrate")
    try:
        async with engine.begin() as connection:
            await connection.exec_driver_sql("SET ROLE errata_owner")
            found = await connection.execute(text("SELECT to_regclass('migrations.alembic_version') IS NOT NULL"))
            if not found.scalar_one():
                return None
            return (await connection.execute(text("SELECT version_num FROM migrations.alembic_version"))).scalar_one_or_none()
    finally:
        await engine.dispose()


def _run_alembic(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(files("migrations")))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


async def _put_context_keys(connection: AsyncConnection, context_keys: Mapping[str, Secret]) -> None:
    await connection.exec_driver_sql("SET LOCAL ROLE errata_owner")
    for role, key in sorted(context_keys.items()):
        inner, outer = hmac_blocks(key)
        await connection.execute(_PUT_CONTEXT_KEY, {"role": f"errata_{role}", "inner": inner, "outer": outer})
