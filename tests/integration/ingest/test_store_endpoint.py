"""The legacy /store/: whatever form an event comes in, workers get an envelope."""

import gzip
import json
import zlib
from base64 import b64encode
from urllib.parse import quote

import pytest

from protocol import content_encoding, envelope
from protocol.envelope import Envelope
from tests.conftest import TenantFixture
from tests.integration.ingest.conftest import ReadQueue
from tests.integration.ingest.edge_server import Headers, request

EVENT_ID = "fc6d8c0c43fc4630ad850ee518f1b9d0"
EVENT = json.dumps({"event_id": EVENT_ID, "message": "old", "extra": {"x": "y" * 200}}).encode()


def auth(tenant: TenantFixture) -> Headers:
    return [("X-Sentry-Auth", f"Sentry sentry_version=6, sentry_key={tenant.public_key}, sentry_secret=ignored")]


def path(tenant: TenantFixture) -> str:
    return f"/api/{tenant.project_id}/store/"


async def _only_item(tenant: TenantFixture, read_queue: ReadQueue) -> tuple[str | None, str, bytes]:
    [message] = await read_queue(tenant)
    parsed = envelope.parse(content_encoding.decode(message.payload, encoding=message.header.encoding))
    assert isinstance(parsed, Envelope)
    assert parsed.header.event_id == message.header.event_id
    [item] = parsed.items
    return message.header.event_id, item.type, bytes(item.payload)


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("", EVENT),
        ("gzip", gzip.compress(EVENT)),
        ("gzip", gzip.compress(EVENT[:50]) + gzip.compress(EVENT[50:])),
        ("deflate", zlib.compress(EVENT)),
        ("", b64encode(zlib.compress(EVENT))),
        ("", b64encode(EVENT)),
        ("", b64encode(zlib.compress(EVENT)) + b"\r\n"),
        ("gzip", gzip.compress(b64encode(zlib.compress(EVENT)))),
    ],
)
async def test_every_form_of_an_event_becomes_the_same_envelope(
    edge_port: int, tenant: TenantFixture, read_queue: ReadQueue, encoding: str, body: bytes
) -> None:
    headers = [*auth(tenant), ("Content-Encoding", encoding), ("Content-Type", "application/octet-stream")]
    answer = await request(edge_port, path(tenant), headers=headers, body=body)
    assert (answer.status, json.loads(answer.body)) == (200, {"id": EVENT_ID})
    assert await _only_item(tenant, read_queue) == (EVENT_ID, "event", EVENT)


async def test_a_gzip_event_is_wrapped_without_compressing_it_again(
    edge_port: int, tenant: TenantFixture, read_queue: ReadQueue
) -> None:
    body = gzip.compress(EVENT)
    await request(edge_port, path(tenant), headers=[*auth(tenant), ("Content-Encoding", "gzip")], body=body)
    [message] = await read_queue(tenant)
    assert message.header.encoding == "gzip"
    assert message.payload.endswith(body)


@pytest.mark.parametrize("data", [b64encode(zlib.compress(EVENT)).decode(), EVENT.decode(), b64encode(EVENT).decode()])
@pytest.mark.parametrize("is_escaped", [True, False])
async def test_a_get_request_carries_the_event_in_its_query_and_gets_an_image(
    edge_port: int, tenant: TenantFixture, read_queue: ReadQueue, data: str, *, is_escaped: bool
) -> None:
    text = quote(data, safe="") if is_escaped or data.startswith("{") else data
    query = f"?sentry_key={tenant.public_key}&sentry_version=7&sentry_data={text}"
    answer = await request(edge_port, path(tenant) + query, method="GET")
    assert (answer.status, answer.headers["content-type"]) == (200, "image/gif")
    assert answer.body.startswith(b"GIF89a")
    assert (await _only_item(tenant, read_queue))[:2] == (EVENT_ID, "event")


async def test_the_key_alone_names_the_project(edge_port: int, tenant: TenantFixture, read_queue: ReadQueue) -> None:
    answer = await request(edge_port, "/api/store/", headers=auth(tenant), body=EVENT)
    assert answer.status == 200
    assert (await read_queue(tenant))[0].header.project_id == tenant.project_id


async def test_an_envelope_on_the_store_path_is_taken_as_one(
    edge_port: int, tenant: TenantFixture, read_queue: ReadQueue
) -> None:
    body = b'{"event_id":"%s"}\n{"type":"transaction"}\n{}' % EVENT_ID.encode()
    headers = [*auth(tenant), ("Content-Type", "application/x-sentry-envelope")]
    assert (await request(edge_port, path(tenant), headers=headers, body=body)).status == 200
    assert (await read_queue(tenant))[0].payload == body


@pytest.mark.parametrize(
    ("event", "event_id", "item_type"),
    [
        (b'{"event_id":"FC6D8C0C-43FC-4630-AD85-0EE518F1B9D0","type":"transaction"}', EVENT_ID, "transaction"),
        (b'{"event_id":"%s","extra":{"n":NaN}}' % EVENT_ID.encode(), EVENT_ID, "event"),
        (b"\xef\xbb\xbf \n{}", None, "event"),
        (b'{"event_id":"1\' OR 1=1"}', None, "event"),
        (b'{"broken', None, "event"),
    ],
)
async def test_the_id_is_the_events_own_or_a_new_one(
    edge_port: int, tenant: TenantFixture, read_queue: ReadQueue, event: bytes, event_id: str | None, item_type: str
) -> None:
    answer = await request(edge_port, path(tenant), headers=auth(tenant), body=event)
    answered = json.loads(answer.body)["id"]
    assert event_id in {None, answered}
    assert await _only_item(tenant, read_queue) == (answered, item_type, event)


@pytest.mark.parametrize(
    ("encoding", "body", "status", "outcome"),
    [
        ("", b"", 400, "malformed_json"),
        ("", b"null", 400, "malformed_json"),
        ("", b"[{}]", 400, "malformed_json"),
        ("", b"\xff\xfe garbage", 400, "malformed_json"),
        ("", b64encode(b"not zlib"), 400, "malformed_json"),
        ("", b64encode(zlib.compress(b"[]")), 400, "malformed_json"),
        ("", b64encode(zlib.compress(bytes(64 << 20))), 413, "too_large"),
        ("", b'{"message":"' + b"m" * (2 << 20) + b'"}', 413, "too_large"),
        ("gzip", b"plain", 400, "malformed_item"),
        ("gzip, br", EVENT, 415, "malformed_item"),
    ],
)
async def test_what_is_no_event_is_refused_and_counted(
    edge_port: int, tenant: TenantFixture, read_queue: ReadQueue, encoding: str, body: bytes, status: int, outcome: str
) -> None:
    answer = await request(edge_port, path(tenant), headers=[*auth(tenant), ("Content-Encoding", encoding)], body=body)
    assert answer.status == status
    [message] = await read_queue(tenant)
    assert message.outcomes == [("error", "invalid", outcome, 1)]
