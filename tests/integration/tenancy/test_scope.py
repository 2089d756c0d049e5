"""The way in to the database: tenants see their own rows and nothing is read without a verified context."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from runtime.clock import utc_now
from runtime.postgres import create_engine
from runtime.secrets import Secret
from tenancy import key_directory, organizations, projects
from tenancy.context import NIL_UUID, ContextSigner
from tenancy.tables import projects as projects_table
from tests.conftest import CONTEXT_KEYS, DatabaseFor, MakeTenant, TenantFixture


async def test_a_tenant_sees_its_own_projects_only(database_for: DatabaseFor, make_tenant: MakeTenant) -> None:
    mine, theirs = await make_tenant(), await make_tenant()
    async with database_for("api").tenant(mine.organization_id) as tx:
        assert [project.project_id for project in await projects.list_all(tx)] == [mine.project_id]
        assert await projects.get(tx, theirs.project_id) is None


async def test_the_key_directory_finds_the_tenant_of_a_public_key(database_for: DatabaseFor, tenant: TenantFixture) -> None:
    async with database_for("ingest").system(reason="test") as tx:
        grant = await key_directory.find(tx, tenant.public_key)
        assert grant is not None
        assert (grant.organization_id, grant.project_id, grant.state) == (tenant.organization_id, tenant.project_id, "active")
        assert await key_directory.find(tx, "0" * 32) is None


async def test_jobs_can_list_every_organization(database_for: DatabaseFor, tenant: TenantFixture) -> None:
    async with database_for("jobs").system(reason="test") as tx:
        assert tenant.organization_id in await organizations.list_all_ids(tx)


@pytest.mark.parametrize("role", ["api", "worker"])
async def test_a_connection_without_context_raises(
    role: str, database_url_for: Callable[[str], str], tenant: TenantFixture
) -> None:
    assert tenant.project_id
    engine = create_engine(Secret(database_url_for(role)), pool_size=1, application_name="test")
    try:
        async with engine.connect() as connection:
            with pytest.raises(DBAPIError, match="tenant context missing"):
                await connection.execute(select(projects_table.c.project_id))
    finally:
        await engine.dispose()


def _contexts(tenant: TenantFixture) -> dict[str, str]:
    now, lifetime = utc_now(), timedelta(seconds=60)
    api = ContextSigner("errata_api", CONTEXT_KEYS["api"])
    good = api.sign(organization_id=tenant.organization_id, user_id=NIL_UUID, now=now, lifetime=lifetime)
    return {
        "garbage": "a|b|c",
        "nulls": "|||||",
        "no mac": good.rsplit("|", 1)[0] + "|",
        "truncated mac": good[:-1],
        "changed organization": good.replace(str(tenant.organization_id), str(NIL_UUID)),
        "expired": api.sign(
            organization_id=tenant.organization_id, user_id=NIL_UUID, now=now - timedelta(hours=1), lifetime=lifetime
        ),
        "another role's": ContextSigner("errata_worker", CONTEXT_KEYS["worker"]).sign(
            organization_id=tenant.organization_id, user_id=NIL_UUID, now=now, lifetime=lifetime
        ),
        "another role's key": ContextSigner("errata_api", CONTEXT_KEYS["worker"]).sign(
            organization_id=tenant.organization_id, user_id=NIL_UUID, now=now, lifetime=lifetime
        ),
        "no organization": api.sign(organization_id=NIL_UUID, user_id=NIL_UUID, now=now, lifetime=lifetime),
    }


CONTEXT_KINDS = (
    "garbage", "nulls", "no mac", "truncated mac", "changed organization", "expired",
    "another role's", "another role's key", "no organization",
)  # fmt: skip


@pytest.mark.parametrize("kind", CONTEXT_KINDS)
async def test_a_bad_context_raises(kind: str, database_url_for: Callable[[str], str], tenant: TenantFixture) -> None:
    engine = create_engine(Secret(database_url_for("api")), pool_size=1, application_name="test")
    try:
        async with engine.begin() as connection:
            await connection.execute(text("SELECT set_config('app.ctx', :c, true)"), {"c": _contexts(tenant)[kind]})
            with pytest.raises(DBAPIError, match="tenant context"):
                await connection.execute(select(projects_table.c.project_id))
    finally:
        await engine.dispose()


async def test_the_context_does_not_outlive_its_transaction(
    database_url_for: Callable[[str], str], tenant: TenantFixture
) -> None:
    engine = create_engine(Secret(database_url_for("api")), pool_size=1, application_name="test")
    good = ContextSigner("errata_api", CONTEXT_KEYS["api"]).sign(
        organization_id=tenant.organization_id, user_id=NIL_UUID, now=utc_now(), lifetime=timedelta(seconds=60)
    )
    try:
        async with engine.begin() as connection:
            await connection.execute(text("SELECT set_config('app.ctx', :c, true)"), {"c": good})
            assert len((await connection.execute(select(projects_table.c.project_id))).all()) == 1
        async with engine.begin() as connection:
            with pytest.raises(DBAPIError, match="tenant context missing"):
                await connection.execute(select(projects_table.c.project_id))
    finally:
        await engine.dispose()
