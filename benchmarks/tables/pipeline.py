"""What one event costs a worker before PostgreSQL: CPU time of every pure step, in one process, without any server."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from time import process_time
from typing import TypeVar
from uuid import UUID

import msgspec

from benchmarks.envelopes import corpus
from benchmarks.envelopes.corpus import EnvelopeBody
from benchmarks.envelopes.events import EventSize
from benchmarks.figures import Options, Section, Table, median, one, whole
from benchmarks.quiet import observer
from eventstore.event_body import seal_body
from processing.event_input import EventInput, ProjectSettings
from processing.pipeline import Processed, process
from protocol import content_encoding, envelope
from protocol.envelope import Envelope
from protocol.event import encode_event
from runtime.keyring import DataKey, open_sealed, seal

_COUNT = {EventSize.SMALL: 600, EventSize.NORMAL: 300, EventSize.LARGE: 40}
_SETTINGS = ProjectSettings(project_id=1, subject_key=b"k" * 32)
_KEY = DataKey(1, os.urandom(32))
_ORGANIZATION, _EVENT = UUID(int=1), UUID(int=2)
_DECODE = "JSON decode alone (msgspec, untyped)"
_TARGET_MICROSECONDS = 794  # PERFORMANCE: a whole worker's CPU per event, with the fast set of libraries

Given = TypeVar("Given")
Made = TypeVar("Made")
Costs = dict[str, float]  # microseconds of CPU per event, by step


def measure(options: Options) -> Section:
    costs = {size: _costs_of(size, options) for size in EventSize}
    table = Table(("step, µs of CPU per event", *(size.value for size in EventSize)))
    for step in costs[EventSize.NORMAL]:
        table.rows.append((step, *(whole(found[step]) for found in costs.values())))
    sums = {size: sum(value for step, value in found.items() if step != _DECODE) for size, found in costs.items()}
    table.rows.append(("**all steps**", *(f"**{whole(total)}**" for total in sums.values())))
    table.rows.append(("all steps / JSON decode", *(one(sums[size] / costs[size][_DECODE]) for size in EventSize)))
    total = sums[EventSize.NORMAL]
    return Section(
        title="Pipeline: a worker's pure steps",
        tables=[table],
        remarks=[
            (
                "Process CPU time, each step over all events of a size in turn; the rest of a worker's time is reading the stream and "
                "talking to PostgreSQL (see the CPU column of the digest table). 200 stack traces, personal data in every event."
            )
        ],
        target=f"{_TARGET_MICROSECONDS} µs for the whole worker at 20 KB: "
        f"{'reached by these steps alone' if total <= _TARGET_MICROSECONDS else '**missed**'} ({whole(total)} µs)",
    )


def _costs_of(size: EventSize, options: Options) -> Costs:
    """Medians over the repetitions, after one round to warm up."""
    bodies = list(corpus.make_bodies(size, count=_COUNT[size], seed=3, now=datetime.now(UTC)))
    _one_round(bodies[:20])
    rounds = []
    for _ in range(options.repetitions):
        with observer.measuring():
            rounds.append(_one_round(bodies))
    return {step: median([found[step] for found in rounds]) for step in rounds[0]}


def _one_round(bodies: list[EnvelopeBody]) -> Costs:
    costs: Costs = {}
    now = datetime.now(UTC)

    def timed(step: str, work: Callable[[Given], Made], inputs: list[Given]) -> list[Made]:
        began = process_time()
        made = [work(each) for each in inputs]
        costs[step] = (process_time() - began) / len(inputs) * 1e6
        return made

    sealed = [seal(_KEY.key, body.gzipped, associated_data=b"header") for body in bodies]
    opened = timed("open the queue's seal", lambda given: open_sealed(_KEY.key, given, associated_data=b"header"), sealed)
    raw = timed("gunzip", lambda given: content_encoding.decode(given, encoding="gzip"), opened)
    payloads = timed("envelope", _payload, raw)
    processed = timed("normalise, scrub, group, enrich", lambda given: _process(given, now), payloads)
    encoded = timed("encode the canonical event", lambda given: encode_event(given.event), processed)
    timed("compress and seal the body", _seal, encoded)
    timed("encode the summary", lambda given: msgspec.json.encode(given.summary), processed)
    timed(_DECODE, msgspec.json.decode, payloads)
    return costs


def _payload(raw: bytes) -> bytes:
    parsed = envelope.parse(raw)
    assert isinstance(parsed, Envelope)
    return bytes(parsed.items[0].payload)


def _process(payload: bytes, now: datetime) -> Processed:
    processed = process(EventInput(payload=payload, received_at=now, event_id="1" * 32, sent_at=now), _SETTINGS)
    assert isinstance(processed, Processed)
    return processed


def _seal(event_json: bytes) -> object:
    return seal_body(event_json, key=_KEY, organization_id=_ORGANIZATION, event_id=_EVENT)
