"""Every error event of the recorded corpus through parse and pipeline: what INDEX.md says must come out, without the planted personal data."""

import base64
import zlib
from datetime import UTC, datetime
from urllib.parse import parse_qs

import msgspec
import pytest

from processing.pipeline import EventInput, Processed, ProjectSettings, process
from processing.scrubbing import text
from protocol import content_encoding, envelope
from protocol.event import Level, encode_event, main_exception
from tests import corpus_index
from tests.corpus_index import CorpusRow, ExpectedEvent

RECEIVED_AT = datetime(2026, 11, 22, 17, tzinfo=UTC)
SETTINGS = ProjectSettings(project_id=1, subject_key=b"k" * 32)
LEVELS = {"log": Level.INFO, "10": Level.DEBUG, "40": Level.ERROR}
PLANTED = ("jane@example.com", "jane.doe@example.com", "4111111111111111", "4111 1111 1111 1111", "4242424242424242")

REACT_NATIVE_ORDER = "the SDK sends the main exception first without ids; INDEX.md takes the last (PROTOCOL.md 10)"
SERVER_RULES = "the SDK marks no frame; the server's rules do"
REASONED: dict[str, dict[str, str]] = {  # path or folder of a row -> field -> why it differs from INDEX.md
    "react-native-js-8.28.0/exception-01": {
        "types": REACT_NATIVE_ORDER,
        "value": REACT_NATIVE_ORDER,
        "top_frame": REACT_NATIVE_ORDER,
    },
    "native-0.16.3": {"in_app_count": SERVER_RULES, "top_frame": SERVER_RULES},
    "raven-python-6.10.0": {"in_app_count": SERVER_RULES, "top_frame": SERVER_RULES},
}


def _items(row: CorpusRow) -> list[EventInput]:
    request = corpus_index.recorded_request(row.path)
    headers = {name.lower(): value for name, value in request.headers}
    encoding = headers.get("content-encoding") or "identity"
    body = content_encoding.decode(request.body, encoding=encoding, max_bytes=20 << 20) if request.body else b""
    if "(store)" in row.items:
        return [_input(_plain_store_body(body or parse_qs(request.query)["sentry_data"][0].encode()))]
    parsed = envelope.parse(body)
    assert isinstance(parsed, envelope.Envelope)
    return [_input(bytes(item.payload), sent_at=parsed.header.sent_at) for item in parsed.items if item.type == "event"]


def _plain_store_body(body: bytes) -> bytes:
    return body if body.lstrip()[:1] == b"{" else zlib.decompress(base64.b64decode(body + b"=="))


def _input(payload: bytes, sent_at: datetime | None = None) -> EventInput:
    return EventInput(payload=payload, received_at=RECEIVED_AT, event_id="0" * 32, sent_at=sent_at, peer_ip="192.0.2.9")


CASES = [
    pytest.param(row, position, expected, id=f"{row.path}#{position}")
    for row in corpus_index.rows()
    for position, expected in enumerate(corpus_index.expected_events(row))
]


def test_the_corpus_has_events_of_every_sdk() -> None:
    assert len(CASES) >= 350
    assert len({case.values[0].folder for case in CASES if isinstance(case.values[0], CorpusRow)}) >= 14


@pytest.mark.parametrize(("row", "position", "expected"), CASES)
def test_a_recorded_event_is_understood(row: CorpusRow, position: int, expected: ExpectedEvent) -> None:
    processed = process(_items(row)[position], SETTINGS)
    assert isinstance(processed, Processed)
    reasoned = REASONED.get(row.path) or REASONED.get(row.folder, {})
    actual = _comparable(processed, expected)
    for field, wanted in _wanted(expected).items():
        if field not in reasoned:
            assert actual[field] == wanted, field
    assert not processed.event.scrub_failed
    assert processed.fingerprints
    assert processed.event.title


@pytest.mark.parametrize(("row", "position", "expected"), CASES)
def test_no_planted_personal_data_survives(row: CorpusRow, position: int, expected: ExpectedEvent) -> None:
    processed = process(_items(row)[position], SETTINGS)
    assert isinstance(processed, Processed)
    stored = encode_event(processed.event) + msgspec.json.encode([processed.summary, processed.tags])
    for planted in PLANTED:
        assert planted.encode() not in stored, planted


def _wanted(expected: ExpectedEvent) -> dict[str, object]:
    wanted: dict[str, object] = {
        "level": LEVELS.get(expected.level or "error", expected.level or "error"),
        "environment": expected.environment or "production",
        "release": expected.release,
        "transaction": expected.transaction,
        "logger": expected.logger.partition("; tags [")[0] if expected.logger else None,
        "dist": expected.dist,
        "tags": {_key(key): _tag(value) for key, value in expected.tags if value is not None},
        "user_id": dict(expected.user).get("id", "").removesuffix("...") or None,
    }
    if expected.types:
        wanted["types"] = expected.types
        wanted["value"] = _scrubbed(expected.value or "")
    if expected.frame_count is not None:
        wanted["frame_count"] = min(expected.frame_count, 250)
        if expected.frame_count <= 250:
            wanted["in_app_count"] = expected.in_app_count
        if expected.top_frame is not None:
            wanted["top_frame"] = _place(expected.top_frame)
    if expected.message is not None and not expected.types:
        wanted["message"] = _scrubbed(expected.message)
    return wanted


def _comparable(processed: Processed, expected: ExpectedEvent) -> dict[str, object]:
    event = processed.event
    main = main_exception(event)
    frames = main.frames if main is not None else ()
    frame = next((frame for frame in reversed(frames) if frame.in_app), frames[-1] if frames else None)
    tags = dict(event.tags)
    message = None
    if event.message is not None:
        message = event.message.template if event.message.template == expected.message else event.message.formatted
    return {
        "level": event.level, "environment": event.environment, "release": event.release, "transaction": event.transaction, "logger": event.logger,
        "dist": event.dist, "user_id": _user_id(processed, dict(expected.user).get("id")),
        "tags": {key: tags.get(key) for key in (_key(name) for name, value in expected.tags if value is not None)},
        "types": tuple(str(exception.type) for exception in reversed(event.exceptions)),
        "value": _cut(main.value if main is not None else None, expected.value),
        "frame_count": len(main.frames) if main is not None else 0,
        "in_app_count": sum(frame.in_app for frame in main.frames) if main is not None else 0,
        "top_frame": None if frame is None else _place(corpus_index.ExpectedFrame(
            where=str(frame.module or frame.filename or frame.instruction_address), function=str(frame.function), line=str(frame.line_number),
            is_in_app=frame.in_app,
        )),
        "message": _cut(message, expected.message),
    }  # fmt: skip


def _place(frame: corpus_index.ExpectedFrame) -> tuple[str, bool]:
    """INDEX.md has other absolute paths than the bodies, and cuts long ones: the file decides."""
    file = frame.where.rpartition("/")[2]
    if len(file) == 36:  # a blob's UUID, of which INDEX.md has the beginning
        file = file[:22] + "..."
    return f"{file} in {frame.function}:{frame.line}", frame.is_in_app


def _user_id(processed: Processed, expected: str | None) -> str | None:
    user = processed.event.user
    if user is None or user.id is None:
        return None
    return user.id[: len(expected) - 3] if expected is not None and expected.endswith("...") else user.id


def _one_line(value: str) -> str:
    return "".join(" " if char.isspace() or ord(char) < 32 or char in "\ufffd`" else char for char in value).strip()


def _cut(actual: str | None, expected: str | None) -> str:
    line = _one_line(actual or "")
    if expected is not None and expected.endswith("..."):
        line = line[: len(_scrubbed(expected.removesuffix("...")))] + "..."
    return line


def _scrubbed(value: str) -> str:
    return _one_line(text.scrub_unknown(value, text.Findings()))


def _key(key: str) -> str:
    return key.replace(" ", "_")


def _tag(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    shown = " ".join(str(value).split())
    return shown if len(shown) <= 200 else shown[:199] + "…"
