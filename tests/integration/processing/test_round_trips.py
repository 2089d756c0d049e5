"""What a worker asks of the database for one tenant's part of a batch: with many small tenants each round trip counts."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from uuid import uuid4

import pytest
import pytest_asyncio
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from processing.batch_preparation import PreparedBatch, prepare_batch
from processing.batch_storage import BatchStorage
from processing.poison_guard import PoisonGuard
from processing.project_settings import SettingsCache
from runtime import streams
from runtime.clock import utc_now
from runtime.postgres import create_engine
from runtime.secrets import Secret
from tenancy.context import ContextSigner
from tenancy.scope import Database
from tests.conftest import CONTEXT_KEYS, DATABASE, TenantFixture
from tests.integration.processing.edge import Edge, dependencies_of, fetch, running, wait_until_empty

# The context, then: claim the messages, find the issues and insert the events, lock the issues and meet the people, count.
STATEMENTS_PER_TENANT = 5
STATEMENTS_OF_SETTINGS = 2  # the context, keys and projects


@pytest_asyncio.fixture
async def engine(database_url_for: Callable[[str], str]) -> AsyncIterator[AsyncEngine]:
    """As a worker's: connections are not tested before use."""
    engine = create_engine(
        Secret(database_url_for("worker")), pool_size=5, application_name="test worker", tests_connections=False
    )
    yield engine
    await engine.dispose()


@pytest.fixture
def worker_edge(edge: Edge, engine: AsyncEngine) -> Edge:
    return replace(edge, database=Database(engine, ContextSigner("errata_worker", CONTEXT_KEYS["worker"])))


@contextmanager
def counted(engine: AsyncEngine) -> Iterator[list[str]]:
    """The statements executed inside the block."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_others: object) -> None:
        statements.append(statement)

    sqlalchemy_event.listen(engine.sync_engine, "before_cursor_execute", note)
    yield statements
    sqlalchemy_event.remove(engine.sync_engine, "before_cursor_execute", note)


async def prepared(edge: Edge, tenant: TenantFixture, settings: SettingsCache, *, stacks: int) -> PreparedBatch:
    messages = [await edge.event(tenant, f"stack {n}", user={"id": f"{n}"}, tags={"plan": "pro"}) for n in range(stacks)]
    await edge.send(tenant, *messages)
    stream = messages[0].stream
    await streams.ensure_group(edge.redis, stream)
    entries = await streams.read_group(edge.redis, stream, consumer="counter", count=stacks, block_ms=None)
    assert len(entries) == stacks
    return await prepare_batch(entries, settings=settings, stop=asyncio.Event())


async def test_a_batch_of_known_issues_takes_few_statements(worker_edge: Edge, tenant: TenantFixture, engine: AsyncEngine):
    stop = asyncio.Event()
    dependencies = dependencies_of(worker_edge)
    settings = SettingsCache(worker_edge.database, worker_edge.keyring, utc_now)
    stream = streams.stream_name(streams.shard_of(tenant.project_id))
    storage = BatchStorage(dependencies, stream=stream, guard=PoisonGuard(), stop=stop)
    await storage.store(await prepared(worker_edge, tenant, settings, stacks=5))  # makes the issues

    batch = await prepared(worker_edge, tenant, settings, stacks=5)
    with counted(engine) as statements:
        assert await storage.store(batch) == []
    assert len(statements) == STATEMENTS_PER_TENANT, statements


async def test_the_settings_of_a_tenant_take_few_statements(worker_edge: Edge, tenant: TenantFixture, engine: AsyncEngine):
    settings = SettingsCache(worker_edge.database, worker_edge.keyring, utc_now)
    with counted(engine) as statements:
        for _ in range(3):
            await settings.get(tenant.organization_id, project_ids=[tenant.project_id], key_versions=[1])
    assert len(statements) == STATEMENTS_OF_SETTINGS, statements


async def test_connections_that_died_unnoticed_cost_a_worker_nothing_but_time(
    worker_edge: Edge, tenant: TenantFixture, postgres_admin_url: str
):
    admin = create_engine(
        Secret(postgres_admin_url.replace("@/postgres", f"@/{DATABASE}")), pool_size=1, application_name="admin"
    )
    async with running(dependencies_of(worker_edge)):
        await worker_edge.send(tenant, await worker_edge.event(tenant, event_id=uuid4().hex))
        await wait_until_empty(worker_edge.redis)
        messages = [await worker_edge.event(tenant) for _ in range(5)]
        async with admin.begin() as connection:
            await connection.execute(
                text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'test worker'")
            )
        await worker_edge.send(tenant, *messages)
        await wait_until_empty(worker_edge.redis)
    await admin.dispose()
    events = text("SELECT (SELECT count(*) FROM eventstore.events), (SELECT sum(event_count)::int FROM eventstore.issues)")
    assert await fetch(worker_edge.database, tenant, events) == [(6, 6)]
