"""Real parts for every test: one PostgreSQL cluster and one Redis per session, a migrated database, tenants made on demand."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
import pytest_asyncio

from migrations.bootstrap import LOGIN_ROLES, bootstrap
from migrations.runner import upgrade
from runtime.clock import utc_now
from runtime.identifiers import new_uuid7
from runtime.keyring import LocalKeyring
from runtime.postgres import create_engine
from runtime.redis_client import RedisClient, connect
from runtime.secrets import Secret
from tenancy import day_partitions, dsn_keys, organizations, projects
from tenancy.context import ContextSigner
from tenancy.scope import Database
from tests.provisioning.postgres_server import SUPERUSER, running_postgres
from tests.provisioning.redis_server import running_redis

DATABASE = "errata_test"
CONTEXT_KEYS = {role: Secret(secrets.token_hex(32)) for role in LOGIN_ROLES}


@dataclass(frozen=True)
class TenantFixture:
    """An organization with one project and one active DSN key."""

    organization_id: UUID
    project_id: int
    key_id: UUID
    public_key: str


DatabaseFor = Callable[[str], Database]
MakeTenant = Callable[[], Awaitable[TenantFixture]]


@pytest.fixture(scope="session")
def postgres_admin_url() -> Iterator[str]:
    """The superuser's URL: for setting up and for looking from outside, never for the code under test."""
    with running_postgres() as url:
        yield url


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    with running_redis() as url:
        yield url


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def database_url_for(postgres_admin_url: str) -> Callable[[str], str]:
    """URL of the migrated database as one login role: "api", "worker", "ingest", "jobs" …"""
    await bootstrap(
        Secret(postgres_admin_url), database=DATABASE, passwords={role: Secret(secrets.token_hex(8)) for role in LOGIN_ROLES}
    )

    def url(role: str) -> str:
        return postgres_admin_url.replace(f"//{SUPERUSER}@/postgres", f"//errata_{role}@/{DATABASE}")

    await upgrade(Secret(url("migrator")), context_keys=CONTEXT_KEYS)
    return url


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def database_for(database_url_for: Callable[[str], str]) -> AsyncIterator[DatabaseFor]:
    """A tenancy.scope.Database as one login role; one per role and session."""
    opened: dict[str, Database] = {}

    def open_database(role: str) -> Database:
        if role not in opened:
            engine = create_engine(Secret(database_url_for(role)), pool_size=5, application_name=f"test {role}")
            opened[role] = Database(engine, ContextSigner(f"errata_{role}", CONTEXT_KEYS[role]))
        return opened[role]

    today = utc_now().date()
    async with open_database("jobs").system(reason="partitions for the tests") as tx:
        await day_partitions.ensure(tx, first=today - timedelta(days=1), last=today + timedelta(days=2))
    yield open_database
    for database in opened.values():
        await database.close()


@pytest.fixture(scope="session")
def keyring() -> LocalKeyring:
    return LocalKeyring(Secret(secrets.token_hex(32)))


@pytest_asyncio.fixture(loop_scope="session")
async def redis(redis_url: str) -> AsyncIterator[RedisClient]:
    """A client of the test Redis; the server is emptied afterwards."""
    client = connect(Secret(redis_url))
    yield client
    await client.flushall()
    await client.aclose()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def make_tenant(database_for: DatabaseFor, keyring: LocalKeyring) -> MakeTenant:
    """Makes a fresh organization with a project and a key, through the product's own functions as role api."""

    async def make() -> TenantFixture:
        now = utc_now()
        organization_id = new_uuid7(now)
        async with database_for("api").tenant(organization_id) as tx:
            await organizations.create(
                tx, name="Test organization", slug=f"org-{organization_id.hex[-12:]}", now=now, keyring=keyring
            )
            project = await projects.create(tx, name="Shop", slug="shop", platform="python", now=now)
            key = await dsn_keys.create(tx, project.project_id, label="Default", now=now)
        return TenantFixture(organization_id, project.project_id, key.key_id, key.public_key)

    return make


@pytest_asyncio.fixture(loop_scope="session")
async def tenant(make_tenant: MakeTenant) -> TenantFixture:
    return await make_tenant()
