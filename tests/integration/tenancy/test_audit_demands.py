"""What may not change without an audit record does not, whoever writes the SQL."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from audit import trail
from audit.actions import AuditAction
from identity import api_keys
from identity.scopes import Scope
from runtime.clock import utc_now
from runtime.identifiers import new_uuid7
from tenancy import members
from tests.conftest import DatabaseFor, TenantFixture

CHANGES = {
    "an API key gets more rights": "UPDATE identity.api_keys SET scopes = '{org:write}'",
    "an API key lives longer": "UPDATE identity.api_keys SET expires_at = now() + interval '9 years'",
    "an API key comes back": "UPDATE identity.api_keys SET revoked_at = NULL",
    "an API key is made": "INSERT INTO identity.api_keys (organization_id, key_id, lookup_id, secret_hash, name, scopes, created_by,"
    " created_at) SELECT organization_id, gen_random_uuid(), 'abcdefgh', secret_hash, name, scopes, created_by, created_at"
    " FROM identity.api_keys LIMIT 1",
    "a member becomes owner": "UPDATE tenancy.members SET role = 'owner'",
    "a member is removed": "DELETE FROM tenancy.members",
    "a project is renamed": "UPDATE tenancy.projects SET name = 'Other'",
    "a DSN key is disabled": "UPDATE tenancy.dsn_keys SET state = 'disabled'",
    "an organization is deleted": "UPDATE tenancy.organizations SET deleted_at = now()",
    "a data key is added": "INSERT INTO tenancy.data_keys (organization_id, purpose, version, wrapped_key, created_at)"
    " SELECT organization_id, purpose, 2, wrapped_key, created_at FROM tenancy.data_keys",
    "an export is asked for": "INSERT INTO audit.exports (organization_id, export_id, record_id, filters, with_disclosures, state,"
    " progress, attempts, created_at) SELECT organization_id, gen_random_uuid(), gen_random_uuid(), '{}', true, 'waiting', 0, 0,"
    " now() FROM tenancy.organizations",
}


@pytest.fixture
async def key_id(database_for: DatabaseFor, tenant: TenantFixture) -> UUID:
    now, person = utc_now(), new_uuid7()
    async with database_for("api").tenant(tenant.organization_id) as tx:
        await members.add(tx, user_id=person, email="a@b.test", display_name="A", role=members.Role.MEMBER, now=now)
        made = await api_keys.create(tx, name="CI", scopes=frozenset({Scope.ISSUE_READ}), created_by=person, now=now)
    return made.key.key_id


@pytest.mark.parametrize("change", CHANGES)
async def test_raw_sql_without_a_record_does_not_commit_and_with_one_it_does(
    change: str, database_for: DatabaseFor, tenant: TenantFixture, key_id: UUID
) -> None:
    assert key_id
    database = database_for("api")
    with pytest.raises(DBAPIError, match="without an audit record"):
        async with database.tenant(tenant.organization_id) as tx:
            assert (await tx.execute(text(CHANGES[change]))).rowcount > 0
    async with database.tenant(tenant.organization_id) as tx:
        await tx.execute(text(CHANGES[change]))
        await trail.record(tx, AuditAction.PROJECT_CHANGED)


async def test_a_record_of_an_earlier_transaction_does_not_count(database_for: DatabaseFor, tenant: TenantFixture) -> None:
    database = database_for("api")
    async with database.tenant(tenant.organization_id) as tx:
        await trail.record(tx, AuditAction.PROJECT_CHANGED)
    with pytest.raises(DBAPIError, match="without an audit record"):
        async with database.tenant(tenant.organization_id) as tx:
            await tx.execute(text("UPDATE tenancy.projects SET name = 'Other'"))


async def test_the_use_of_a_key_is_no_change_of_it(database_for: DatabaseFor, tenant: TenantFixture, key_id: UUID) -> None:
    async with database_for("api").tenant(tenant.organization_id) as tx:
        await api_keys.touch(tx, key_id, now=utc_now() + timedelta(minutes=2))


async def test_the_sequencer_and_jobs_have_no_way_around(database_for: DatabaseFor, tenant: TenantFixture) -> None:
    async with database_for("api").tenant(tenant.organization_id) as tx:
        await trail.record(tx, AuditAction.PROJECT_CHANGED)
    with pytest.raises(DBAPIError, match="permission denied"):
        async with database_for("jobs").tenant(tenant.organization_id) as tx:
            await tx.execute(text("UPDATE tenancy.projects SET name = 'Other'"))
