"""OTLP over gRPC: the three Export services, on the event loop and with the producer of the HTTP door.

Each call is read as a stream of one message, because then its metadata is judged before its message is taken in.
Source: OTLP specification, "OTLP/gRPC"; SECURITY 7, row OTLP.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import grpc
import grpc.aio
import structlog

from ingest import otlp_answers, otlp_receipt
from ingest.edge import Edge, Sender
from ingest.otlp_answers import Code
from ingest.otlp_receipt import ENDPOINT_OF_SIGNAL, ExportBody, Taken
from ingest.refusals import RefusalReason, Refused
from ingest.request import Message, Request
from ingest.routes import Route
from protocol import content_encoding, limits
from protocol.otlp import MediaType, Signal
from runtime import metrics

SERVICES = {
    "opentelemetry.proto.collector.trace.v1.TraceService": Signal.TRACES,
    "opentelemetry.proto.collector.logs.v1.LogsService": Signal.LOGS,
    "opentelemetry.proto.collector.metrics.v1.MetricsService": Signal.METRICS,
}
MESSAGE_SECONDS = 30.0  # for one message to arrive; HTTP bodies have a deadline too
STOP_SECONDS = 5.0  # for calls in flight when the process ends
MAX_CALLS = 256
MAX_CALLS_PER_KEY = 32  # of which messages may be in memory at once; more are asked to try again
_BUSY_RETRY_SECONDS = 1
_IDLE_MILLISECONDS = 300_000
_STATUS_DETAILS = "grpc-status-details-bin"
_OPTIONS = (
    ("grpc.max_receive_message_length", limits.MAX_DECODED_BODY_BYTES),
    ("grpc.max_metadata_size", limits.MAX_REQUEST_HEADER_BYTES),
    ("grpc.absolute_max_metadata_size", limits.MAX_REQUEST_HEADER_BYTES),
    ("grpc.max_concurrent_streams", 64),
    ("grpc.max_connection_idle_ms", _IDLE_MILLISECONDS),
    ("grpc.so_reuseport", 1),  # several edges may share the port
)
_NO_MESSAGE = Refused(RefusalReason.BAD_ITEM, "no export request, or one that is too large or does not decompress")
_TOO_SLOW = Refused(RefusalReason.BAD_ITEM, "the export request did not arrive in time")
_CODES = {code.value[0]: code for code in grpc.StatusCode}

log = structlog.get_logger(__name__)

_Context = grpc.aio.ServicerContext[Any, Any]  # messages are bytes on both sides
_Export = Callable[[object, _Context], Coroutine[None, None, bytes]]


class CannotListenError(Exception):
    """Another program has the port."""


@asynccontextmanager
async def listening(edge: Edge, *, host: str, port: int) -> AsyncIterator[int]:
    """The port on which gRPC is served until the end of the block; `port` 0 takes a free one.  Raises CannotListenError."""
    server = grpc.aio.server(options=_OPTIONS, maximum_concurrent_rpcs=MAX_CALLS)
    calls = _Calls(edge)
    server.add_generic_rpc_handlers(
        tuple(
            grpc.method_handlers_generic_handler(service, {"Export": grpc.stream_unary_rpc_method_handler(calls.handler(signal))})
            for service, signal in SERVICES.items()
        )
    )
    try:
        bound = server.add_insecure_port(f"{host}:{port}")
    except RuntimeError as error:
        raise CannotListenError from error
    await server.start()
    log.info("otlp_grpc.listening", port=bound)
    try:
        yield bound
    finally:
        await server.stop(STOP_SECONDS)


class _Calls:
    """The calls of one server."""

    def __init__(self, edge: Edge) -> None:
        self._edge = edge
        self._open: Counter[str] = Counter()  # by public key

    def handler(self, signal: Signal) -> _Export:
        async def export(_messages: object, context: _Context) -> bytes:
            answer = await self._receive(signal, context)
            if isinstance(answer, Refused):
                metrics.ingest_requests.labels(f"grpc_{signal}", otlp_answers.code_of(answer).name).inc()
                return await _abort(context, answer)
            metrics.ingest_requests.labels(f"grpc_{signal}", Code.OK.name).inc()
            return otlp_answers.export_response(signal, answer)

        return export

    async def _receive(self, signal: Signal, context: _Context) -> Taken | Refused:
        sender = await self._edge.admit(_request(context), Route(ENDPOINT_OF_SIGNAL[signal]))
        if isinstance(sender, Refused):
            return sender
        key = sender.public_key
        if self._open[key] >= MAX_CALLS_PER_KEY:
            return Refused(RefusalReason.UNAVAILABLE, "too many calls at once, try again")
        self._open[key] += 1
        try:
            return await self._take(signal, context, sender=sender)
        finally:
            self._open[key] -= 1
            if not self._open[key]:
                del self._open[key]

    async def _take(self, signal: Signal, context: _Context, *, sender: Sender) -> Taken | Refused:
        message = await _read(context)
        if isinstance(message, Refused):
            return await self._edge.refuse(sender, otlp_receipt.as_one_item(message, signal))
        body = ExportBody(signal, MediaType.PROTOBUF, wire=message, decoded=message, encoding=content_encoding.IDENTITY)
        return await otlp_receipt.take(self._edge, sender, body)


async def _read(context: _Context) -> bytes | Refused:
    """The one message of a call, decompressed by gRPC."""
    try:
        async with asyncio.timeout(MESSAGE_SECONDS):
            message = await context.read()
    except TimeoutError:
        return _TOO_SLOW
    return message if isinstance(message, bytes) else _NO_MESSAGE


async def _abort(context: _Context, refusal: Refused) -> bytes:
    status = otlp_answers.status_of(refusal)
    context.set_trailing_metadata(((_STATUS_DETAILS, status.SerializeToString()),))
    context.set_code(_CODES[status.code])
    context.set_details(refusal.detail)
    return b""


def _request(context: _Context) -> Request:
    """The call as the authentication sees every request: its metadata are its headers."""
    metadata = context.invocation_metadata() or ()
    headers = [
        (name.encode("ascii"), value.encode("utf-8", "replace") if isinstance(value, str) else value) for name, value in metadata
    ]
    scope = {
        "method": "POST",
        "path": "",
        "query_string": b"",
        "headers": headers,
        "client": (_peer_address(context.peer()), 0),
    }
    return Request(scope, _nothing)


async def _nothing() -> Message:
    return {"type": "http.disconnect"}


def _peer_address(peer: str) -> str | None:
    """The address in "ipv4:192.0.2.1:4711" or "ipv6:%5B2001:db8::1%5D:4711"."""
    family, _, rest = peer.partition(":")
    if family not in {"ipv4", "ipv6"}:
        return None
    return rest.rpartition(":")[0].replace("%5B", "").replace("%5D", "").strip("[]")
