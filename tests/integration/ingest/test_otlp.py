"""Both doors of OTLP: the real exporters of the OpenTelemetry SDK, recorded requests, hostile ones, and a queue that is away."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

import grpc
import grpc.aio
import pytest
import pytest_asyncio
from google.rpc.error_details_pb2 import RetryInfo
from google.rpc.status_pb2 import Status
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcSpanExporter
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HttpSpanExporter
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest, ExportTraceServiceResponse
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter

from ingest import otlp_grpc
from ingest.edge import Edge, IngestDependencies
from ingest.key_lookup import DatabaseKeyDirectory
from protocol import content_encoding, limits, otlp
from protocol.otlp import Export, MediaType, Signal
from protocol.stream_message import MessageKind
from runtime.clock import utc_now
from runtime.keyring import LocalKeyring
from runtime.redis_client import connect
from runtime.secrets import Secret
from tests.conftest import DatabaseFor, TenantFixture
from tests.corpus_index import CORPUS
from tests.integration.ingest.conftest import Queued, ReadQueue
from tests.integration.ingest.edge_server import Headers, request, running_edge

RECORDED = CORPUS / "otlp-python-1.45.2"
TRACES = (RECORDED / "grpc_traces-01.body").read_bytes()
PROTOBUF, JSON = "application/x-protobuf", "application/json"
TRACE_SERVICE = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
UNREACHABLE_REDIS = "redis://127.0.0.1:1/0"


def auth(tenant: TenantFixture, media_type: str = PROTOBUF) -> list[tuple[str, str]]:
    return [("x-sentry-auth", f"sentry sentry_key={tenant.public_key}"), ("content-type", media_type)]


@pytest_asyncio.fixture(loop_scope="session")
async def grpc_port(dependencies: IngestDependencies) -> AsyncIterator[int]:
    async with otlp_grpc.listening(Edge(dependencies), host="127.0.0.1", port=0) as port:
        yield port


def errors_in(message: Queued) -> list[object]:
    """Types of the exceptions in a queued request, by reading it as a worker does."""
    signal = Signal.TRACES if message.header.kind is MessageKind.OTLP_TRACES else Signal.LOGS
    body = content_encoding.decode(message.payload, encoding=message.header.encoding)
    export = otlp.decode(body, signal=signal, media_type=MediaType(message.header.media_type or ""))
    assert isinstance(export, Export)
    return [
        failure.attributes["exception.type"] for group in export.groups for span in group.spans for failure in span.exceptions
    ] + [record.attributes.get("exception.type") for group in export.groups for record in group.logs]


def fail_in_two_spans(exporter: SpanExporter) -> None:
    """What an instrumented program does when a request fails."""
    provider = TracerProvider(resource=Resource.create({"service.name": "shop", "service.version": "2.0"}))
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracer = provider.get_tracer("shop")
    with suppress(LookupError), tracer.start_as_current_span("GET /orders"), tracer.start_as_current_span("SELECT"):
        raise LookupError("no such order")
    provider.shutdown()


@pytest.mark.parametrize("compression", Compression)
async def test_the_real_http_exporter_is_served(
    edge_port: int, tenant: TenantFixture, read_queue: ReadQueue, compression: Compression
) -> None:
    exporter = HttpSpanExporter(
        endpoint=f"http://127.0.0.1:{edge_port}/v1/traces", headers=dict(auth(tenant)), compression=compression, timeout=5
    )
    await asyncio.to_thread(fail_in_two_spans, exporter)
    queued = await read_queue(tenant)
    assert [(message.header.kind, errors_in(message)) for message in queued] == [(MessageKind.OTLP_TRACES, ["LookupError"])] * 2


@pytest.mark.parametrize("compression", [grpc.Compression.NoCompression, grpc.Compression.Gzip])
async def test_the_real_grpc_exporter_is_served(
    grpc_port: int, tenant: TenantFixture, read_queue: ReadQueue, compression: grpc.Compression
) -> None:
    headers = (("x-sentry-auth", f"sentry sentry_key={tenant.public_key}"), ("authorization", "Bearer zzz"))
    exporter = GrpcSpanExporter(
        endpoint=f"127.0.0.1:{grpc_port}", insecure=True, headers=headers, compression=compression, timeout=5
    )
    await asyncio.to_thread(fail_in_two_spans, exporter)
    queued = await read_queue(tenant)
    assert [errors_in(message) for message in queued] == [["LookupError"]] * 2
    assert [message.header.peer_ip for message in queued] == ["127.0.0.1"] * 2


@pytest.mark.parametrize("prefix", ["", "/api/{project}/integration/otlp", "/api/{project}/otlp"])
@pytest.mark.parametrize("slash", ["", "/"])
async def test_every_path_takes_protobuf_and_json(
    edge_port: int, tenant: TenantFixture, read_queue: ReadQueue, prefix: str, slash: str
) -> None:
    base = prefix.replace("{project}", str(tenant.project_id))
    sent = (RECORDED / "http_json_traces-01.body").read_bytes()
    by_json = await request(edge_port, f"{base}/v1/traces{slash}", headers=auth(tenant, JSON), body=sent)
    by_protobuf = await request(edge_port, f"{base}/v1/traces{slash}", headers=auth(tenant), body=TRACES)
    assert (by_json.status, by_json.headers["content-type"], by_json.body) == (200, JSON, b"{}")
    assert (by_protobuf.status, by_protobuf.headers["content-type"], by_protobuf.body) == (200, PROTOBUF, b"")
    assert [errors_in(message)[0] for message in await read_queue(tenant)] == ["ValueError", "RuntimeError"]


async def test_what_tells_of_no_error_is_only_counted(edge_port: int, tenant: TenantFixture, read_queue: ReadQueue) -> None:
    body = ExportTraceServiceRequest()
    for _ in range(3):
        body.resource_spans.add().scope_spans.add().spans.add(name="fine")
    for path, sent in (("/v1/traces", body.SerializeToString()), ("/v1/metrics", b""), ("/v1/logs", b"")):
        assert (await request(edge_port, path, headers=auth(tenant), body=sent)).status == 200
    assert [message.outcomes for message in await read_queue(tenant)] == [[("span", "unsupported", "item_type", 3)]]


async def test_rejected_records_are_a_partial_success(edge_port: int, tenant: TenantFixture) -> None:
    body = ExportTraceServiceRequest()
    scope = body.resource_spans.add().scope_spans.add()
    scope.spans.add(name="x" * limits.MAX_OTLP_RECORD_BYTES)
    scope.spans.add(name="fine")
    answer = await request(edge_port, "/v1/traces", headers=auth(tenant), body=body.SerializeToString())
    assert answer.status == 200
    assert ExportTraceServiceResponse.FromString(answer.body).partial_success.rejected_spans == 1
    sent = {"resourceSpans": [{"scopeSpans": [{"spans": [{"name": "x" * limits.MAX_OTLP_RECORD_BYTES}]}]}]}
    in_json = await request(edge_port, "/v1/traces", headers=auth(tenant, JSON), body=json.dumps(sent).encode())
    assert json.loads(in_json.body)["partialSuccess"]["rejectedSpans"] == "1"


BAD_JSON = b'{"resourceSpans":'
Case = tuple[Headers, bytes, int, int]


@pytest.mark.parametrize(
    ("headers", "body", "status", "outcome"),
    [
        ([("content-type", PROTOBUF)], b"\xff\xff", 400, "malformed_item"),
        ([("content-type", JSON)], BAD_JSON, 400, "malformed_item"),
        ([("content-type", PROTOBUF), ("content-encoding", "gzip")], b"no gzip", 400, "malformed_item"),
        ([("content-type", PROTOBUF), ("content-encoding", "gzip")], gzip.compress(bytes(64 << 20)), 413, "too_large"),
        ([("content-type", PROTOBUF)], b"\x0a\x00" * 60_000, 413, "too_many_items"),
        ([("content-type", "text/plain")], b"x", 415, "malformed_item"),
        ([("content-type", PROTOBUF), ("content-encoding", "gzip, br")], b"x", 415, "malformed_item"),
    ],
)
async def test_bad_requests_get_a_status_in_their_encoding_and_are_counted(
    edge_port: int, tenant: TenantFixture, read_queue: ReadQueue, headers: Headers, body: bytes, status: int, outcome: str
) -> None:
    sent = [("x-sentry-auth", f"sentry sentry_key={tenant.public_key}"), *headers]
    answer = await request(edge_port, "/v1/traces", headers=sent, body=body)
    assert answer.status == status
    if ("content-type", PROTOBUF) in headers:
        assert Status.FromString(answer.body).message
    else:
        assert json.loads(answer.body)["code"] == 3
    [message] = await read_queue(tenant)
    assert message.outcomes == [("span", "invalid", outcome, 1)]


@pytest.mark.parametrize("key", [None, "0" * 32])
async def test_nobody_gets_in_without_a_key(edge_port: int, grpc_port: int, key: str | None) -> None:
    headers = [("content-type", PROTOBUF), *([("x-sentry-auth", f"sentry sentry_key={key}")] if key else [])]
    answer = await request(edge_port, "/v1/traces", headers=headers, body=TRACES)
    assert (answer.status, Status.FromString(answer.body).code) == (401, grpc.StatusCode.UNAUTHENTICATED.value[0])
    assert (await refusal_of(grpc_port, TRACES, key=key)).code() is grpc.StatusCode.UNAUTHENTICATED


async def refusal_of(
    port: int, body: bytes, *, key: str | None, compression: grpc.Compression | None = None
) -> grpc.aio.AioRpcError:
    metadata = (("x-sentry-auth", f"sentry sentry_key={key}"),) if key is not None else ()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}", options=[("grpc.max_send_message_length", -1)]) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as raised:
            await channel.unary_unary(TRACE_SERVICE)(body, metadata=metadata, timeout=15, compression=compression)
    return raised.value


@pytest.mark.parametrize(
    ("make", "compression", "code"),
    [
        (lambda: b"\xff\xff", None, grpc.StatusCode.INVALID_ARGUMENT),
        (lambda: b"\x0a\x00" * 60_000, None, grpc.StatusCode.RESOURCE_EXHAUSTED),
        (lambda: bytes(limits.MAX_DECODED_BODY_BYTES + 1), None, grpc.StatusCode.RESOURCE_EXHAUSTED),
        (lambda: bytes(64 << 20), grpc.Compression.Gzip, grpc.StatusCode.RESOURCE_EXHAUSTED),
    ],
)
async def test_grpc_refuses_bad_messages_for_good_and_counts_them(
    grpc_port: int,
    tenant: TenantFixture,
    read_queue: ReadQueue,
    make: Callable[[], bytes],
    compression: grpc.Compression | None,
    code: grpc.StatusCode,
) -> None:
    refusal = await refusal_of(grpc_port, make(), key=tenant.public_key, compression=compression)
    assert refusal.code() is code
    assert retry_seconds(refusal) is None
    async with asyncio.timeout(5):
        while not (queued := await read_queue(tenant)):  # noqa: ASYNC110  # gRPC itself refuses what is too large, we count it after
            await asyncio.sleep(0.02)
    assert [[(category, outcome) for category, outcome, _, _ in message.outcomes] for message in queued] == [
        [("span", "invalid")]
    ]


def retry_seconds(refusal: grpc.aio.AioRpcError) -> int | None:
    for name, value in refusal.trailing_metadata() or ():
        if name == "grpc-status-details-bin":
            for detail in Status.FromString(value if isinstance(value, bytes) else value.encode()).details:
                info = RetryInfo()
                assert detail.Unpack(info)
                return int(info.retry_delay.seconds)
    return None


async def test_while_the_queue_is_away_exporters_are_told_to_try_again(
    database_for: DatabaseFor, keyring: LocalKeyring, tenant: TenantFixture
) -> None:
    redis = connect(Secret(UNREACHABLE_REDIS))
    away = IngestDependencies(redis=redis, keys=DatabaseKeyDirectory(database_for("ingest")), keyring=keyring, clock=utc_now)
    async with running_edge(away) as port, otlp_grpc.listening(Edge(away), host="127.0.0.1", port=0) as grpc_port:
        answer = await request(port, "/v1/traces", headers=auth(tenant), body=TRACES)
        refusal = await refusal_of(grpc_port, TRACES, key=tenant.public_key)
    await redis.aclose()
    assert (answer.status, answer.headers["retry-after"]) == (503, "10")
    assert Status.FromString(answer.body).code == grpc.StatusCode.UNAVAILABLE.value[0]
    assert (refusal.code(), retry_seconds(refusal)) == (grpc.StatusCode.UNAVAILABLE, 10)


def recorded_calls() -> list[tuple[str, bytes]]:
    """Path and message of each."""
    described = sorted(RECORDED.glob("grpc_*.headers.json"))
    return [
        (json.loads(path.read_text())["path"], path.with_name(path.name.replace(".headers.json", ".body")).read_bytes())
        for path in described
    ]


async def test_recorded_grpc_calls_are_taken(grpc_port: int, tenant: TenantFixture, read_queue: ReadQueue) -> None:
    metadata = (("x-sentry-auth", f"sentry sentry_key={tenant.public_key}"),)
    async with grpc.aio.insecure_channel(f"127.0.0.1:{grpc_port}") as channel:
        for path, body in recorded_calls():
            assert await channel.unary_unary(path)(body, metadata=metadata, timeout=10) == b""
    assert [len(errors_in(message)) for message in await read_queue(tenant)] == [2, 3, 3]


async def test_a_call_without_a_message_does_not_hang(grpc_port: int, tenant: TenantFixture) -> None:
    metadata = (("x-sentry-auth", f"sentry sentry_key={tenant.public_key}"),)
    async with grpc.aio.insecure_channel(f"127.0.0.1:{grpc_port}") as channel:
        call = channel.stream_unary(TRACE_SERVICE)(iter(()), metadata=metadata, timeout=10)
        assert await call.code() is grpc.StatusCode.INVALID_ARGUMENT
