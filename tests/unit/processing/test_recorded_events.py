"""Every error event of the recorded corpus through parse and pipeline: what INDEX.md says must come out, without the planted personal data."""

import base64
import zlib
from datetime import UTC, datetime
from urllib.parse import parse_qs

import msgspec
import pytest

from processing.pipeline import EventInput, Processed, ProjectSettings, process
from protocol import content_encoding, envelope
from protocol.event import encode_event
from tests import corpus_expectations, corpus_index
from tests.corpus_index import CorpusRow, ExpectedEvent

RECEIVED_AT = datetime(2026, 11, 22, 17, tzinfo=UTC)
SETTINGS = ProjectSettings(project_id=1, subject_key=b"k" * 32)


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
    assert corpus_expectations.differences(processed.event, expected, row=row) == {}
    assert not processed.event.scrub_failed
    assert processed.fingerprints
    assert processed.event.title


@pytest.mark.parametrize(("row", "position", "expected"), CASES)
def test_no_planted_personal_data_survives(row: CorpusRow, position: int, expected: ExpectedEvent) -> None:
    processed = process(_items(row)[position], SETTINGS)
    assert isinstance(processed, Processed)
    stored = encode_event(processed.event) + msgspec.json.encode([processed.summary, processed.tags])
    for planted in corpus_expectations.PLANTED:
        assert planted.encode() not in stored, planted
