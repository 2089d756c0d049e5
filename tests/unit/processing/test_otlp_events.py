"""OTLP errors through the whole pure pipeline: what an issue shows, what is scrubbed, which ids are equal."""

from datetime import UTC, datetime

import pytest

from processing.event_input import ProjectSettings
from processing.otlp import items
from processing.otlp.items import Arrival
from processing.pipeline import Processed, process
from protocol import otlp
from protocol.event import Event, encode_event
from protocol.otlp import Export, FailureGroup
from protocol.otlp_records import Attributes, LogRecord, RecordGroup, Span, SpanException
from protocol.stream_message import MessageKind
from tests.corpus_index import CORPUS

RECEIVED = datetime(2026, 11, 22, 16, 35, tzinfo=UTC)
NANOS = 1795364000_500_000_000
PROJECT = ProjectSettings(project_id=7, subject_key=b"k" * 32)
TRACE = "5b8efff798038103d269b633813fc60c"
JAVA_TRACE = "java.lang.IllegalStateException: boom\n\tat com.shop.Cart.pay(Cart.java:42)\nCaused by: java.io.IOException: disk\n\t... 1 more\n"


def events_of(export: Export, *, settings: ProjectSettings = PROJECT, message_id: str = "a" * 32) -> list[Event]:
    found = [
        process(each, settings) for each in items.event_inputs(export, arrival=Arrival(RECEIVED, message_id), settings=settings)
    ]
    return [each.event for each in found if isinstance(each, Processed)]


def recorded(name: str, kind: MessageKind) -> list[Event]:
    export = items.decode((CORPUS / "otlp-python-1.45.2" / f"{name}.body").read_bytes(), kind=kind, media_type=None)
    assert isinstance(export, Export)
    return events_of(export)


def of_span(
    attributes: Attributes, *, resource: Attributes | None = None, trace: str | None = TRACE, span_id: str = "ab" * 8
) -> Export:
    failure = SpanException(NANOS, attributes)
    span = Span(trace, span_id, None, "GET /", 2, 2, {}, (failure,))
    return Export((FailureGroup(RecordGroup(resource or {}), spans=(span,)),))


def of_log(body: object, attributes: Attributes, *, severity: int = 17, trace: str | None = None, nanos: int = NANOS) -> Export:
    record = LogRecord(trace, None, nanos, severity, body, attributes)
    return Export((FailureGroup(RecordGroup({}, "shop.log"), logs=(record,)),))


def failure(message: str = "boom", **further: object) -> Attributes:
    return {"exception.type": "E", "exception.message": message, **further}


def test_a_recorded_span_becomes_what_a_sentry_sdk_would_have_sent() -> None:
    child, parent, other = recorded("grpc_traces-01", MessageKind.OTLP_TRACES)
    assert child.event_id == parent.event_id != other.event_id
    assert (parent.title, parent.release, parent.environment) == ("RuntimeError: checkout failed for user 17", "1.4.2", "staging")
    assert (parent.server_name, parent.platform, parent.transaction) == ("web-03", "python", "GET /orders/{id}")
    assert parent.occurred_at == datetime(2026, 11, 22, 16, 34, 55, 234319, tzinfo=UTC)
    assert [exception.type for exception in parent.exceptions] == ["KeyError", "PaymentDeclined", "RuntimeError"]
    main = parent.exceptions[-1]
    assert main.is_main
    assert main.mechanism is not None
    assert (main.mechanism.type, main.mechanism.handled) == ("otel", False)
    assert (main.frames[-1].function, main.frames[-1].line_number, main.frames[-1].in_app) == ("checkout", 41, True)
    assert not child.exceptions[-1].frames[0].in_app, "opentelemetry's own frame"
    assert parent.trace is not None
    assert (parent.trace.trace_id, parent.trace.op) == ("33ebc83115d233b26373a1a3f5431a38", "server")
    assert parent.request is not None
    assert (parent.request.method, parent.request.url) == ("GET", "https://shop.example.com/orders/17")
    assert parent.sdk is not None
    assert (parent.sdk.name, parent.sdk.version) == ("opentelemetry.python", "1.45.2")


@pytest.mark.parametrize(("name", "kind"), [("grpc_traces-01", MessageKind.OTLP_TRACES), ("grpc_logs-01", MessageKind.OTLP_LOGS)])
def test_nothing_personal_or_secret_of_the_recordings_is_stored(name: str, kind: MessageKind) -> None:
    stored = b"".join(encode_event(event) for event in recorded(name, kind))
    assert [secret for secret in (b"jane@", b"4111", b"s3cr3t", b"Bearer abc") if secret in stored] == []


def test_recorded_logs_become_an_exception_and_a_message() -> None:
    exploded, critical = recorded("grpc_logs-01", MessageKind.OTLP_LOGS)
    assert (exploded.title, exploded.level, exploded.logger) == ("RuntimeError: checkout failed for user 3", "error", "shop.otel")
    assert exploded.message is not None
    assert exploded.message.formatted == "checkout exploded"
    assert (critical.title, critical.level, critical.exceptions) == ("critical", "fatal", ())
    assert critical.culprit.endswith("otlp_cases.py in logs")


def test_types_of_java_are_divided_into_module_and_name() -> None:
    attributes = {
        "exception.type": "java.lang.IllegalStateException",
        "exception.message": "boom",
        "exception.stacktrace": JAVA_TRACE,
    }
    [event] = events_of(of_span(attributes, resource={"telemetry.sdk.language": "java"}))
    assert [(one.module, one.type) for one in event.exceptions] == [
        ("java.io", "IOException"),
        ("java.lang", "IllegalStateException"),
    ]
    assert event.culprit == "com.shop.Cart in pay"
    assert event.exceptions[0].frames == event.exceptions[1].frames, "common frames are restored"


def test_an_unreadable_stack_trace_stays_as_text() -> None:
    [event] = events_of(of_span(failure(**{"exception.stacktrace": "somewhere in the machine"})))
    assert (event.title, event.exceptions[0].frames) == ("E: boom", ())
    assert event.extra["exception.stacktrace"] == "somewhere in the machine"


def test_the_language_is_taken_from_the_text_if_the_sdk_names_none() -> None:
    [event] = events_of(of_span(failure(**{"exception.stacktrace": JAVA_TRACE})))
    assert (event.platform, len(event.exceptions)) == ("java", 2)


@pytest.mark.parametrize(
    ("escaped", "handled"), [(True, False), (False, True), ("True", False), ("False", True), (None, None), ("?", None), (3, None)]
)
def test_an_escaped_exception_is_unhandled(escaped: object, handled: bool | None) -> None:
    [event] = events_of(of_span(failure(**{"exception.escaped": escaped})))
    assert event.exceptions[0].mechanism is not None
    assert event.exceptions[0].mechanism.handled is handled


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ("plain", "plain"),
        ({"message": "of a map", "order": 9}, "of a map"),
        ({"order": 9}, '{"order":9}'),
        ([1, "two"], '[1,"two"]'),
        (None, "(no message)"),
    ],
)
def test_a_log_record_is_named_by_its_body(body: object, title: str) -> None:
    [event] = events_of(of_log(body, {}))
    assert event.title == title


@pytest.mark.parametrize(
    ("severity", "level"), [(0, "error"), (9, "info"), (13, "warning"), (17, "error"), (20, "error"), (24, "fatal")]
)
def test_the_level_is_the_severity(severity: int, level: str) -> None:
    [event] = events_of(of_log("x", failure(), severity=severity))
    assert event.level == level


def ids(*exports: Export, project: int = 7, key: bytes = b"k" * 32, message_id: str = "a" * 32) -> list[str]:
    settings = ProjectSettings(project_id=project, subject_key=key)
    return [event.event_id for export in exports for event in events_of(export, settings=settings, message_id=message_id)]


def test_one_exception_of_a_trace_has_one_id_on_every_span_and_in_the_log() -> None:
    other_stack = failure(**{"exception.stacktrace": JAVA_TRACE})
    assert (
        len(set(ids(of_span(failure()), of_span(other_stack, span_id="cd" * 8), of_log("failed", failure(), trace=TRACE)))) == 1
    )


def test_other_errors_have_other_ids() -> None:
    exports = [
        of_span(failure()), of_span(failure("other")), of_span(failure(), trace="ab" * 16), of_span(failure(), trace=None),
        of_log("a", {}), of_log("b", {}), of_log("a", {}, nanos=NANOS + 1), of_log("a", {"k": 1}), of_log("a", {}, trace=TRACE),
    ]  # fmt: skip
    found = [*ids(*exports), *ids(of_span(failure()), project=8), *ids(of_span(failure()), key=b"x" * 32)]
    assert len(set(found)) == len(exports) + 2


def test_a_record_without_time_is_told_apart_by_its_message_and_equal_when_delivered_again() -> None:
    timeless = of_log("a", {}, nanos=0)
    assert ids(timeless) == ids(timeless) != ids(timeless, message_id="b" * 32)


def test_what_is_sent_again_has_the_same_ids() -> None:
    exports = [of_span(failure()), of_log("a", {}), of_span(failure(), trace=None)]
    assert ids(*exports) == ids(*exports, message_id="b" * 32)


def test_a_huge_resource_is_cut() -> None:
    resource: Attributes = {f"k{number}": "v" * 10_000 for number in range(1_000)}
    [event] = events_of(of_span(failure(), resource=resource))
    kept = event.contexts["resource"]
    assert isinstance(kept, dict)
    assert len(kept) == 128
    assert otlp.error_count(of_span(failure())) == 1
