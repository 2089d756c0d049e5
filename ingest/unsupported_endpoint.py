"""Endpoints whose items are not stored yet: they answer as a compatible server does and count what they dropped.

Each request ends as one `unsupported` item in its category, durably, so that a tenant sees what it sends in vain.
"""

from uuid import UUID

from ingest import body_reader
from ingest.edge import Edge, new_event_id
from ingest.refusals import RefusalReason, Refused
from ingest.request import Request
from ingest.responses import Response, empty, json, refused, text
from ingest.routes import Endpoint, Route
from protocol.outcome import DataCategory, DiscardReason, Outcome, OutcomeCount

_CATEGORY: dict[Endpoint, DataCategory] = {
    Endpoint.SECURITY: DataCategory.SECURITY,
    Endpoint.NEL: DataCategory.SECURITY,
    Endpoint.MINIDUMP: DataCategory.ERROR,
    Endpoint.UNREAL: DataCategory.ERROR,
    Endpoint.ATTACHMENTS: DataCategory.ATTACHMENT,
    Endpoint.CRON: DataCategory.MONITOR,
    Endpoint.OTLP_TRACES: DataCategory.SPAN,
    Endpoint.OTLP_LOGS: DataCategory.LOG_ITEM,
    Endpoint.OTLP_METRICS: DataCategory.TRACE_METRIC,
}
_OTLP = frozenset({Endpoint.OTLP_TRACES, Endpoint.OTLP_LOGS, Endpoint.OTLP_METRICS})
_PROTOBUF = "application/x-protobuf"
_OTLP_TYPES = frozenset({_PROTOBUF, "application/json"})
_NOT_OTLP = Refused(RefusalReason.UNSUPPORTED_MEDIA_TYPE, "OTLP is protobuf or JSON")


async def handle(edge: Edge, request: Request, route: Route) -> Response:
    sender = await edge.admit(request, route)
    if isinstance(sender, Refused):
        return refused(sender)
    if route.endpoint in _OTLP and request.content_type not in _OTLP_TYPES:
        return refused(_NOT_OTLP)
    too_large = await body_reader.discard(request)
    outcome = Outcome.INVALID if too_large else Outcome.UNSUPPORTED
    reason = DiscardReason.TOO_LARGE if too_large else DiscardReason.ITEM_TYPE
    failure = await edge.count(sender, (OutcomeCount(_CATEGORY[route.endpoint], outcome, reason, 1),))
    refusal = failure or too_large
    return _answer(request, route) if refusal is None else refused(refusal)


def _answer(request: Request, route: Route) -> Response:
    """Status and shape of PROTOCOL.md 2."""
    match route.endpoint:
        case Endpoint.MINIDUMP | Endpoint.UNREAL:
            return text(200, str(UUID(new_event_id())))
        case Endpoint.ATTACHMENTS:
            return empty(201)
        case Endpoint.CRON:
            return empty(202)
        case Endpoint.OTLP_TRACES | Endpoint.OTLP_LOGS | Endpoint.OTLP_METRICS:
            return json(200, b"{}") if request.content_type != _PROTOBUF else empty(200, content_type=_PROTOBUF.encode())
        case _:
            return empty(200)
