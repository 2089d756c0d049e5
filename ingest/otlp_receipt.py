"""What both doors of OTLP do with an export request: look at it, make it durable, say how much of it was taken."""

import asyncio
from typing import assert_never

import msgspec

from ingest import refusals
from ingest.edge import Edge, Sender
from ingest.refusals import RefusalReason, Refused
from ingest.routes import Endpoint
from protocol import limits, otlp
from protocol.otlp import CATEGORY_OF_SIGNAL, Export, MediaType, OtlpProblem, Signal
from protocol.outcome import DiscardReason
from protocol.stream_message import MessageKind

# Larger requests are read in a thread, so that other clients get their turn meanwhile.
_READ_AT_ONCE_BYTES = 128 * limits.KIB
_ENDPOINTS = {Signal.TRACES: Endpoint.OTLP_TRACES, Signal.LOGS: Endpoint.OTLP_LOGS, Signal.METRICS: Endpoint.OTLP_METRICS}
_KINDS = {Signal.TRACES: MessageKind.OTLP_TRACES, Signal.LOGS: MessageKind.OTLP_LOGS}
SIGNAL_OF_ENDPOINT = {endpoint: signal for signal, endpoint in _ENDPOINTS.items()}
ENDPOINT_OF_SIGNAL = _ENDPOINTS


class ExportBody(msgspec.Struct, frozen=True):
    """A request's bytes as they came and as they read."""

    signal: Signal
    media_type: MediaType
    wire: bytes
    decoded: bytes
    encoding: str


class Taken(msgspec.Struct, frozen=True):
    """A request that is durable; `rejected` spans or log records of it were not taken."""

    rejected: int = 0

    @property
    def message(self) -> str:
        return f"{self.rejected} records are too large or beyond {limits.MAX_OTLP_ERRORS} errors" if self.rejected else ""


async def take(edge: Edge, sender: Sender, body: ExportBody) -> Taken | Refused:
    """Returns when the request, or what is to be counted of it, is durable."""
    export = await _read(body)
    if isinstance(export, OtlpProblem):
        return await edge.refuse(sender, _refusal(export, body.signal))
    kind = _KINDS.get(body.signal)
    if kind is None or not export.groups:  # nothing to store: the counts say it all
        failure = await edge.count(sender, otlp.outcomes_of_rest(export, category=CATEGORY_OF_SIGNAL[body.signal]))
    else:
        failure = await edge.append_export(
            sender, kind=kind, payload=body.wire, encoding=body.encoding, media_type=body.media_type.value
        )
    return failure or Taken(export.rejected_records)


def as_one_item(refusal: Refused, signal: Signal) -> Refused:
    """A request that was not read to its end counts as one item."""
    if refusal.counts:
        return refusal
    too_large = refusal.reason is RefusalReason.TOO_LARGE
    return refusals.of_one_item(
        refusal.reason,
        detail=refusal.detail,
        category=CATEGORY_OF_SIGNAL[signal],
        discard_reason=DiscardReason.TOO_LARGE if too_large else DiscardReason.MALFORMED_ITEM,
    )


async def _read(body: ExportBody) -> Export | OtlpProblem:
    if len(body.decoded) <= _READ_AT_ONCE_BYTES:
        return otlp.decode(body.decoded, signal=body.signal, media_type=body.media_type)
    return await asyncio.to_thread(otlp.decode, body.decoded, signal=body.signal, media_type=body.media_type)


def _refusal(problem: OtlpProblem, signal: Signal) -> Refused:
    match problem:
        case OtlpProblem.MALFORMED:
            reason, detail = RefusalReason.BAD_ITEM, "the body is no export request"
        case OtlpProblem.TOO_MANY_ITEMS:
            reason, detail = RefusalReason.TOO_MANY_ITEMS, "too many records in one export request"
        case _:
            assert_never(problem)
    return Refused(reason, detail, otlp.outcomes_of_rest(problem, category=CATEGORY_OF_SIGNAL[signal]))
