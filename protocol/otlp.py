"""OpenTelemetry's wire format (OTLP) as the little of it which an error tracker needs: what failed, where, and how much else came.

One decision for edge and worker: both ask the same functions, so that what the edge tells a client is what the worker counts.
Source: opentelemetry-proto 1.x; OTLP specification, sections "OTLP/HTTP" and "JSON Protobuf Encoding".
"""

from collections.abc import Iterator
from enum import StrEnum
from itertools import chain

import msgspec

from protocol import limits, otlp_json, otlp_protobuf
from protocol.otlp_records import LogRecord, MalformedOtlpError, Oversize, RecordGroup, Span, TooManyOtlpItemsError
from protocol.outcome import DataCategory, DiscardReason, Outcome, OutcomeCount


class Signal(StrEnum):
    TRACES = "traces"
    LOGS = "logs"
    METRICS = "metrics"


class MediaType(StrEnum):
    PROTOBUF = "application/x-protobuf"
    JSON = "application/json"


class OtlpProblem(StrEnum):
    MALFORMED = "malformed"
    TOO_MANY_ITEMS = "too_many_items"


CATEGORY_OF_SIGNAL = {
    Signal.TRACES: DataCategory.SPAN,
    Signal.LOGS: DataCategory.LOG_ITEM,
    Signal.METRICS: DataCategory.TRACE_METRIC,
}
_PROBLEM_REASONS = {
    OtlpProblem.MALFORMED: DiscardReason.MALFORMED_ITEM,
    OtlpProblem.TOO_MANY_ITEMS: DiscardReason.TOO_MANY_ITEMS,
}


class FailureGroup(msgspec.Struct, frozen=True):
    """Records of one instrumentation scope of one resource which tell of an error."""

    group: RecordGroup
    spans: tuple[Span, ...] = ()  # each has exceptions
    logs: tuple[LogRecord, ...] = ()


class Export(msgspec.Struct, frozen=True):
    """One export request.  Every item is in exactly one of the counts or in one of the groups.

    An item is a log record, a span without exceptions, or one exception of a span.
    """

    groups: tuple[FailureGroup, ...] = ()
    plain_items: int = 0  # spans, log records or data points which tell of no error
    too_large: int = 0  # records beyond the size of one
    excess_errors: int = 0  # errors beyond the number of one request
    rejected_records: int = 0  # spans or log records of `too_large` and `excess_errors`: what partial_success says


def decode(body: bytes, *, signal: Signal, media_type: MediaType) -> Export | OtlpProblem:
    """The errors of an export request and the counts of the rest; a broken request is a value.

    Memory is bounded by one record of a protobuf body, because a whole message can be eighty times as large as its bytes.
    """
    try:
        if signal is Signal.METRICS:
            counter = otlp_protobuf.count_data_points if media_type is MediaType.PROTOBUF else otlp_json.count_data_points
            return Export(plain_items=counter(body))
        return _collect(_records(body, signal=signal, media_type=media_type))
    except MalformedOtlpError:
        return OtlpProblem.MALFORMED
    except TooManyOtlpItemsError:
        return OtlpProblem.TOO_MANY_ITEMS


def _records(
    body: bytes, *, signal: Signal, media_type: MediaType
) -> Iterator[tuple[RecordGroup, Iterator[Span | LogRecord | Oversize | None]]]:
    match signal, media_type:
        case Signal.TRACES, MediaType.PROTOBUF:
            return otlp_protobuf.read_spans(body)
        case Signal.TRACES, _:
            return otlp_json.read_spans(body)
        case _, MediaType.PROTOBUF:
            return otlp_protobuf.read_logs(body)
        case _:
            return otlp_json.read_logs(body)


def _collect(sources: Iterator[tuple[RecordGroup, Iterator[Span | LogRecord | Oversize | None]]]) -> Export:
    groups: list[FailureGroup] = []
    plain = too_large = excess = rejected = kept = 0
    for group, records in sources:
        spans: list[Span] = []
        logs: list[LogRecord] = []
        for record in records:
            if record is None:
                plain += 1
                continue
            if isinstance(record, Oversize):
                too_large, rejected = too_large + 1, rejected + 1
                continue
            errors = len(record.exceptions) if isinstance(record, Span) else 1
            if kept + errors > limits.MAX_OTLP_ERRORS:
                excess, rejected = excess + errors, rejected + 1
                continue
            kept += errors
            if isinstance(record, Span):
                spans.append(record)
            else:
                logs.append(record)
        if spans or logs:
            groups.append(FailureGroup(group, tuple(spans), tuple(logs)))
    return Export(tuple(groups), plain, too_large, excess, rejected)


def error_count(export: Export) -> int:
    """How many errors the groups hold."""
    counts = ((sum(len(span.exceptions) for span in found.spans), len(found.logs)) for found in export.groups)
    return sum(chain.from_iterable(counts))


def outcomes_of_rest(export: Export | OtlpProblem, *, category: DataCategory) -> tuple[OutcomeCount, ...]:
    """Outcomes of every item but the errors in the groups."""
    if isinstance(export, OtlpProblem):
        return (OutcomeCount(category, Outcome.INVALID, _PROBLEM_REASONS[export], 1),)
    counts = (
        OutcomeCount(category, Outcome.UNSUPPORTED, DiscardReason.ITEM_TYPE, export.plain_items),
        OutcomeCount(category, Outcome.INVALID, DiscardReason.TOO_LARGE, export.too_large),
        OutcomeCount(DataCategory.ERROR, Outcome.INVALID, DiscardReason.TOO_MANY_ITEMS, export.excess_errors),
    )
    return tuple(count for count in counts if count.quantity)
