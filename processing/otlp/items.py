"""One export request as inputs of the pipeline."""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from processing.event_input import EventInput, ProjectSettings
from processing.otlp import events
from processing.otlp.events import Payload
from processing.otlp.identity import IdMaker
from protocol import otlp
from protocol.otlp import CATEGORY_OF_SIGNAL, Export, MediaType, OtlpProblem, Signal
from protocol.outcome import DataCategory
from protocol.stream_message import MessageKind

_SIGNALS = {MessageKind.OTLP_TRACES: Signal.TRACES, MessageKind.OTLP_LOGS: Signal.LOGS}


class Arrival(msgspec.Struct, frozen=True):
    """How a request came: what is the same for all of its items."""

    received_at: datetime
    message_id: str
    peer_ip: str | None = None
    user_agent: str | None = None


def decode(body: bytes, *, kind: MessageKind, media_type: str | None) -> Export | OtlpProblem:
    """The request in a message of an OTLP kind."""
    media = MediaType.JSON if media_type == MediaType.JSON else MediaType.PROTOBUF
    return otlp.decode(body, signal=_SIGNALS[kind], media_type=media)


def category_of(kind: MessageKind) -> DataCategory:
    return CATEGORY_OF_SIGNAL[_SIGNALS[kind]]


def event_inputs(export: Export, *, arrival: Arrival, settings: ProjectSettings) -> Iterator[EventInput]:
    """The errors as input of the pipeline, one after the other, so that a large request does not lie in memory twice."""
    ids = IdMaker(settings.project_id, settings.subject_key, arrival.message_id)
    for event_id, payload in _payloads(export, ids):
        yield EventInput(
            payload=msgspec.json.encode(payload),
            received_at=arrival.received_at,
            event_id=event_id,
            peer_ip=arrival.peer_ip,
            user_agent=arrival.user_agent,
        )


def _payloads(export: Export, ids: IdMaker) -> Iterator[tuple[str, Payload]]:
    place = 0
    for found in export.groups:
        for span in found.spans:
            for failure in span.exceptions:
                yield ids.of_span(span, failure, place=place), events.of_span(found.group, span, failure)
                place += 1
        for record in found.logs:
            yield ids.of_log(found.group, record, place=place), events.of_log(found.group, record)
            place += 1
