"""OTLP over HTTP: traces, logs and metrics, as protobuf or JSON, for a project in the path or for the key's own."""

from ingest import body_reader, otlp_answers, otlp_receipt
from ingest.edge import Edge
from ingest.otlp_receipt import SIGNAL_OF_ENDPOINT, ExportBody, Taken
from ingest.refusals import RefusalReason, Refused
from ingest.request import Request
from ingest.responses import Response
from ingest.routes import Route
from protocol.otlp import MediaType, Signal

_MEDIA_TYPES = {
    "application/x-protobuf": MediaType.PROTOBUF,
    "application/protobuf": MediaType.PROTOBUF,
    "application/json": MediaType.JSON,
}
_NOT_OTLP = Refused(RefusalReason.UNSUPPORTED_MEDIA_TYPE, "OTLP is application/x-protobuf or application/json")


async def handle(edge: Edge, request: Request, route: Route) -> Response:
    """200 when the request is durable; 429 and 503 are tried again by exporters, others are not."""
    signal = SIGNAL_OF_ENDPOINT[route.endpoint]
    media_type = _MEDIA_TYPES.get(request.content_type)
    answer = await _receive(edge, request, route, signal=signal, media_type=media_type)
    if isinstance(answer, Refused):
        return otlp_answers.of_refusal(answer, media_type or MediaType.JSON)
    return otlp_answers.of_taken(signal, media_type or MediaType.JSON, answer)


async def _receive(
    edge: Edge, request: Request, route: Route, *, signal: Signal, media_type: MediaType | None
) -> Taken | Refused:
    reader = body_reader.open_body(request)
    sender = await edge.admit(request, route)
    if isinstance(sender, Refused):
        return sender
    if media_type is None:
        return await edge.refuse(sender, otlp_receipt.as_one_item(_NOT_OTLP, signal))
    if isinstance(reader, Refused):
        return await edge.refuse(sender, otlp_receipt.as_one_item(reader, signal))
    body = await reader.read_all()
    if isinstance(body, Refused):
        return await edge.refuse(sender, otlp_receipt.as_one_item(body, signal))
    return await otlp_receipt.take(
        edge, sender, ExportBody(signal, media_type, wire=body.wire, decoded=body.decoded, encoding=body.encoding)
    )
