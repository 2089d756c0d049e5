"""What the packages believe about their tables is what the migrations make, and every table is behind the wall."""

from sqlalchemy import MetaData, text

import audit.tables
import eventstore.tables
import identity.tables
import processing.tables
import tenancy.tables
from runtime.postgres import create_engine
from runtime.secrets import Secret
from tests.conftest import DATABASE, DatabaseFor

METADATA: tuple[MetaData, ...] = (
    tenancy.tables.metadata,
    eventstore.tables.metadata,
    processing.tables.metadata,
    identity.tables.metadata,
    audit.tables.metadata,
)
COLUMNS = text(
    "SELECT n.nspname || '.' || c.relname AS table_name, a.attname AS column_name, a.attnotnull AS is_required"
    " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0"
    " WHERE n.nspname IN ('tenancy', 'eventstore', 'processing', 'identity', 'audit') AND c.relkind IN ('r', 'p')"
    " AND NOT c.relispartition AND NOT a.attisdropped"
)
KNOWN_TO_MIGRATIONS_ONLY = {"tenancy.context_keys"}


async def test_tables_in_code_are_the_tables_in_the_database(postgres_admin_url: str, database_for: DatabaseFor) -> None:
    database_for("api")
    engine = create_engine(
        Secret(postgres_admin_url.replace("/postgres?", f"/{DATABASE}?")), pool_size=1, application_name="architecture test"
    )
    try:
        async with engine.connect() as connection:
            rows = (await connection.execute(COLUMNS)).all()
    finally:
        await engine.dispose()
    in_database = {
        (row.table_name, row.column_name, row.is_required) for row in rows if row.table_name not in KNOWN_TO_MIGRATIONS_ONLY
    }
    in_code = {
        (table.fullname, column.name, not column.nullable)
        for metadata in METADATA
        for table in metadata.tables.values()
        for column in table.columns
    }
    assert in_code == in_database
