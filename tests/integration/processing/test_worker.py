import asyncio
import gzip
import json
from collections import Counter
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text

from eventstore.event_body import SealedBody, open_body
from eventstore.tables import events, issues, outcome_hourly
from processing.tables import dead_letters
from protocol.envelope import serialize
from protocol.outcome import Outcome, OutcomeCount
from protocol.stream_message import MessageKind
from runtime import live, streams
from runtime.identifiers import new_uuid7
from runtime.streams import StreamAppend
from tenancy import data_keys
from tenancy.data_keys import DataKeyPurpose
from tests.conftest import MakeTenant, TenantFixture
from tests.integration.processing.edge import (
    Edge,
    dependencies_of,
    event_envelope,
    fetch,
    running,
    wait_until_empty,
    work_off,
)


async def outcomes(edge: Edge, tenant: TenantFixture) -> dict[tuple[str, str, str], int]:
    columns = outcome_hourly.c
    found = await fetch(edge.database, tenant, select(columns.category, columns.outcome, columns.reason, columns.quantity))
    counted: Counter[tuple[str, str, str]] = Counter()
    for category, outcome, reason, quantity in found:
        counted[str(category), str(outcome), str(reason)] += int(str(quantity))
    return dict(counted)


async def count_events(edge: Edge, tenant: TenantFixture) -> tuple[int, int, int]:
    """Events stored, events counted on issues, issues."""
    statement = text(
        "SELECT (SELECT count(*) FROM eventstore.events), (SELECT coalesce(sum(event_count), 0)::bigint FROM eventstore.issues),"
        " (SELECT count(*) FROM eventstore.issues)"
    )
    return (await fetch(edge.database, tenant, statement))[0]  # type: ignore[return-value]


async def test_an_event_is_stored_sealed_and_counted(edge: Edge, tenant: TenantFixture):
    event_id = uuid4().hex
    await work_off(edge, tenant, [await edge.event(tenant, event_id=event_id, tags={"plan": "pro"})])

    async with edge.database.tenant(tenant.organization_id) as tx:
        row = (await tx.execute(select(events))).one()
        key = await data_keys.by_version(tx, DataKeyPurpose.EVENTS, row.body_key_version, keyring=edge.keyring)
    body = open_body(
        SealedBody(row.body_format, row.body_key_version, row.body),
        key=key,
        organization_id=tenant.organization_id,
        event_id=UUID(hex=event_id),
    )
    event = json.loads(body)
    assert (event["event_id"], event["type"], event["tags"]) == (event_id, "ValueError", [["plan", "pro"]])
    assert b"ValueError" not in row.body
    assert row.title == event["title"]
    assert await outcomes(edge, tenant) == {("error", "accepted", ""): 1}
    assert await count_events(edge, tenant) == (1, 1, 1)


async def test_a_redelivered_message_has_no_effect_at_all(edge: Edge, tenant: TenantFixture):
    item = ({"type": "session"}, b"{}")
    message = await edge.message(tenant, serialize({}, [item, item]))
    event = await edge.event(tenant)
    await work_off(edge, tenant, [message, event, message, event])
    await work_off(edge, tenant, [event, message])
    assert await count_events(edge, tenant) == (1, 1, 1)
    assert await outcomes(edge, tenant) == {("error", "accepted", ""): 1, ("session", "unsupported", "item_type"): 2}


async def test_an_event_sent_twice_is_stored_once_and_counted_as_duplicate(edge: Edge, tenant: TenantFixture):
    event_id = uuid4().hex
    twice = [await edge.event(tenant, event_id=event_id) for _ in range(2)]
    await work_off(edge, tenant, twice)
    await work_off(edge, tenant, [await edge.event(tenant, event_id=event_id)])
    assert await count_events(edge, tenant) == (1, 1, 1)
    assert await outcomes(edge, tenant) == {("error", "accepted", ""): 1, ("error", "invalid", "duplicate_event"): 2}


async def test_every_item_has_exactly_one_outcome(edge: Edge, tenant: TenantFixture):
    event = json.dumps({"message": "hello"}).encode()
    report = {"discarded_events": [{"reason": "sample_rate", "category": "transaction", "quantity": 7},
                                   {"reason": "my own word", "category": "error", "quantity": 2}]}  # fmt: skip
    items: list[tuple[dict[str, object], bytes]] = [
        ({"type": "event"}, event),
        ({"type": "event"}, event),
        ({"type": "attachment", "filename": "a.txt"}, b"text\n{}"),
        ({"type": "transaction"}, b"{}"),
        ({"type": "feedback"}, b"{}"),
        ({"type": "nobody knows"}, b"{}"),
        ({"type": "client_report"}, json.dumps(report).encode()),
        ({"type": "client_report"}, b"{broken"),
    ]
    await work_off(edge, tenant, [await edge.message(tenant, serialize({}, items))])
    assert await outcomes(edge, tenant) == {
        ("error", "accepted", ""): 1,
        ("error", "invalid", "duplicate_item"): 1,
        ("attachment", "unsupported", "item_type"): 1,
        ("transaction", "unsupported", "item_type"): 1,
        ("feedback", "unsupported", "item_type"): 1,
        ("unknown", "unsupported", "item_type"): 1,
        ("internal", "accepted", ""): 1,
        ("internal", "invalid", "malformed_json"): 1,
        ("transaction", "client_discard", "sample_rate"): 7,
        ("error", "client_discard", "other"): 2,
    }


async def test_broken_json_is_invalid_and_does_not_disturb_its_neighbours(edge: Edge, tenant: TenantFixture):
    broken = serialize({}, [({"type": "event"}, b"{nonsense")])
    await work_off(edge, tenant, [await edge.message(tenant, broken), await edge.event(tenant)])
    assert await outcomes(edge, tenant) == {("error", "accepted", ""): 1, ("error", "invalid", "malformed_json"): 1}


@pytest.mark.parametrize("payload", [b"", b"no envelope", b'{}\n{"type":"event","length":99}\n{}'])
async def test_what_is_no_envelope_is_invalid(edge: Edge, tenant: TenantFixture, payload: bytes):
    await work_off(edge, tenant, [await edge.message(tenant, payload, event_id=uuid4().hex)])
    assert await outcomes(edge, tenant) == {("error", "invalid", "malformed_item"): 1}


async def test_outcomes_decided_at_the_edge_are_counted(edge: Edge, tenant: TenantFixture):
    counts = [
        OutcomeCount("error", Outcome.RATE_LIMITED, "project_quota", 12),
        OutcomeCount("error", Outcome.INVALID, "too_large", 1),
    ]
    await work_off(edge, tenant, [await edge.outcomes(tenant, *counts)])
    assert await outcomes(edge, tenant) == {("error", "rate_limited", "project_quota"): 12, ("error", "invalid", "too_large"): 1}


async def test_a_project_that_is_gone_is_an_outcome(edge: Edge, tenant: TenantFixture):
    gone = TenantFixture(tenant.organization_id, 999_999_999_999_999, tenant.key_id, tenant.public_key)
    await work_off(edge, tenant, [await edge.event(gone)])
    assert await outcomes(edge, tenant) == {("error", "invalid", "unknown_project"): 1}


async def test_two_workers_count_every_event_once(edge: Edge, tenant: TenantFixture):
    messages = [await edge.event(tenant, f"stack_{number % 5}") for number in range(300)]
    await edge.send(tenant, *messages)
    workers = [dependencies_of(edge, name=f"worker-{number}", batch_messages=20) for number in range(2)]
    async with running(*workers):
        await wait_until_empty(edge.redis)
    assert await count_events(edge, tenant) == (300, 300, 5)
    assert await outcomes(edge, tenant) == {("error", "accepted", ""): 300}


async def test_poison_goes_to_dead_letters_after_three_deliveries_and_the_rest_is_stored(edge: Edge, tenant: TenantFixture):
    poison = await edge.outcomes(tenant, OutcomeCount("er\x00ror", Outcome.INVALID, "", 1))  # PostgreSQL has no NUL in text
    good = [await edge.event(tenant) for _ in range(9)]
    await work_off(edge, tenant, [*good[:5], poison, *good[5:]])

    assert await count_events(edge, tenant) == (9, 9, 1)
    columns = dead_letters.c
    statement = select(columns.deliveries, columns.stream_header, columns.sealed_payload)
    assert await fetch(edge.database, tenant, statement) == [(3, poison.header, poison.payload)]
    assert await outcomes(edge, tenant) == {("error", "accepted", ""): 9, ("unknown", "dead", "processing_failed"): 1}


async def test_a_message_sealed_with_another_tenants_key_dies_unopened(
    edge: Edge, tenant: TenantFixture, make_tenant: MakeTenant
):
    stranger = await make_tenant()
    forged = await edge.event(tenant, key=await edge.queue_key(stranger))
    await work_off(edge, tenant, [forged, await edge.event(tenant)])
    assert await count_events(edge, tenant) == (1, 1, 1)
    found = await fetch(edge.database, tenant, select(dead_letters.c.error_class))
    assert found == [("SealBrokenError",)]
    assert await outcomes(edge, tenant) == {("error", "accepted", ""): 1, ("error", "dead", "processing_failed"): 1}
    assert await fetch(edge.database, stranger, select(dead_letters.c.message_id)) == []


async def test_an_entry_without_a_readable_header_is_quarantined(edge: Edge, tenant: TenantFixture):
    stream = streams.stream_name(streams.shard_of(tenant.project_id))
    await work_off(edge, tenant, [StreamAppend(stream, b"not a header", b"payload"), await edge.event(tenant)])
    assert await streams.length(edge.redis, f"{stream}:unreadable") == 1
    assert await count_events(edge, tenant) == (1, 1, 1)


async def test_a_worker_killed_between_commit_and_acknowledgement_counts_nothing_twice(edge: Edge, tenant: TenantFixture):
    messages = [await edge.event(tenant) for _ in range(20)]
    await edge.send(tenant, *messages)
    stream = messages[0].stream
    await streams.ensure_group(edge.redis, stream)
    delivered = await streams.read_group(edge.redis, stream, consumer="killed", count=100, block_ms=None)
    assert len(delivered) == 20
    await work_off(edge, tenant, messages)  # the same messages take effect, then the killed worker's entries are reclaimed
    assert await count_events(edge, tenant) == (20, 20, 1)
    assert await outcomes(edge, tenant) == {("error", "accepted", ""): 20}
    assert await streams.pending(edge.redis, stream) == 0


async def test_cancelled_workers_lose_and_double_nothing(edge: Edge, tenant: TenantFixture):
    await edge.send(tenant, *[await edge.event(tenant, f"stack_{number % 3}") for number in range(150)])
    for attempt in range(8):
        dependencies = dependencies_of(edge, name=f"worker-{attempt}", batch_messages=25)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.02 + 0.02 * attempt), running(dependencies):
                await asyncio.sleep(60)
    async with running(dependencies_of(edge, name="survivor")):
        await wait_until_empty(edge.redis)
    assert await count_events(edge, tenant) == (150, 150, 3)
    assert await outcomes(edge, tenant) == {("error", "accepted", ""): 150}


async def test_who_is_looking_gets_a_hint_after_the_commit(edge: Edge, tenant: TenantFixture):
    async with live.subscribe(edge.redis, tenant.organization_id) as hints:
        await work_off(edge, tenant, [await edge.event(tenant)])
        async with asyncio.timeout(5):
            hint = await anext(hints)
    found = await fetch(edge.database, tenant, select(issues.c.issue_id))
    assert found == [(hint.issue_id,)]
    assert (hint.kind, hint.project_id, hint.is_new) == ("issue.changed", tenant.project_id, True)


async def test_tenants_in_one_batch_are_kept_apart(edge: Edge, tenant: TenantFixture, make_tenant: MakeTenant):
    others = [tenant, *[await make_tenant() for _ in range(3)]]
    messages = [await edge.event(each) for each in others for _ in range(4)]
    await work_off(edge, tenant, messages)
    for each in others:
        assert await count_events(edge, each) == (4, 4, 1)


async def test_the_event_id_of_an_item_without_one_is_the_same_on_redelivery(edge: Edge, tenant: TenantFixture):
    message_id = new_uuid7()
    payload = serialize({}, [({"type": "event"}, b'{"message": "no id"}')])
    message = await edge.message(tenant, payload, message_id=message_id)
    await work_off(edge, tenant, [message, message])
    assert await fetch(edge.database, tenant, select(events.c.event_id)) == [(message_id,)]


async def test_gzip_is_undone_by_the_worker(edge: Edge, tenant: TenantFixture):
    payload = gzip.compress(event_envelope(uuid4().hex))
    await work_off(edge, tenant, [await edge.message(tenant, payload, encoding="gzip", kind=MessageKind.ENVELOPE)])
    assert await count_events(edge, tenant) == (1, 1, 1)
