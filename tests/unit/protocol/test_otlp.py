"""Export requests in both encodings: what is an error, what only counts, what is refused, and what it costs."""

import json
import resource
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue, KeyValueList

from protocol import limits, otlp
from protocol.otlp import CATEGORY_OF_SIGNAL, Export, MediaType, OtlpProblem, Signal
from tests.corpus_index import CORPUS

RECORDED = CORPUS / "otlp-python-1.45.2"
TRACE_ID = "5b8efff798038103d269b633813fc60c"


def text(key: str, value: str) -> KeyValue:
    return KeyValue(key=key, value=AnyValue(string_value=value))


def spans(count: int, *, exceptions: int = 0, message: str = "m") -> bytes:
    request = ExportTraceServiceRequest()
    scope = request.resource_spans.add().scope_spans.add()
    for _ in range(count):
        span = scope.spans.add(name="GET", trace_id=bytes.fromhex(TRACE_ID))
        for _ in range(exceptions):
            span.events.add(name="exception", attributes=[text("exception.type", "E"), text("exception.message", message)])
    return request.SerializeToString()


def decode(body: bytes, signal: Signal = Signal.TRACES, media_type: MediaType = MediaType.PROTOBUF) -> Export:
    export = otlp.decode(body, signal=signal, media_type=media_type)
    assert isinstance(export, Export)
    return export


def test_the_recorded_spans_are_read() -> None:
    [found] = decode((RECORDED / "grpc_traces-01.body").read_bytes()).groups
    assert found.group.resource["service.name"] == "shop-otel"
    assert (found.group.scope_name, found.group.scope_version) == ("shop.tracer", "0.1")
    child, parent = found.spans
    assert (child.name, child.parent_span_id, child.status, child.kind) == ("SELECT users", parent.span_id, 2, 1)
    assert [failure.attributes["exception.type"] for failure in parent.exceptions] == ["RuntimeError", "ZeroDivisionError"]
    assert parent.attributes["http.request.header.authorization"] == ["Bearer abc"]


def test_the_recorded_logs_are_read() -> None:
    export = decode((RECORDED / "grpc_logs-01.body").read_bytes(), Signal.LOGS)
    assert export.plain_items == 3
    assert [(record.severity, record.body) for record in export.groups[0].logs] == [(17, "checkout exploded"), (21, "critical")]


def test_json_says_the_same_as_protobuf() -> None:
    attributes = [
        {"key": "a", "value": {"intValue": "-9007199254740993"}},
        {"key": "b", "value": {"arrayValue": {"values": [{"boolValue": True}, {"doubleValue": 1.5}, {}]}}},
        {"key": "c", "value": {"kvlistValue": {"values": [{"key": "d", "value": {"bytesValue": "AAE="}}]}}},
        {"key": "exception.type", "value": {"stringValue": "E"}},
    ]
    record = {
        "timeUnixNano": "1795364000000000001", "severityNumber": "SEVERITY_NUMBER_ERROR2", "body": {"stringValue": "b"},
        "attributes": attributes, "traceId": TRACE_ID.upper(), "spanId": "eee19b7ec3c1b174", "unknownField": [{}],
    }  # fmt: skip
    sent = {
        "resourceLogs": [
            {"resource": {"attributes": attributes[:1]}, "scopeLogs": [{"scope": {"name": "s"}, "logRecords": [record]}]}
        ]
    }
    request = ExportLogsServiceRequest()
    source = request.resource_logs.add()
    source.resource.attributes.add(key="a", value=AnyValue(int_value=-9007199254740993))
    scoped = source.scope_logs.add()
    scoped.scope.name = "s"
    array = ArrayValue(values=[AnyValue(bool_value=True), AnyValue(double_value=1.5), AnyValue()])
    nested = KeyValueList(values=[KeyValue(key="d", value=AnyValue(bytes_value=b"\x00\x01"))])
    scoped.log_records.add(
        time_unix_nano=1795364000000000001, severity_number=18, body=AnyValue(string_value="b"), trace_id=bytes.fromhex(TRACE_ID),
        span_id=bytes.fromhex("eee19b7ec3c1b174"),
        attributes=[
            KeyValue(key="a", value=AnyValue(int_value=-9007199254740993)), KeyValue(key="b", value=AnyValue(array_value=array)),
            KeyValue(key="c", value=AnyValue(kvlist_value=nested)), text("exception.type", "E"),
        ],
    )  # fmt: skip
    by_json = decode(json.dumps(sent).encode(), Signal.LOGS, MediaType.JSON)
    assert by_json == decode(request.SerializeToString(), Signal.LOGS)
    assert by_json.groups[0].logs[0].trace_id == TRACE_ID


def test_the_recorded_json_is_read() -> None:
    [found] = decode((RECORDED / "http_json_traces-01.body").read_bytes(), media_type=MediaType.JSON).groups
    assert (found.spans[0].trace_id, found.spans[0].exceptions[0].time_nanos) == (TRACE_ID, 1795364000500000000)


@pytest.mark.parametrize("media_type", MediaType)
@pytest.mark.parametrize("signal", Signal)
def test_an_empty_request_is_good(signal: Signal, media_type: MediaType) -> None:
    assert decode(b"{}" if media_type is MediaType.JSON else b"", signal, media_type) == Export()


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b"\xff\xff", MediaType.PROTOBUF),
        (b"\x0a\x05", MediaType.PROTOBUF),
        (b"\x0b\x0c", MediaType.PROTOBUF),
        (b"\x80" * 20, MediaType.PROTOBUF),
        (b"\x0a\x04\x12\x02\x12\x09", MediaType.PROTOBUF),
        (b"\x0a\x06\x12\x04\x12\x02\xff\xff", MediaType.PROTOBUF),
        (b'{"resourceSpans":', MediaType.PROTOBUF),
        (b"[]", MediaType.JSON),
        (b"", MediaType.JSON),
        (b'{"resourceSpans":{}}', MediaType.JSON),
        (b'{"resourceSpans":[{"scopeSpans":[{"spans":["x"]}]}]}', MediaType.JSON),
        (b'{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"\xff"}]}]}]}', MediaType.JSON),
        (b'{"a":' * 5000 + b"1" + b"}" * 5000, MediaType.JSON),
    ],
)
def test_what_is_no_request_is_malformed(body: bytes, media_type: MediaType) -> None:
    assert otlp.decode(body, signal=Signal.TRACES, media_type=media_type) is OtlpProblem.MALFORMED


def test_nesting_beyond_the_limit_is_malformed() -> None:
    value = b""
    for _ in range(60):
        value = framed(0x2A, framed(0x0A, value))  # AnyValue.array_value of ArrayValue.values
    body = _in_scope(framed(0x12, framed(0x4A, framed(0x12, value))))
    assert otlp.decode(body, signal=Signal.TRACES, media_type=MediaType.PROTOBUF) is OtlpProblem.MALFORMED


def test_every_item_is_in_one_count() -> None:
    export = decode(spans(3) + spans(2, exceptions=2) + spans(1, exceptions=1, message="x" * limits.MAX_OTLP_RECORD_BYTES))
    assert (export.plain_items, otlp.error_count(export), export.too_large, export.rejected_records) == (3, 4, 1, 1)
    rest = otlp.outcomes_of_rest(export, category=CATEGORY_OF_SIGNAL[Signal.TRACES])
    assert [(count.category, count.outcome, count.reason, count.quantity) for count in rest] == [
        ("span", "unsupported", "item_type", 3),
        ("span", "invalid", "too_large", 1),
    ]


def test_errors_beyond_the_limit_are_rejected_and_counted() -> None:
    export = decode(spans(limits.MAX_OTLP_ERRORS // 2 + 3, exceptions=2))
    assert (otlp.error_count(export), export.excess_errors, export.rejected_records) == (limits.MAX_OTLP_ERRORS, 6, 3)


def test_data_points_are_counted() -> None:
    request = ExportMetricsServiceRequest()
    metrics = request.resource_metrics.add().scope_metrics.add().metrics
    gauge, histogram, _ = metrics.add(name="a"), metrics.add(name="b"), metrics.add(name="empty")
    gauge.gauge.data_points.add()
    gauge.gauge.data_points.add()
    histogram.histogram.data_points.add()
    assert decode(request.SerializeToString(), Signal.METRICS).plain_items == 3
    sent = {"resourceMetrics": [{"scopeMetrics": [{"metrics": [{"sum": {"dataPoints": [{}, {}]}}, {"name": "x"}]}]}]}
    assert decode(json.dumps(sent).encode(), Signal.METRICS, MediaType.JSON).plain_items == 2


def framed(tag: int, body: bytes) -> bytes:
    size, length = len(body), b""
    while size > 127:
        length += bytes([size & 127 | 128])
        size >>= 7
    return bytes([tag]) + length + bytes([size]) + body


def _in_scope(records: bytes) -> bytes:
    return framed(0x0A, framed(0x12, records))


@pytest.mark.parametrize(
    ("make", "media_type", "problem"),
    [
        (lambda: _in_scope(b"\x12\x00" * 9_000_000), MediaType.PROTOBUF, OtlpProblem.TOO_MANY_ITEMS),
        (lambda: framed(0x0A, b"\x12\x00" * 9_000_000), MediaType.PROTOBUF, OtlpProblem.TOO_MANY_ITEMS),
        (lambda: b"\x0a\x00" * 9_000_000, MediaType.PROTOBUF, OtlpProblem.TOO_MANY_ITEMS),
        (lambda: b"\x08\x00" * 9_000_000, MediaType.PROTOBUF, OtlpProblem.TOO_MANY_ITEMS),
        (lambda: _in_scope(framed(0x12, b"\x5a\x00" * 500_000) * 18), MediaType.PROTOBUF, None),
        (lambda: b'{"resourceSpans":[' + b"{}," * 6_000_000 + b"{}]}", MediaType.JSON, OtlpProblem.TOO_MANY_ITEMS),
    ],
)
def test_a_bomb_costs_little_memory_and_time(
    make: Callable[[], bytes], media_type: MediaType, problem: OtlpProblem | None
) -> None:
    body = make()
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    result = otlp.decode(body, signal=Signal.TRACES, media_type=media_type)
    assert problem is None or result is problem
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024  # KiB
    assert time.process_time() - started < 4


@given(st.binary(max_size=200), st.sampled_from(Signal), st.sampled_from(MediaType))
@settings(max_examples=300, deadline=None)
def test_no_bytes_break_the_reader(body: bytes, signal: Signal, media_type: MediaType) -> None:
    assert isinstance(otlp.decode(body, signal=signal, media_type=media_type), Export | OtlpProblem)


@given(st.integers(0, 4297), st.integers(0, 255))
@settings(max_examples=300, deadline=None)
def test_no_changed_byte_of_a_recording_breaks_the_reader(place: int, value: int) -> None:
    body = bytearray((RECORDED / "grpc_traces-01.body").read_bytes())
    body[place] = value
    assert isinstance(otlp.decode(bytes(body), signal=Signal.TRACES, media_type=MediaType.PROTOBUF), Export | OtlpProblem)
