"""OTLP as JSON: ids are hex, 64-bit numbers may be text, enumerations are numbers (names are tolerated), unknown fields ignored."""

from collections.abc import Callable, Iterator
from typing import TypeVar

import msgspec

from protocol import limits
from protocol.otlp_records import (
    EXCEPTION_EVENT,
    MAX_VALUE_DEPTH,
    Attributes,
    LogRecord,
    MalformedOtlpError,
    Oversize,
    RecordGroup,
    Span,
    SpanException,
    TooManyOtlpItemsError,
    hex_id,
    tells_of_error,
)

_BOM = b"\xef\xbb\xbf"
_SEVERITIES = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")  # four numbers each, from 1
_SEVERITY_NUMBERS = {
    f"SEVERITY_NUMBER_{name}{step or ''}": 4 * place + step - (step > 0) + 1
    for place, name in enumerate(_SEVERITIES)
    for step in (0, 2, 3, 4)
}
_KINDS = {f"SPAN_KIND_{name}": number for number, name in enumerate(("", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"))}
_STATUSES = {"STATUS_CODE_OK": 1, "STATUS_CODE_ERROR": 2}
_LARGEST_UINT64 = 2**64 - 1

_Number = int | float | str | None


class _Wire(msgspec.Struct, rename="camel"):
    """Fields as on the wire; null means absent."""


class _ArrayValue(_Wire):
    values: list["_AnyValue | None"] | None = None


class _KeyValueList(_Wire):
    values: list["_KeyValue | None"] | None = None


class _AnyValue(_Wire):
    string_value: str | None = None
    bool_value: bool | None = None
    int_value: _Number = None
    double_value: _Number = None
    array_value: _ArrayValue | None = None
    kvlist_value: _KeyValueList | None = None
    bytes_value: str | None = None


class _KeyValue(_Wire):
    key: str | None = None
    value: _AnyValue | None = None


_Pairs = list[_KeyValue | None] | None


class _Resource(_Wire):
    attributes: _Pairs = None


class _Scope(_Wire):
    name: str | None = None
    version: str | None = None


class _Event(_Wire):
    name: str | None = None
    time_unix_nano: _Number = None
    attributes: _Pairs = None


class _Status(_Wire):
    code: _Number = None


class _Span(_Wire):
    trace_id: str | None = None
    span_id: str | None = None
    parent_span_id: str | None = None
    name: str | None = None
    kind: _Number = None
    attributes: _Pairs = None
    events: list[_Event | None] | None = None
    status: _Status | None = None


class _LogRecord(_Wire):
    time_unix_nano: _Number = None
    observed_time_unix_nano: _Number = None
    severity_number: _Number = None
    body: _AnyValue | None = None
    attributes: _Pairs = None
    trace_id: str | None = None
    span_id: str | None = None


class _Scoped(_Wire):
    """ScopeSpans, ScopeLogs or ScopeMetrics."""

    scope: _Scope | None = None
    spans: list[msgspec.Raw] | None = None
    log_records: list[msgspec.Raw] | None = None
    metrics: list[msgspec.Raw] | None = None


class _Sourced(_Wire):
    """ResourceSpans, ResourceLogs or ResourceMetrics."""

    resource: _Resource | None = None
    scope_spans: list[_Scoped] | None = None
    scope_logs: list[_Scoped] | None = None
    scope_metrics: list[_Scoped] | None = None


class _Request(_Wire):
    resource_spans: list[_Sourced] | None = None
    resource_logs: list[_Sourced] | None = None
    resource_metrics: list[_Sourced] | None = None


class _Points(_Wire):
    data_points: list[msgspec.Raw] | None = None


class _Metric(_Wire):
    gauge: _Points | None = None
    sum: _Points | None = None
    histogram: _Points | None = None
    exponential_histogram: _Points | None = None
    summary: _Points | None = None


_Read = TypeVar("_Read")
_request_decoder = msgspec.json.Decoder(_Request)
_span_decoder = msgspec.json.Decoder(_Span)
_log_decoder = msgspec.json.Decoder(_LogRecord)
_metric_decoder = msgspec.json.Decoder(_Metric)


def read_spans(body: bytes) -> Iterator[tuple[RecordGroup, Iterator[Span | Oversize | None]]]:
    """Per scope: its records; None for a span without exceptions.  Raises MalformedOtlpError and TooManyOtlpItemsError."""
    for source in _decode(_request_decoder, body).resource_spans or ():
        for scoped in source.scope_spans or ():
            yield _group(source, scoped), _sized(scoped.spans, _span)


def read_logs(body: bytes) -> Iterator[tuple[RecordGroup, Iterator[LogRecord | Oversize | None]]]:
    """Per scope: its records; None for one which tells of no error.  Raises like `read_spans`."""
    for source in _decode(_request_decoder, body).resource_logs or ():
        for scoped in source.scope_logs or ():
            yield _group(source, scoped), _sized(scoped.log_records, _log_record)


def count_data_points(body: bytes) -> int:
    """Points of all metrics.  Raises like `read_spans`."""
    return sum(
        len(points.data_points or ())
        for source in _decode(_request_decoder, body).resource_metrics or ()
        for scoped in source.scope_metrics or ()
        for raw in scoped.metrics or ()
        for points in _points(_decode(_metric_decoder, bytes(raw)))
    )


def _points(metric: _Metric) -> list[_Points]:
    kinds = (metric.gauge, metric.sum, metric.histogram, metric.exponential_histogram, metric.summary)
    return [kind for kind in kinds if kind is not None]


def _decode(decoder: "msgspec.json.Decoder[_Read]", body: bytes) -> _Read:
    if body.count(b"{") > limits.MAX_OTLP_JSON_OBJECTS:
        raise TooManyOtlpItemsError
    try:
        return decoder.decode(body.removeprefix(_BOM))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedOtlpError from error


def _sized(raws: list[msgspec.Raw] | None, read: Callable[[bytes], _Read]) -> Iterator[_Read | Oversize]:
    for raw in raws or ():
        text = bytes(raw)
        yield read(text) if len(text) <= limits.MAX_OTLP_RECORD_BYTES else Oversize()


def _group(source: _Sourced, scoped: _Scoped) -> RecordGroup:
    scope = scoped.scope or _Scope()
    resource = source.resource.attributes if source.resource is not None else None
    return RecordGroup(_attributes(resource), scope.name or None, scope.version or None)


def _span(text: bytes) -> Span | None:
    sent = _decode(_span_decoder, text)
    exceptions = tuple(
        SpanException(_nanos(event.time_unix_nano), _attributes(event.attributes))
        for event in sent.events or ()
        if event is not None and event.name == EXCEPTION_EVENT
    )
    if not exceptions:
        return None
    return Span(
        trace_id=hex_id(sent.trace_id or "", digits=32),
        span_id=hex_id(sent.span_id or "", digits=16),
        parent_span_id=hex_id(sent.parent_span_id or "", digits=16),
        name=sent.name or "",
        kind=_number(sent.kind, names=_KINDS),
        status=_number(sent.status.code if sent.status else None, names=_STATUSES),
        attributes=_attributes(sent.attributes),
        exceptions=exceptions,
    )


def _log_record(text: bytes) -> LogRecord | None:
    sent = _decode(_log_decoder, text)
    severity = _number(sent.severity_number, names=_SEVERITY_NUMBERS)
    attributes = _attributes(sent.attributes)
    if not tells_of_error(severity, attributes):
        return None
    return LogRecord(
        trace_id=hex_id(sent.trace_id or "", digits=32),
        span_id=hex_id(sent.span_id or "", digits=16),
        time_nanos=_nanos(sent.time_unix_nano) or _nanos(sent.observed_time_unix_nano),
        severity=severity,
        body=_value(sent.body),
        attributes=attributes,
    )


def _attributes(pairs: _Pairs, depth: int = 0) -> Attributes:
    return {pair.key: _value(pair.value, depth) for pair in pairs or () if pair is not None and pair.key is not None}


def _value(sent: _AnyValue | None, depth: int = 0) -> object:
    if sent is None or depth > MAX_VALUE_DEPTH:
        return None
    if sent.array_value is not None:
        return [_value(element, depth + 1) for element in sent.array_value.values or ()]
    if sent.kvlist_value is not None:
        return _attributes(sent.kvlist_value.values, depth + 1)
    if sent.int_value is not None:
        return _integer(sent.int_value)
    for value in (sent.string_value, sent.bool_value, sent.double_value, sent.bytes_value):
        if value is not None:
            return value
    return None


def _integer(sent: _Number) -> object:
    """A number from a number or its text; text that is none stays text."""
    if isinstance(sent, str) and len(sent) <= 20 and sent.removeprefix("-").isascii() and sent.removeprefix("-").isdigit():
        return int(sent)
    return sent


def _nanos(sent: _Number) -> int:
    value = _integer(sent)
    return value if isinstance(value, int) and 0 <= value <= _LARGEST_UINT64 else 0


def _number(sent: _Number, *, names: dict[str, int]) -> int:
    value = names.get(sent, _integer(sent)) if isinstance(sent, str) else sent
    return int(value) if isinstance(value, int | float) and 0 <= value < 1000 else 0
