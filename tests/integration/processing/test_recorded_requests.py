"""The conservation law on what real SDKs sent: as many outcomes as items, and nothing that PostgreSQL refuses."""

from collections import Counter

from sqlalchemy import select

from eventstore.tables import events, outcome_hourly
from processing.tables import dead_letters
from protocol import content_encoding, envelope
from protocol.content_encoding import BrokenBodyError
from protocol.envelope import Envelope
from protocol.outcome import category_of
from runtime.streams import StreamAppend
from tests import corpus_index
from tests.conftest import TenantFixture
from tests.integration.processing.edge import Edge, dependencies_of, fetch, running, wait_until_empty


async def test_every_item_of_every_recorded_envelope_ends_in_one_outcome(edge: Edge, tenant: TenantFixture):
    messages: list[StreamAppend] = []
    items: Counter[str] = Counter()
    for row in corpus_index.rows():
        request = corpus_index.recorded_request(row.path)
        headers = {name.lower(): value for name, value in request.headers}
        encoding = content_encoding.name_of(headers.get("content-encoding"))
        parsed = _parse(request.path, request.body, encoding)
        if parsed is not None:
            items.update(category_of(item.type).value for item in parsed.items)
            messages.append(await edge.message(tenant, request.body, encoding=encoding, event_id=parsed.header.event_id))
    assert len(messages) > 500

    for start in range(0, len(messages), 100):
        await edge.send(tenant, *messages[start : start + 100])
    async with running(dependencies_of(edge)):
        await wait_until_empty(edge.redis, seconds=90)

    assert await fetch(edge.database, tenant, select(dead_letters.c.error_class)) == []
    columns = outcome_hourly.c
    counted: Counter[str] = Counter()
    accepted = 0
    found = await fetch(edge.database, tenant, select(columns.category, columns.outcome, columns.quantity))
    for category, outcome, quantity in found:
        if outcome != "client_discard":
            counted[str(category)] += int(str(quantity))
        if (category, outcome) == ("error", "accepted"):
            accepted += int(str(quantity))
    assert counted == items
    assert len(await fetch(edge.database, tenant, select(events.c.event_id))) == accepted > 250


def _parse(path: str, body: bytes, encoding: str) -> Envelope | None:
    if "/envelope/" not in path:
        return None
    try:
        parsed = envelope.parse(content_encoding.decode(body, encoding=encoding))
    except BrokenBodyError:
        return None
    return parsed if isinstance(parsed, Envelope) else None
