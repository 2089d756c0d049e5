"""Failed spans and log records as events, shaped as a Sentry SDK shapes them, so that one pipeline scrubs and groups them all."""

from collections.abc import Mapping

import msgspec

from processing.otlp import exceptions, surroundings
from processing.otlp.exceptions import ExceptionReading
from processing.otlp.surroundings import text_of
from protocol.otlp_records import Attributes, LogRecord, RecordGroup, Span, SpanException

MAX_BODY_CHARS = 65_536
_EXCEPTION_ATTRIBUTES = frozenset({"exception.type", "exception.message", "exception.stacktrace", "exception.escaped"})
_SEVERITY_LEVELS = ((21, "fatal"), (17, "error"), (13, "warning"), (9, "info"), (1, "debug"))

Payload = dict[str, object]


def of_span(group: RecordGroup, span: Span, failure: SpanException) -> Payload:
    """The event of one exception of a span."""
    attributes = {**span.attributes, **failure.attributes}
    read = exceptions.read(failure.attributes, language=surroundings.language_of(group.resource))
    payload = _payload(group, attributes, read, time_nanos=failure.time_nanos)
    payload["transaction"] = _transaction(span)
    payload["level"] = "error"
    _add_contexts(payload, group, trace=surroundings.trace_of_span(span))
    if read is None:  # an event named "exception" that says nothing
        payload["exception"] = {
            "values": [{"type": "exception", "value": span.name or None, "mechanism": {"type": exceptions.MECHANISM}}]
        }
    return payload


def of_log(group: RecordGroup, record: LogRecord) -> Payload:
    """The event of an error in the log: its exception if it carries one, else its text."""
    read = exceptions.read(record.attributes, language=surroundings.language_of(group.resource))
    payload = _payload(group, record.attributes, read, time_nanos=record.time_nanos)
    payload["level"] = next((level for lowest, level in _SEVERITY_LEVELS if record.severity >= lowest), "error")
    payload["logger"] = group.scope_name
    text = text_of_body(record.body)
    if text:
        payload["logentry"] = {"formatted": text}
    if isinstance(record.body, dict):
        payload["extra"] = {**_extra(record.attributes, read), "body": surroundings.shortened(record.body)}
    payload["culprit"] = _place_in_code(record.attributes)
    trace = {"trace_id": record.trace_id, "span_id": record.span_id} if record.trace_id is not None else None
    _add_contexts(payload, group, trace=trace)
    return payload


def text_of_body(body: object) -> str:
    """A log record's text; a structured body's message if it has one, else the whole as JSON."""
    if isinstance(body, dict):
        named = next((value for key in ("message", "msg", "body") if isinstance(value := body.get(key), str) and value), None)
        if named is not None:
            return named[:MAX_BODY_CHARS]
    if body is None or isinstance(body, str):
        return (body or "")[:MAX_BODY_CHARS]
    return msgspec.json.encode(body).decode()[:MAX_BODY_CHARS]


def _payload(group: RecordGroup, attributes: Attributes, read: ExceptionReading | None, *, time_nanos: int) -> Payload:
    payload: Payload = surroundings.of_resource(group)
    if time_nanos:
        payload["timestamp"] = time_nanos / 1e9
    if read is not None:
        payload["exception"] = {"values": read.values}
        if read.language is not None and payload["platform"] == "other":
            payload["platform"] = read.language.value
    payload["extra"] = _extra(attributes, read)
    payload["request"] = surroundings.request_of(attributes)
    payload["user"] = surroundings.user_of(attributes)
    return payload


def _extra(attributes: Attributes, read: ExceptionReading | None) -> Attributes:
    """The record's attributes; a stack trace which could not be read stays as it came."""
    extra = surroundings.shortened(attributes, without=_EXCEPTION_ATTRIBUTES)
    if read is not None and read.unread is not None:
        extra["exception.stacktrace"] = read.unread[:MAX_BODY_CHARS]
    return extra


def _add_contexts(payload: Payload, group: RecordGroup, *, trace: Mapping[str, object] | None) -> None:
    payload["contexts"] = surroundings.contexts(group) | ({"trace": trace} if trace is not None else {})


def _transaction(span: Span) -> str | None:
    """The route if the span is of a request, else its name."""
    route = text_of(span.attributes, "http.route")
    method = text_of(span.attributes, "http.request.method", "http.method")
    return f"{method} {route}" if route and method else route or span.name or None


def _place_in_code(attributes: Attributes) -> str | None:
    """Where the record was written.  Source: semantic conventions, code attributes, current and former names."""
    file = text_of(attributes, "code.file.path", "code.filepath")
    function = text_of(attributes, "code.function.name", "code.function")
    return f"{file} in {function}" if file and function else file or function
