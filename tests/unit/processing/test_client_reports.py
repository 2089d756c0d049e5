import json

import pytest

from processing.client_reports import MAX_LINES, MAX_QUANTITY, BrokenReportError, parse
from protocol.outcome import Outcome


def report(*lines: tuple[str, str, int]) -> bytes:
    return json.dumps(
        {"timestamp": None, "discarded_events": [{"reason": r, "category": c, "quantity": q} for r, c, q in lines]}
    ).encode()


def counted(payload: bytes) -> dict[tuple[str, str], int]:
    return {(count.category, count.reason): count.quantity for count in parse(payload)}


def test_what_the_sdk_dropped_is_counted_as_client_discard():
    counts = parse(report(("sample_rate", "error", 5)))
    assert [(c.category, c.outcome, c.reason, c.quantity) for c in counts] == [
        ("error", Outcome.CLIENT_DISCARD, "sample_rate", 5)
    ]


def test_lines_of_one_kind_add_up():
    assert counted(report(("sample_rate", "error", 5), ("sample_rate", "error", 2))) == {("error", "sample_rate"): 7}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (("whatever", "error", 1), {("error", "other"): 1}),
        (("before_send", "no category", 1), {("unknown", "before_send"): 1}),
        (("before_send", "error", 10**12), {("error", "before_send"): MAX_QUANTITY}),
        (("before_send", "error", 0), {}),
        (("before_send", "error", -4), {}),
    ],
)
def test_a_hostile_report_makes_no_new_words_and_no_large_numbers(
    line: tuple[str, str, int], expected: dict[tuple[str, str], int]
):
    assert counted(report(line)) == expected


def test_only_the_first_lines_of_an_endless_report_count():
    assert counted(report(*[("sample_rate", "error", 1)] * (MAX_LINES + 50))) == {("error", "sample_rate"): MAX_LINES}


@pytest.mark.parametrize("payload", [b"", b"[]", b"{", b'{"discarded_events": 3}', b'{"discarded_events": [{"quantity": "x"}]}'])
def test_what_is_no_report_is_refused(payload: bytes):
    with pytest.raises(BrokenReportError):
        parse(payload)


def test_a_report_without_losses_counts_nothing():
    assert parse(b"{}") == ()
