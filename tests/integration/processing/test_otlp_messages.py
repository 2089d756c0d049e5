"""OTLP through a worker into PostgreSQL: stored once however often it is sent, and every item ends in one outcome."""

from collections import Counter

import pytest
from sqlalchemy import text

from protocol.stream_message import MessageKind
from runtime.streams import StreamAppend
from tenancy.scope import Database
from tests.conftest import TenantFixture
from tests.corpus_index import CORPUS
from tests.integration.processing.edge import Edge, dependencies_of, fetch, running, wait_until_empty, work_off

RECORDED = CORPUS / "otlp-python-1.45.2"
TRACES = (RECORDED / "grpc_traces-01.body").read_bytes()
LOGS = (RECORDED / "grpc_logs-01.body").read_bytes()
Counts = dict[tuple[object, ...], object]


async def outcomes(database: Database, tenant: TenantFixture) -> Counts:
    rows = await fetch(
        database, tenant, text("SELECT category, outcome, reason, sum(quantity) FROM eventstore.outcome_hourly GROUP BY 1, 2, 3")
    )
    return {tuple(row[:3]): row[3] for row in rows}


async def titles(database: Database, tenant: TenantFixture) -> Counter[object]:
    rows = await fetch(database, tenant, text("SELECT title, event_count FROM eventstore.issues"))
    return Counter({row[0]: row[1] for row in rows})  # type: ignore[misc]  # a column of numbers


async def traces(edge: Edge, tenant: TenantFixture, body: bytes = TRACES) -> StreamAppend:
    return await edge.message(tenant, body, kind=MessageKind.OTLP_TRACES)


async def test_an_exception_on_two_spans_is_one_event(edge: Edge, tenant: TenantFixture) -> None:
    await work_off(edge, tenant, [await traces(edge, tenant)])
    assert await titles(edge.database, tenant) == {
        "RuntimeError: checkout failed for user 17": 1,
        "ZeroDivisionError: division by zero": 1,
    }
    assert await outcomes(edge.database, tenant) == {("error", "accepted", ""): 2, ("error", "invalid", "duplicate_event"): 1}


async def test_what_an_exporter_sends_again_is_not_stored_again(edge: Edge, tenant: TenantFixture) -> None:
    logs = [await edge.message(tenant, LOGS, kind=MessageKind.OTLP_LOGS) for _ in range(2)]
    await work_off(edge, tenant, [logs[0], logs[0], await traces(edge, tenant)])  # the second is a redelivery: no effect at all
    await work_off(edge, tenant, [logs[1], await traces(edge, tenant)])  # the same requests in new messages
    assert sum((await titles(edge.database, tenant)).values()) == 4
    assert await outcomes(edge.database, tenant) == {
        ("error", "accepted", ""): 4,
        ("error", "invalid", "duplicate_event"): 1 + 2 + 3,
        ("log_item", "unsupported", "item_type"): 3 + 3,
    }


@pytest.mark.parametrize("body", [b"\xff\xff", b"\x0a\x00" * 60_000])
async def test_a_broken_request_is_an_outcome_and_no_poison(edge: Edge, tenant: TenantFixture, body: bytes) -> None:
    async with running(dependencies_of(edge)):
        await edge.send(tenant, await traces(edge, tenant, body), await traces(edge, tenant))
        await wait_until_empty(edge.redis)
    found = await outcomes(edge.database, tenant)
    assert found.pop(("error", "accepted", "")) == 2
    assert sum(quantity for (category, *_), quantity in found.items() if category == "span") == 1  # type: ignore[misc]  # numbers
