"""What the worker depends on goes away and comes back; nothing is lost, nothing is counted twice."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from processing import lane
from processing.consumer import Worker, WorkerHaltedError
from processing.poison_guard import MAX_DEAD_IN_A_ROW
from processing.poison_messages import quarantine_name
from processing.tables import dead_letters
from protocol.outcome import Outcome, OutcomeCount
from runtime import streams
from runtime.clock import utc_now
from runtime.postgres import create_engine
from runtime.redis_client import connect
from runtime.secrets import Secret
from tests.conftest import DATABASE, TenantFixture
from tests.integration.processing.edge import Edge, dependencies_of, fetch, running, wait_until_empty
from tests.provisioning.redis_server import start_redis

EVENTS = text("SELECT (SELECT count(*) FROM eventstore.events), (SELECT sum(event_count)::int FROM eventstore.issues)")


@asynccontextmanager
async def database_away(postgres_admin_url: str) -> AsyncIterator[None]:
    """No worker gets in, and those inside are thrown out."""
    engine = create_engine(
        Secret(postgres_admin_url.replace("@/postgres", f"@/{DATABASE}")), pool_size=1, application_name="admin"
    )

    async def run(statement: str) -> None:
        async with engine.begin() as connection:
            await connection.execute(text(statement))

    await run("ALTER ROLE errata_worker NOLOGIN")
    await run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'errata_worker'")
    try:
        yield
    finally:
        await run("ALTER ROLE errata_worker LOGIN")
        await engine.dispose()


async def test_the_worker_waits_for_the_database(edge: Edge, tenant: TenantFixture, postgres_admin_url: str):
    messages = [await edge.event(tenant) for _ in range(30)]
    async with running(dependencies_of(edge, batch_messages=10)):
        await edge.send(tenant, *messages[:10])
        await wait_until_empty(edge.redis)
        async with database_away(postgres_admin_url):
            await edge.send(tenant, *messages[10:])
            await asyncio.sleep(0.5)
        await wait_until_empty(edge.redis)
    assert await fetch(edge.database, tenant, EVENTS) == [(30, 30)]
    assert await fetch(edge.database, tenant, select(dead_letters.c.message_id)) == []


async def test_a_worker_that_must_stop_while_the_database_is_away_leaves_its_batch(
    edge: Edge, tenant: TenantFixture, postgres_admin_url: str
):
    await edge.send(tenant, *[await edge.event(tenant) for _ in range(5)])
    async with database_away(postgres_admin_url), asyncio.timeout(10), running(dependencies_of(edge)):
        await asyncio.sleep(0.3)
    async with running(dependencies_of(edge, name="next")):
        await wait_until_empty(edge.redis)
    assert await fetch(edge.database, tenant, EVENTS) == [(5, 5)]


async def test_the_worker_waits_for_redis(edge: Edge, tenant: TenantFixture):
    messages = [await edge.event(tenant) for _ in range(20)]
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        home = Path(folder)
        server = start_redis(home)
        own = Edge(connect(Secret(f"unix://{home}/redis.sock")), edge.database, edge.keyring)
        try:
            async with running(dependencies_of(own)):
                await own.send(tenant, *messages[:10])
                await wait_until_empty(own.redis)
                server.kill()
                server.wait()
                await asyncio.sleep(0.3)
                server = start_redis(home)
                await own.send(tenant, *messages[10:])
                await wait_until_empty(own.redis)
        finally:
            await own.redis.aclose()
            server.kill()
            server.wait()
    assert await fetch(edge.database, tenant, EVENTS) == [(20, 20)]


async def test_too_many_dead_messages_in_a_row_stop_the_worker(edge: Edge, tenant: TenantFixture):
    poison = [await edge.outcomes(tenant, OutcomeCount("\x00", Outcome.INVALID, "", 1)) for _ in range(MAX_DEAD_IN_A_ROW + 5)]
    await edge.send(tenant, *poison)
    with pytest.raises(WorkerHaltedError):
        async with asyncio.timeout(60):
            await Worker(dependencies_of(edge)).run(asyncio.Event())
    buried = await fetch(edge.database, tenant, select(dead_letters.c.message_id))
    assert len(buried) == MAX_DEAD_IN_A_ROW
    assert await streams.length(edge.redis, poison[0].stream) == 5


async def test_a_message_that_killed_its_workers_is_put_aside_unopened(edge: Edge, tenant: TenantFixture):
    deadly, innocent = await edge.event(tenant), await edge.event(tenant)
    await edge.send(tenant, deadly, innocent)
    await streams.ensure_group(edge.redis, deadly.stream)
    await streams.read_group(edge.redis, deadly.stream, consumer="dead", count=10, block_ms=None)
    for _ in range(lane.DEADLY_DELIVERIES):
        await streams.claim_abandoned(edge.redis, deadly.stream, consumer="dead", min_idle_ms=0, count=10)
    async with running(dependencies_of(edge)):
        await wait_until_empty(edge.redis)
    columns = dead_letters.c
    found = await fetch(edge.database, tenant, select(columns.error_class, columns.stream_header))
    assert found == [("WorkerLost", deadly.header)]
    assert await fetch(edge.database, tenant, EVENTS) == [(1, 1)]


async def test_a_message_of_a_day_without_partition_is_set_aside(edge: Edge, tenant: TenantFixture):
    ancient = await edge.event(tenant, received_at=utc_now() - timedelta(days=400))
    await edge.send(tenant, ancient, await edge.event(tenant))
    async with running(dependencies_of(edge)):
        await wait_until_empty(edge.redis)
    assert await fetch(edge.database, tenant, EVENTS) == [(1, 1)]
    assert await streams.length(edge.redis, quarantine_name(ancient.stream)) == 1
