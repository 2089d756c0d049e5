import asyncio
from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks.envelopes import corpus
from benchmarks.envelopes.corpus import EnvelopeBody
from benchmarks.envelopes.events import EventSize
from benchmarks.load.python_client import Payload, send

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
EVENT_ID = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def body() -> EnvelopeBody:
    return next(corpus.make_bodies(EventSize.SMALL, count=1, seed=1, now=NOW, traces=1))


def test_the_client_writes_ids_as_the_corpus_does(body: EnvelopeBody) -> None:
    assert Payload(body).with_id(EVENT_ID.encode()) == corpus.with_event_id(body, EVENT_ID)


def test_a_client_without_anything_to_send_ends(body: EnvelopeBody, tmp_path: Path) -> None:
    path = tmp_path / "corpus"
    corpus.write(path, [body])
    options = Namespace(port=9, path="/", key="k", corpus=path, connections=2, seconds=-1.0, requests=None, rate=None, ids=None)
    assert asyncio.run(send(options))["accepted"] == 0
