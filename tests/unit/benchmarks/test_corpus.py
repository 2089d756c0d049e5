import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks.envelopes import corpus
from benchmarks.envelopes.corpus import EnvelopeBody
from benchmarks.envelopes.events import EventSize
from protocol import envelope
from protocol.envelope import Envelope

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
EVENT_ID = "0123456789abcdef0123456789abcdef"


def make(size: EventSize, count: int = 4) -> list[EnvelopeBody]:
    return list(corpus.make_bodies(size, count=count, seed=1, now=NOW, traces=3))


def parsed(packed: bytes) -> Envelope:
    found = envelope.parse(gzip.decompress(packed))
    assert isinstance(found, Envelope)
    return found


@pytest.mark.parametrize("size", EventSize)
def test_a_body_is_an_envelope_with_one_event_of_the_same_id(size: EventSize) -> None:
    for body in make(size):
        found = parsed(corpus.with_event_id(body, EVENT_ID))
        assert found.header.event_id == EVENT_ID
        assert [item.type for item in found.items] == ["event"]
        assert json.loads(bytes(found.items[0].payload))["event_id"] == EVENT_ID


@pytest.mark.parametrize(
    ("size", "least", "most"),
    [(EventSize.SMALL, 1_200, 4_000), (EventSize.NORMAL, 14_000, 32_000), (EventSize.LARGE, 120_000, 300_000)],
)
def test_bodies_have_the_size_of_their_name(size: EventSize, least: int, most: int) -> None:
    assert all(least < body.raw_bytes < most for body in make(size))


def test_a_normal_event_has_twenty_to_forty_frames() -> None:
    for body in make(EventSize.NORMAL, count=12):
        event = json.loads(bytes(parsed(body.gzipped).items[0].payload))
        assert 20 <= len(event["exception"]["values"][0]["stacktrace"]["frames"]) <= 40


def test_events_of_one_trace_differ_and_have_the_same_frames() -> None:
    first, _, _, again = (json.loads(bytes(parsed(body.gzipped).items[0].payload)) for body in make(EventSize.NORMAL))
    assert first != again

    def places(event: dict[str, dict[str, list[dict[str, dict[str, list[dict[str, object]]]]]]]) -> list[object]:
        return [(frame["filename"], frame["lineno"]) for frame in event["exception"]["values"][0]["stacktrace"]["frames"]]

    assert places(first) == places(again)


def test_the_same_seed_gives_the_same_bodies() -> None:
    assert make(EventSize.SMALL) == make(EventSize.SMALL)


def test_a_corpus_is_read_as_it_was_written(tmp_path: Path) -> None:
    bodies = make(EventSize.SMALL)
    corpus.write(tmp_path / "small.corpus", bodies)
    assert corpus.read(tmp_path / "small.corpus") == bodies


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"SOMETHING ELSE")
    with pytest.raises(ValueError, match="is no corpus"):
        corpus.read(tmp_path / "other")
