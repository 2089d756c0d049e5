"""What SDKs send to /envelope/ becomes one durable, sealed message, or a refusal that is counted."""

import gzip
import json
import zlib

import brotli  # type: ignore[import-untyped]  # the package ships no stubs
import pytest
import zstandard

from protocol import content_encoding, envelope
from protocol.envelope import Envelope
from protocol.stream_message import MessageKind
from runtime.redis_client import RedisClient
from tests.conftest import MakeTenant, TenantFixture
from tests.integration.ingest.conftest import ReadQueue
from tests.integration.ingest.edge_server import Headers, request, send_raw

EVENT_ID = "9ec79c33ec9942ab8353589fcb2e04d1"
EVENT = b'{"message":"x"}'
BODY = b'{"event_id":"%s"}\n{"type":"event"}\n%s\n' % (EVENT_ID.encode(), EVENT)


def auth(tenant: TenantFixture) -> Headers:
    return [("X-Sentry-Auth", f"Sentry sentry_key={tenant.public_key}, sentry_version=7")]


def path(tenant: TenantFixture) -> str:
    return f"/api/{tenant.project_id}/envelope/"


async def test_an_event_is_answered_with_its_id_and_stands_sealed_in_the_stream(
    edge_port: int, tenant: TenantFixture, read_queue: ReadQueue
) -> None:
    answer = await request(edge_port, path(tenant), headers=[*auth(tenant), ("User-Agent", "sentry.test/1")], body=BODY)
    assert (answer.status, json.loads(answer.body)) == (200, {"id": EVENT_ID})
    [message] = await read_queue(tenant)
    assert message.payload == BODY
    header = message.header
    assert (header.kind, header.encoding, header.event_id) == (MessageKind.ENVELOPE, "identity", EVENT_ID)
    assert (header.project_id, header.key_id) == (tenant.project_id, tenant.key_id)
    assert (header.peer_ip, header.user_agent, header.is_key_deprecated) == ("127.0.0.1", "sentry.test/1", False)
    assert header.message_id.version == 7


async def test_nothing_readable_of_a_payload_is_in_redis(edge_port: int, tenant: TenantFixture, redis: RedisClient) -> None:
    await request(edge_port, path(tenant), headers=auth(tenant), body=BODY.replace(b'"x"', b'"jane@example.com"'))
    dumped = [await redis.dump(key) or b"" for key in await redis.keys()]
    assert dumped
    assert not any(b"jane@example.com" in dump for dump in dumped)


@pytest.mark.parametrize(
    ("header", "encoding", "body"),
    [
        ("gzip", "gzip", gzip.compress(BODY)),
        ("x-gzip", "gzip", gzip.compress(BODY)),
        ("deflate", "deflate", zlib.compress(BODY)),
        ("br", "br", brotli.compress(BODY)),
        ("zstd", "zstd", zstandard.compress(BODY)),
        ("", "identity", BODY),
        ("UTF-8", "identity", BODY),
    ],
)
@pytest.mark.parametrize("is_chunked", [False, True])
async def test_a_coded_body_is_forwarded_as_it_came(
    edge_port: int, tenant: TenantFixture, read_queue: ReadQueue, header: str, encoding: str, body: bytes, *, is_chunked: bool
) -> None:
    headers = [*auth(tenant), ("Content-Encoding", header)]
    answer = await request(edge_port, path(tenant), headers=headers, body=body, is_chunked=is_chunked)
    assert answer.status == 200
    [message] = await read_queue(tenant)
    assert (message.payload, message.header.encoding) == (body, encoding)


async def test_a_browser_names_its_key_in_the_query_and_may_come_from_anywhere(edge_port: int, tenant: TenantFixture) -> None:
    query = f"?sentry_version=7&sentry_key={tenant.public_key}&sentry_client=sentry.javascript.browser%2F11.12.0"
    headers = [("Origin", "https://shop.example.com"), ("Content-Type", "text/plain;charset=UTF-8")]
    answer = await request(edge_port, path(tenant) + query, headers=headers, body=BODY)
    assert answer.status == 200
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    ("body", "answered"),
    [
        (b"{}", {}),
        (b'{"event_id":"%s"}' % EVENT_ID.encode(), {"id": EVENT_ID}),
        (b'{}\n{"type":"session"}\n{}', {}),
        (b'{}\n{"type":"zzz_new"}\n{}', {}),
        (b'{}\n{"type":"event"}\n{"event_id":"%s"}' % EVENT_ID.encode(), {"id": EVENT_ID}),
        (
            b'{"event_id":"9ec79c33-ec99-42ab-8353-589fcb2e04d1"}\n{"type":"event"}\n{"event_id":"%s"}' % (b"0" * 32),
            {"id": EVENT_ID},
        ),
    ],
)
async def test_the_answered_id_is_the_headers_then_the_events(
    edge_port: int, tenant: TenantFixture, read_queue: ReadQueue, body: bytes, answered: dict[str, str]
) -> None:
    answer = await request(edge_port, path(tenant), headers=auth(tenant), body=body)
    assert (answer.status, json.loads(answer.body)) == (200, answered)
    queued = await read_queue(tenant)
    assert len(queued) == (1 if b"type" in body else 0)
    assert [message.header.event_id for message in queued] == [answered.get("id")] * len(queued)


async def test_an_event_without_any_id_gets_one_and_the_worker_is_told(
    edge_port: int, tenant: TenantFixture, read_queue: ReadQueue
) -> None:
    answer = await request(edge_port, path(tenant), headers=auth(tenant), body=b'{}\n{"type":"event"}\n{"message":NaN}')
    [message] = await read_queue(tenant)
    assert json.loads(answer.body) == {"id": message.header.event_id}
    assert len(message.header.event_id or "") == 32


HOSTILE: list[tuple[str, bytes, int, str, list[tuple[str, str, str, int]]]] = [
    ("", b"", 400, "empty", [("unknown", "invalid", "malformed_item", 1)]),
    ("", b"[]\n", 400, "bad_envelope", [("unknown", "invalid", "malformed_item", 1)]),
    ("", b'{}\n{"type":"event","length":99}\n{}', 400, "bad_item", [("error", "invalid", "malformed_item", 1)]),
    (
        "",
        b'{}\n{"type":"session"}\n{}\n{"type":"attachment","length":9}\nshort',
        400,
        "bad_item",
        [("session", "invalid", "malformed_item", 1), ("attachment", "invalid", "malformed_item", 1)],
    ),
    ("", b'{"event_id":"../../x"}\n{"type":"event"}\n{}', 400, "bad_event_id", [("unknown", "invalid", "malformed_item", 1)]),
    ("", b"{" + b" " * 10_000 + b"}\n", 413, "header_too_large", [("unknown", "invalid", "too_large", 1)]),
    (
        "",
        b"{}\n" + b'{"type":"session","length":0}\n\n' * 500,
        413,
        "too_many_items",
        [("session", "invalid", "too_many_items", 100), ("unknown", "invalid", "too_many_items", 1)],
    ),
    (
        "",
        b'{}\n{"type":"event"}\n{"message":"' + b"m" * (2 << 20) + b'"}\n{"type":"session"}\n{}',
        413,
        "too_large",
        [("error", "invalid", "too_large", 1), ("session", "invalid", "too_large", 1)],
    ),
    ("gzip", b"not gzip at all, but a text", 400, "bad_encoding", [("unknown", "invalid", "malformed_item", 1)]),
    ("gzip", gzip.compress(BODY)[:-9], 400, "bad_encoding", [("unknown", "invalid", "malformed_item", 1)]),
    ("gzip", gzip.compress(bytes(64 << 20)), 413, "too_large", [("unknown", "invalid", "too_large", 1)]),
    ("br", brotli.compress(bytes(64 << 20), quality=1), 413, "too_large", [("unknown", "invalid", "too_large", 1)]),
    ("gzip, gzip", gzip.compress(BODY), 415, "unsupported_encoding", [("unknown", "invalid", "malformed_item", 1)]),
    ("compress", BODY, 415, "unsupported_encoding", [("unknown", "invalid", "malformed_item", 1)]),
]


@pytest.mark.parametrize(("encoding", "body", "status", "reason", "outcomes"), HOSTILE)
async def test_what_is_refused_after_authentication_is_counted_before_the_answer(
    edge_port: int,
    tenant: TenantFixture,
    read_queue: ReadQueue,
    encoding: str,
    body: bytes,
    status: int,
    reason: str,
    outcomes: list[tuple[str, str, str, int]],
) -> None:
    answer = await request(edge_port, path(tenant), headers=[*auth(tenant), ("Content-Encoding", encoding)], body=body)
    assert (answer.status, answer.headers["x-sentry-error"]) == (status, reason)
    assert set(json.loads(answer.body)) == {"detail", "causes"}
    [message] = await read_queue(tenant)
    assert message.outcomes == outcomes


async def test_a_body_declared_too_large_is_refused_before_it_is_sent(
    edge_port: int, tenant: TenantFixture, read_queue: ReadQueue
) -> None:
    [(name, value)] = auth(tenant)
    head = f"POST {path(tenant)} HTTP/1.1\r\nHost: x\r\n{name}: {value}\r\nContent-Length: 99999999999\r\n\r\n"
    assert (await send_raw(edge_port, head.encode())).status == 413
    assert (await read_queue(tenant))[0].outcomes == [("unknown", "invalid", "too_large", 1)]


async def test_the_tunnel_takes_the_key_from_the_envelope_and_never_calls_its_host(
    edge_port: int, tenant: TenantFixture, read_queue: ReadQueue
) -> None:
    dsn = f"https://{tenant.public_key}@elsewhere.invalid/{tenant.project_id}"
    body = BODY.replace(b"{", b'{"dsn":"%s",' % dsn.encode(), 1)
    for target in ("/tunnel", "/monitoring/tunnel/x", path(tenant)):
        assert (await request(edge_port, target, body=body)).status == 200
    coded = await request(edge_port, "/tunnel", headers=[("Content-Encoding", "gzip")], body=gzip.compress(body))
    assert coded.status == 200
    assert [content_encoding.decode(m.payload, encoding=m.header.encoding) for m in await read_queue(tenant)] == [body] * 4


async def test_the_tunnel_ignores_the_password_of_the_site_it_runs_on(edge_port: int, tenant: TenantFixture) -> None:
    dsn = f"https://{tenant.public_key}@h/{tenant.project_id}"
    body = BODY.replace(b"{", b'{"dsn":"%s",' % dsn.encode(), 1)
    answer = await request(edge_port, "/tunnel", headers=[("Authorization", "Basic c3RhZ2luZzpzZWNyZXQ=")], body=body)
    assert answer.status == 200


@pytest.mark.parametrize("body", [b"", b"{}", BODY, b'{"dsn":null}', b'{"dsn":"garbage"}', b"garbage", b'{"dsn":"' + b"x" * 9000])
async def test_a_tunnel_without_a_usable_dsn_is_refused(edge_port: int, body: bytes) -> None:
    assert (await request(edge_port, "/tunnel", body=body)).status in {400, 401, 413}


async def test_a_dsn_beside_http_authentication_must_mean_the_same_project(
    edge_port: int, tenant: TenantFixture, make_tenant: MakeTenant, read_queue: ReadQueue
) -> None:
    other = await make_tenant()
    forged = BODY.replace(b"{", b'{"dsn":"http://%s@h/%d",' % (other.public_key.encode(), other.project_id), 1)
    answer = await request(edge_port, path(tenant), headers=auth(tenant), body=forged)
    assert (answer.status, answer.headers["x-sentry-error"]) == (403, "dsn_mismatch")
    assert [message.outcomes for message in await read_queue(tenant)] == [[("error", "invalid", "unknown_project", 1)]]
    assert await read_queue(other) == []
    own = BODY.replace(b"{", b'{"dsn":"http://%s@h/%d",' % (tenant.public_key.encode(), tenant.project_id), 1)
    assert (await request(edge_port, path(tenant), headers=auth(tenant), body=own)).status == 200


async def test_what_the_edge_took_a_worker_can_parse(edge_port: int, tenant: TenantFixture, read_queue: ReadQueue) -> None:
    await request(edge_port, path(tenant), headers=[*auth(tenant), ("Content-Encoding", "gzip")], body=gzip.compress(BODY))
    [message] = await read_queue(tenant)
    parsed = envelope.parse(content_encoding.decode(message.payload, encoding=message.header.encoding))
    assert isinstance(parsed, Envelope)
    assert bytes(parsed.items[0].payload) == EVENT
