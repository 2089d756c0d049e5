"""Every answer can be read by a browser, and every refusal has a status below 500 unless we cannot take anything."""

import json

import pytest

from ingest import responses
from ingest.refusals import RefusalReason, Refused
from ingest.responses import Response

ANSWERS = [
    responses.accepted("0" * 32),
    responses.accepted(None),
    responses.empty(202),
    responses.text(200, "x"),
    responses.pixel(),
    responses.preflight(),
    responses.broken(),
    *(responses.refused(Refused(reason, "detail")) for reason in RefusalReason),
]


@pytest.mark.parametrize("answer", ANSWERS)
def test_every_answer_carries_cors_and_its_length(answer: Response) -> None:
    headers = dict(answer.headers)
    assert headers[b"access-control-allow-origin"] == b"*"
    exposed = headers[b"access-control-expose-headers"].split(b", ")
    assert set(exposed) == {b"x-sentry-error", b"x-sentry-rate-limits", b"retry-after"}
    assert int(headers[b"content-length"]) == len(answer.body)


@pytest.mark.parametrize("reason", RefusalReason)
def test_a_refusal_says_why_and_blames_the_right_side(reason: RefusalReason) -> None:
    answer = responses.refused(Refused(reason, "what was wrong"))
    headers = dict(answer.headers)
    assert headers[b"x-sentry-error"].decode() == reason.value
    assert json.loads(answer.body) == {"detail": "what was wrong", "causes": [reason.value]}
    assert (answer.status >= 500) is (reason is RefusalReason.UNAVAILABLE)
    assert (b"retry-after" in headers) is (reason is RefusalReason.UNAVAILABLE)
