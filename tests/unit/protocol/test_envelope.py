import json
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from protocol import envelope, limits
from protocol.envelope import Envelope, EnvelopeProblem, MalformedEnvelope, Sdk

EVENT_ID = "9ec79c33ec9942ab8353589fcb2e04d1"
HYPHENATED = "9ec79c33-ec99-42ab-8353-589fcb2e04d1"


def _parsed(body: bytes) -> Envelope:
    found = envelope.parse(body)
    assert isinstance(found, Envelope), found
    return found


def _items(body: bytes) -> list[tuple[str, bytes]]:
    return [(item.type, bytes(item.payload)) for item in _parsed(body).items]


@given(st.binary(max_size=2000))
@example(b'{"a":' * 1600)
@example(b"{}\n" + b'{"type":"a","x":' + b"[" * 4000 + b"]" * 4000 + b"}\n")
@example(b"[" * 8000)
@example(b'{"event_id":' + b"9" * 5000 + b"}")
def test_parsing_never_raises(body: bytes) -> None:
    assert isinstance(envelope.parse(body), Envelope | MalformedEnvelope)


_lines = st.lists(
    st.one_of(
        st.sampled_from(
            [
                b"{}",
                b"",
                b"\r",
                b'{"type":"event"}',
                b'{"type":"attachment","length":3}',
                b'{"type":"event","length":0}',
                b'{"type":null}',
                b'{"type":"event","length":99999999999999999999}',
                b'{"event_id":"' + EVENT_ID.encode() + b'"}',
                b'{"dsn":7}',
                b'{"sdk":"\\ud800"}',
                b"abc",
            ]
        ),
        st.binary(max_size=30),
    ),
    max_size=12,
)


@given(_lines)
def test_parsing_never_raises_on_what_looks_like_an_envelope(lines: list[bytes]) -> None:
    found = envelope.parse(b"\n".join(lines))
    if isinstance(found, Envelope):
        assert all(item.length is None or item.length == len(item.payload) for item in found.items)


@given(st.lists(st.tuples(st.sampled_from(["event", "attachment", "log", "zzz"]), st.binary(max_size=200)), max_size=20))
def test_parsing_undoes_serializing(items: list[tuple[str, bytes]]) -> None:
    body = envelope.serialize({"event_id": EVENT_ID}, [({"type": item_type}, payload) for item_type, payload in items])
    assert _items(body) == items
    assert _parsed(body).header.event_id == EVENT_ID


@pytest.mark.parametrize(
    ("body", "items"),
    [
        (b"{}", []),
        (b"{}\n", []),
        (b"{}\n\n\n", []),
        (b'{}\n{"type":"event"}\n{"a":1}', [("event", b'{"a":1}')]),
        (b'{}\n{"type":"event"}\n{"a":1}\n', [("event", b'{"a":1}')]),
        (b'{}\n\n{"type":"event"}\n{"a":1}\n', [("event", b'{"a":1}')]),
        (b'{}\n{"type":"event","length":2}\n{}', [("event", b"{}")]),
        (b'{}\n{"type":"event","length":null}\n{}\n', [("event", b"{}")]),
        (b'{}\r\n{"type":"event"}\r\n{"a":1}\r\n', [("event", b'{"a":1}\r')]),
        (b'{}\n{"type":"attachment","length":0}\n\n{"type":"event"}\n{}', [("attachment", b""), ("event", b"{}")]),
        (b'{}\n{"type":"attachment","length":0}', [("attachment", b"")]),
        (b'{}\n{"type":"attachment","length":0}\n', [("attachment", b"")]),
        (b'{}\n{"type":"session"}', [("session", b"")]),
        (b'{}\n{"type":"attachment","length":7}\n{"a":\n}', [("attachment", b'{"a":\n}')]),
        (
            b'{}\n{"type":"attachment","length":10}\n\xef\xbb\xbfHello\r\n\n{"type":"z","length":3}\nabc',
            [("attachment", b"\xef\xbb\xbfHello\r\n"), ("z", b"abc")],
        ),
        (b'{}\n{"type":"event","length":2}\n{}\n\n\r\n \n{"type":"log"}\n{}', [("event", b"{}"), ("log", b"{}")]),
    ],
)
def test_the_oddities_of_real_clients_are_tolerated(body: bytes, items: list[tuple[str, bytes]]) -> None:
    assert _items(body) == items


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", EnvelopeProblem.EMPTY),
        (b"\n" * 100_000, EnvelopeProblem.BAD_HEADER),
        (b"garbage\n{}\n", EnvelopeProblem.BAD_HEADER),
        (b"[]\n", EnvelopeProblem.BAD_HEADER),
        (b"null\n", EnvelopeProblem.BAD_HEADER),
        (b'"text"\n', EnvelopeProblem.BAD_HEADER),
        (b'\xef\xbb\xbf{}\n{"type":"event"}\n{}', EnvelopeProblem.BAD_HEADER),
        (b'{"dsn":5}\n', EnvelopeProblem.BAD_HEADER),
        (b'{"x":"' + b"a" * 2**20 + b'"}\n', EnvelopeProblem.HEADER_TOO_LARGE),
        (b'{"a":' + b" " * 2**20, EnvelopeProblem.HEADER_TOO_LARGE),
        (b'{"event_id":"../../x"}\n', EnvelopeProblem.BAD_EVENT_ID),
        (b'{"event_id":"\\u0000"}\n', EnvelopeProblem.BAD_EVENT_ID),
        (b'{"event_id":5}\n', EnvelopeProblem.BAD_EVENT_ID),
        (b'{"event_id":""}\n', EnvelopeProblem.BAD_EVENT_ID),
        (b'{"event_id":"' + b"a" * 32 + b'","event_id":"' + b"b" * 32 + b'"}\n', EnvelopeProblem.DUPLICATE_KEY),
        (b'{"sent_at":"2026-01-01T00:00:00Z","sent_at":"2026-01-01T00:00:00Z"}\n', EnvelopeProblem.DUPLICATE_KEY),
        (b'{}\n{"type":"event","length":-1}\n{}\n', EnvelopeProblem.BAD_ITEM),
        (b'{}\n{"type":"event","length":9223372036854775807}\n{}\n', EnvelopeProblem.BAD_ITEM),
        (b'{}\n{"type":"event","length":' + b"9" * 5000 + b"}\n{}\n", EnvelopeProblem.BAD_ITEM),
        (b'{}\n{"type":"event","length":2.0}\n{}\n', EnvelopeProblem.BAD_ITEM),
        (b'{}\n{"type":"event","length":"2"}\n{}\n', EnvelopeProblem.BAD_ITEM),
        (b'{}\n{"type":"event","length":true}\n{}\n', EnvelopeProblem.BAD_ITEM),
        (b'{}\n{"type":"event","length":5}\n{"message":"x"}\n', EnvelopeProblem.BAD_ITEM),
        (b'{}\n{"type":"event","length":500}\n{}\n', EnvelopeProblem.BAD_ITEM),
        (b'{}\n{"type":"event","length":2}\n{}\r\n', EnvelopeProblem.BAD_ITEM),
        (b'{}\n{"length":2}\n{}\n', EnvelopeProblem.BAD_ITEM),
        (b'{}\n{"type":5}\n{}\n', EnvelopeProblem.BAD_ITEM),
        (b'{}\n{"type":""}\n{}\n', EnvelopeProblem.BAD_ITEM),
        (b"{}\nnot json\n{}\n", EnvelopeProblem.BAD_ITEM),
        (b"{}\n[1]\n{}\n", EnvelopeProblem.BAD_ITEM),
        (b'{}\n{"type":"' + b"x" * 100_000 + b'"}\n{}\n', EnvelopeProblem.HEADER_TOO_LARGE),
        (b"{}\n" + b'{"type":"session","length":0}\n\n' * 101, EnvelopeProblem.TOO_MANY_ITEMS),
        (b"{}\n" + b'{"type":"attachment","length":0}\n\n' * 31, EnvelopeProblem.TOO_MANY_ITEMS),
    ],
)
def test_malformed_envelopes_say_what_is_wrong(body: bytes, problem: EnvelopeProblem) -> None:
    found = envelope.parse(body)
    assert isinstance(found, MalformedEnvelope)
    assert found.problem is problem


def test_a_malformed_envelope_names_the_items_up_to_the_broken_one() -> None:
    found = envelope.parse(b'{}\n{"type":"event"}\n{}\n{"type":"attachment","length":9}\nshort')
    assert isinstance(found, MalformedEnvelope)
    assert found.item_types == ("event", "attachment")
    assert found.offset == len(b'{}\n{"type":"event"}\n{}\n')


def test_one_hundred_items_and_thirty_attachments_are_the_limit_inclusive() -> None:
    assert len(_items(b"{}\n" + b'{"type":"session","length":0}\n\n' * limits.MAX_ITEMS)) == 100
    assert len(_items(b"{}\n" + b'{"type":"attachment","length":0}\n\n' * limits.MAX_ATTACHMENTS)) == 30


@pytest.mark.parametrize("sent", [EVENT_ID, HYPHENATED, EVENT_ID.upper(), HYPHENATED.upper()])
def test_event_ids_become_32_hex_digits(sent: str) -> None:
    assert _parsed(json.dumps({"event_id": sent}).encode()).header.event_id == EVENT_ID


def test_the_header_keeps_what_it_does_not_know() -> None:
    line = b'{"event_id":null,"trace":{"sample_rate":0,"public_key":"x"},"sent_at":"2026-01-02T03:04:05.5Z","sdk":{"name":"n","version":"1"}}'
    header = _parsed(line + b"\n").header
    assert header.raw == line
    assert header.sdk == Sdk("n", "1")
    assert header.sent_at == datetime(2026, 1, 2, 3, 4, 5, 500_000, tzinfo=UTC)


@pytest.mark.parametrize("sent_at", ["yesterday", "", 1767323045.5, None, "0001-01-01T00:00:00+14:00"])
def test_an_unreadable_sent_at_means_no_drift_correction(sent_at: object) -> None:
    assert _parsed(json.dumps({"sent_at": sent_at}).encode()).header.sent_at is None


def test_a_key_repeated_in_an_inner_object_is_no_duplicate() -> None:
    assert _parsed(b'{"trace":{"sent_at":1,"dsn":"x"},"sent_at":"2026-01-01T00:00:00Z","dsn":"d"}').header.dsn == "d"


def test_item_headers_with_odd_fields_are_read_without_them() -> None:
    item = _parsed(b'{}\n{"type":"attachment","length":1,"filename":"a\\ud83d","content_type":5,"item_count":true}\nx').items[0]
    assert (item.type, item.filename, item.content_type, item.item_count) == ("attachment", "a\ufffd", None, None)


def test_item_fields_are_read() -> None:
    header = {
        "type": "log",
        "length": 2,
        "item_count": 3,
        "content_type": "application/vnd.sentry.items.log+json",
        "filename": "中.txt",
        "attachment_type": "event.minidump",
        "platform": "node",
    }
    item = _parsed(b"{}\n" + json.dumps(header).encode() + b"\n{}").items[0]
    assert {name: getattr(item, name) for name in header} == header
