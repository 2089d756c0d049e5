"""The fences around the log inside the database: they stop accidents and every role; the proofs are for whoever gets past them."""

from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from audit.sequencer import Sequencer
from runtime.identifiers import new_uuid7
from tests.conftest import DatabaseFor, TenantFixture
from tests.integration.audit.written_log import Superuser, write

APPEND_ONLY = ("leaves", "nodes", "checkpoints", "verifier_keys", "trees")
CHANGES = {
    "leaves": "leaf_hash = decode(repeat('00', 32), 'hex')",
    "nodes": "hash = decode(repeat('00', 32), 'hex')",
    "checkpoints": "note = 'forged'",
    "verifier_keys": "first_size = 0",
    "trees": "size = 0",
    "pending": "entry = '\\x7b7d'",
    "disclosures": "sealed = ''",
}
ROLES = ("api", "worker", "jobs", "ingest", "readonly")


@pytest.fixture
async def organization_id(database_for: DatabaseFor, tenant: TenantFixture, sequencer: Sequencer) -> UUID:
    """A tenant with a log of three records."""
    await write(database_for("api"), tenant.organization_id, 3)
    await sequencer.sequence(tenant.organization_id)
    return tenant.organization_id


@pytest.mark.parametrize("table", APPEND_ONLY)
async def test_not_even_a_superuser_changes_the_log_by_accident(table: str, organization_id: UUID, outsider: Superuser) -> None:
    for statement in (
        f"UPDATE audit.{table} SET {CHANGES[table]} WHERE organization_id = '{organization_id}'",
        f"DELETE FROM audit.{table} WHERE organization_id = '{organization_id}'",
        f"TRUNCATE audit.{table}",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
            await outsider.execute(statement)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("table", CHANGES)
async def test_no_role_may_change_the_log(role: str, table: str, organization_id: UUID, database_for: DatabaseFor) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with database_for(role).tenant(organization_id) as tx:
            await tx.execute(text(f"UPDATE audit.{table} SET {CHANGES[table]}"))


@pytest.mark.parametrize("column", ["transaction_id", "created_at"])
async def test_a_writer_chooses_neither_transaction_nor_time(
    column: str, organization_id: UUID, database_for: DatabaseFor
) -> None:
    value = {"transaction_id": "CAST('99999999' AS xid8)", "created_at": "now()"}[column]
    statement = text(
        f"INSERT INTO audit.pending (organization_id, record_id, action_number, entry, {column})"
        f" VALUES (:organization_id, :record_id, 1, '\\x7b7d', {value})"
    )
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with database_for("api").tenant(organization_id) as tx:
            await tx.execute(statement, {"organization_id": organization_id, "record_id": new_uuid7()})
