"""Who gets in, what is answered to everybody else, and the endpoints that only count."""

import asyncio
import json
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import update

from audit import trail
from audit.actions import AuditAction
from ingest.edge import IngestDependencies
from ingest.key_lookup import DatabaseKeyDirectory
from runtime.clock import utc_now
from runtime.postgres import create_engine
from runtime.redis_client import connect
from runtime.secrets import Secret
from tenancy.context import ContextSigner
from tenancy.scope import Database
from tenancy.tables import dsn_keys
from tests.conftest import CONTEXT_KEYS, DatabaseFor, MakeTenant, TenantFixture
from tests.integration.ingest.conftest import ReadQueue
from tests.integration.ingest.edge_server import Headers, request, running_edge

BODY = b'{"event_id":"9ec79c33ec9942ab8353589fcb2e04d1"}\n{"type":"event"}\n{}\n'
UNREACHABLE_REDIS = "redis://127.0.0.1:1/0"


def auth(public_key: str) -> Headers:
    return [("X-Sentry-Auth", f"Sentry sentry_key={public_key}")]


def path(tenant: TenantFixture) -> str:
    return f"/api/{tenant.project_id}/envelope/"


async def test_unknown_and_foreign_keys_cannot_be_told_apart(
    edge_port: int, tenant: TenantFixture, make_tenant: MakeTenant, read_queue: ReadQueue
) -> None:
    other = await make_tenant()
    unknown = await request(edge_port, path(tenant), headers=auth("0" * 32), body=BODY)
    foreign = await request(edge_port, path(tenant), headers=auth(other.public_key), body=BODY)
    nobodys_project = await request(edge_port, "/api/999999/envelope/", headers=auth(other.public_key), body=BODY)
    assert unknown == foreign == nobodys_project
    assert (unknown.status, unknown.headers["x-sentry-error"]) == (401, "unknown_key")
    assert await read_queue(tenant) == []
    assert [message.outcomes for message in await read_queue(other)] == [[("unknown", "invalid", "unknown_project", 1)]] * 2


@pytest.mark.parametrize(
    ("headers", "query", "status", "reason"),
    [
        ([], "", 401, "missing_key"),
        ([("X-Sentry-Auth", "Sentry sentry_key={KEY}")], "", 401, "malformed_auth"),
        ([("X-Sentry-Auth", "Sentry sentry_key=' OR 1=1--")], "", 401, "malformed_auth"),
        ([("X-Sentry-Auth", "Sentry sentry_key=" + "0" * 32)], "?sentry_key={key}", 401, "multiple_auth"),
        ([], "?sentry_key={key}&sentry_key=" + "0" * 32, 401, "multiple_auth"),
        ([("X-Sentry-Auth", "Sentry sentry_key={key}, sentry_version=99")], "", 400, "unsupported_version"),
    ],
)
async def test_bad_credentials_are_refused(
    edge_port: int, tenant: TenantFixture, headers: Headers, query: str, status: int, reason: str
) -> None:
    def fill(text: str) -> str:
        return text.replace("{key}", tenant.public_key).replace("{KEY}", tenant.public_key.upper())

    sent = [(name, fill(value)) for name, value in headers]
    answer = await request(edge_port, path(tenant) + fill(query), headers=sent, body=BODY)
    assert (answer.status, answer.headers["x-sentry-error"]) == (status, reason)
    assert tenant.public_key.encode() not in answer.body


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/api/abc/envelope/", 400),
        ("/api/1%00/envelope/", 400),
        ("/api/%D9%A1%D9%A2/envelope/", 400),
        ("/api/" + "9" * 40 + "/envelope/", 400),
        ("/api/..%2f..%2fadmin/envelope/", 404),
        ("/nowhere", 404),
    ],
)
async def test_odd_paths_are_refused(edge_port: int, tenant: TenantFixture, target: str, status: int) -> None:
    assert (await request(edge_port, target, headers=auth(tenant.public_key), body=BODY)).status == status


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD"])
async def test_other_methods_are_not_allowed(edge_port: int, tenant: TenantFixture, method: str) -> None:
    answer = await request(edge_port, path(tenant), method=method, headers=auth(tenant.public_key))
    assert (answer.status, answer.headers["allow"]) == (405, "POST, OPTIONS")


async def test_a_preflight_is_answered_without_a_key(edge_port: int, tenant: TenantFixture) -> None:
    headers = [("Origin", "https://shop.example.com"), ("Access-Control-Request-Headers", "content-type,x-sentry-auth")]
    answer = await request(edge_port, path(tenant), method="OPTIONS", headers=headers)
    assert answer.status == 200
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert {"content-type", "x-sentry-auth"} <= set(answer.headers["access-control-allow-headers"].split(", "))
    assert answer.headers["access-control-max-age"] == "3600"


async def test_any_prefix_and_a_missing_slash_lead_to_the_endpoint(edge_port: int, tenant: TenantFixture) -> None:
    for target in ("/sub/path" + path(tenant), path(tenant).rstrip("/")):
        assert (await request(edge_port, target, headers=auth(tenant.public_key), body=BODY)).status == 200


@pytest.mark.parametrize(
    ("method", "target", "headers", "status", "category"),
    [
        ("POST", "/api/{project}/security/?sentry_key={key}", [("Content-Type", "application/csp-report")], 200, "security"),
        ("POST", "/api/{project}/csp-report/?sentry_key={key}&sentry_release=1", [], 200, "security"),
        ("POST", "/api/{project}/nel/?sentry_key={key}", [], 200, "security"),
        ("POST", "/api/{project}/minidump?sentry_key={key}", [], 200, "error"),
        ("POST", "/api/{project}/unreal/{key}/?UserID=x", [], 200, "error"),
        ("POST", "/api/{project}/events/0a0a/attachments/?sentry_key={key}", [], 201, "attachment"),
        ("GET", "/api/{project}/cron/nightly/{key}/?status=ok", [], 202, "monitor"),
        ("POST", "/api/{project}/cron/nightly?sentry_key={key}", [], 202, "monitor"),
    ],
)
async def test_endpoints_which_store_nothing_yet_answer_and_count(
    edge_port: int,
    tenant: TenantFixture,
    read_queue: ReadQueue,
    method: str,
    target: str,
    headers: Headers,
    status: int,
    category: str,
) -> None:
    filled = target.replace("{project}", str(tenant.project_id)).replace("{key}", tenant.public_key)
    answer = await request(edge_port, filled, method=method, headers=headers, body=b"" if method == "GET" else b"body")
    assert answer.status == status
    [message] = await read_queue(tenant)
    assert message.outcomes == [(category, "unsupported", "item_type", 1)]


async def test_a_minidump_is_answered_with_a_hyphenated_uuid(edge_port: int, tenant: TenantFixture) -> None:
    answer = await request(edge_port, f"/api/{tenant.project_id}/minidump/?sentry_key={tenant.public_key}", body=b"MDMP")
    assert answer.headers["content-type"].startswith("text/plain")
    assert str(UUID(answer.body.decode())) == answer.body.decode()


async def test_those_endpoints_want_a_key_too(edge_port: int, tenant: TenantFixture) -> None:
    for target in ("security/", "minidump", "cron/nightly/"):
        assert (await request(edge_port, f"/api/{tenant.project_id}/{target}")).status == 401


async def test_probes_tell_alive_ready_and_metrics(edge_port: int, tenant: TenantFixture) -> None:
    await request(edge_port, path(tenant), headers=auth(tenant.public_key), body=BODY)
    assert (await request(edge_port, "/healthz", method="GET")).status == 200
    ready = await request(edge_port, "/readyz", method="GET")
    assert (ready.status, json.loads(ready.body)) == (200, {"postgres": True, "redis": True})
    exposed = await request(edge_port, "/metrics", method="GET")
    assert b'errata_ingest_requests_total{endpoint="envelope",status="200"}' in exposed.body
    assert tenant.public_key.encode() not in exposed.body


async def test_without_redis_nothing_is_taken_and_the_client_is_told_when_to_come_again(
    dependencies: IngestDependencies, tenant: TenantFixture
) -> None:
    away = connect(Secret(UNREACHABLE_REDIS))
    cut_off = IngestDependencies(redis=away, keys=dependencies.keys, keyring=dependencies.keyring, clock=utc_now)
    async with running_edge(cut_off) as port:
        for body in (BODY, b"garbage"):
            answer = await request(port, path(tenant), headers=auth(tenant.public_key), body=body)
            assert (answer.status, answer.headers["retry-after"]) == (503, "10")
        ready = await request(port, "/readyz", method="GET")
        assert (ready.status, json.loads(ready.body)) == (503, {"postgres": True, "redis": False})
        assert (await request(port, "/healthz", method="GET")).status == 200
    await away.aclose()


async def test_without_postgres_known_keys_go_on_and_others_shall_come_again(
    dependencies: IngestDependencies, tenant: TenantFixture
) -> None:
    engine = create_engine(Secret("postgresql+asyncpg://errata_ingest@127.0.0.1:1/none"), application_name="test")
    keys = DatabaseKeyDirectory(Database(engine, ContextSigner("errata_ingest", CONTEXT_KEYS["ingest"])))
    cut_off = IngestDependencies(redis=dependencies.redis, keys=keys, keyring=dependencies.keyring, clock=utc_now)
    async with running_edge(cut_off) as port:
        answer = await request(port, path(tenant), headers=auth(tenant.public_key), body=BODY)
        assert (answer.status, answer.headers["x-sentry-error"]) == (503, "unavailable")
    await engine.dispose()


async def test_a_rotated_key_is_marked_deprecated(
    edge_port: int, tenant: TenantFixture, read_queue: ReadQueue, database_for: DatabaseFor
) -> None:
    await _set_state(database_for, tenant, state="grace")
    answer = await request(edge_port, path(tenant), headers=auth(tenant.public_key), body=BODY)
    assert answer.status == 200
    assert (await read_queue(tenant))[0].header.is_key_deprecated


async def test_a_disabled_key_is_refused_and_its_tenant_sees_it(
    edge_port: int, tenant: TenantFixture, read_queue: ReadQueue, database_for: DatabaseFor
) -> None:
    await _set_state(database_for, tenant, state="disabled")
    answer = await request(edge_port, path(tenant), headers=auth(tenant.public_key), body=BODY)
    assert (answer.status, answer.headers["x-sentry-error"]) == (401, "unknown_key")
    assert (await read_queue(tenant))[0].outcomes == [("unknown", "invalid", "key_not_active", 1)]


async def _set_state(database_for: DatabaseFor, tenant: TenantFixture, *, state: str) -> None:
    grace_until = utc_now() + timedelta(hours=1) if state == "grace" else None
    async with database_for("api").tenant(tenant.organization_id) as tx:
        of_tenant = dsn_keys.c.key_id == tenant.key_id
        await tx.execute(update(dsn_keys).where(of_tenant).values(state=state, grace_until=grace_until))
        await trail.record(tx, AuditAction.DSN_KEY_ROTATED)  # without it the change does not commit


async def test_concurrent_requests_share_durable_writes_and_none_is_lost(
    edge_port: int, tenant: TenantFixture, read_queue: ReadQueue
) -> None:
    async def send(number: int) -> str:
        event_id = f"{number:032x}"
        body = b'{"event_id":"%s"}\n{"type":"event"}\n{}\n' % event_id.encode()
        answer = await request(edge_port, path(tenant), headers=auth(tenant.public_key), body=body)
        assert answer.status == 200
        return str(json.loads(answer.body)["id"])

    answered = await asyncio.gather(*(send(number) for number in range(300)))
    assert sorted(answered) == sorted(str(message.header.event_id) for message in await read_queue(tenant))
