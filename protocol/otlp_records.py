"""Spans, log records and where they come from, the same for both encodings of OTLP."""

import msgspec

ERROR_SEVERITY = 17  # SEVERITY_NUMBER_ERROR; 21 is FATAL (OpenTelemetry logs data model, severity fields)
EXCEPTION_EVENT = "exception"  # semantic conventions, exceptions on spans
EXCEPTION_KEYS = frozenset({"exception.type", "exception.message", "exception.stacktrace"})
MAX_VALUE_DEPTH = 50  # two protobuf levels each, of 100 (SECURITY 7)

Attributes = dict[str, object]


class MalformedOtlpError(Exception):
    """The bytes are no export request."""


class TooManyOtlpItemsError(Exception):
    """More records, or more parts around them, than one request may have."""


class Oversize(msgspec.Struct, frozen=True):
    """In the place of a record that is larger than one may be."""


class RecordGroup(msgspec.Struct, frozen=True):
    """Who produced records."""

    resource: Attributes
    scope_name: str | None = None
    scope_version: str | None = None


class SpanException(msgspec.Struct, frozen=True):
    """A span event named `exception`."""

    time_nanos: int  # since the epoch; 0 if unknown
    attributes: Attributes


class Span(msgspec.Struct, frozen=True):
    trace_id: str | None  # 32 hex digits
    span_id: str | None  # 16 hex digits
    parent_span_id: str | None
    name: str
    kind: int  # 0 unspecified, 1 internal, 2 server, 3 client, 4 producer, 5 consumer
    status: int  # 0 unset, 1 ok, 2 error
    attributes: Attributes
    exceptions: tuple[SpanException, ...]


class LogRecord(msgspec.Struct, frozen=True):
    trace_id: str | None
    span_id: str | None
    time_nanos: int  # when it happened, else when it was observed; 0 if unknown
    severity: int  # 1 to 24; 0 if unknown
    body: object
    attributes: Attributes


def tells_of_error(severity: int, attributes: Attributes) -> bool:
    """Whether a log record is an error: by its severity, or because it carries an exception."""
    return severity >= ERROR_SEVERITY or not EXCEPTION_KEYS.isdisjoint(attributes)


def hex_id(value: str, *, digits: int) -> str | None:
    """A trace's or span's id in lower case; None for what is none, all zeros included."""
    value = value.lower()
    is_id = len(value) == digits and value.strip("0123456789abcdef") == "" and value.strip("0") != ""
    return value if is_id else None
