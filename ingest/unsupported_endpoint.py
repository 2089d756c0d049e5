"""Endpoints whose items are not stored yet: they answer as a compatible server does and count what they dropped.

Each request ends as one `unsupported` item in its category, durably, so that a tenant sees what it sends in vain.
"""

from uuid import UUID

from ingest import body_reader
from ingest.edge import Edge, new_event_id
from ingest.refusals import Refused
from ingest.request import Request
from ingest.responses import Response, empty, refused, text
from ingest.routes import Endpoint, Route
from protocol.outcome import DataCategory, DiscardReason, Outcome, OutcomeCount

_CATEGORY: dict[Endpoint, DataCategory] = {
    Endpoint.SECURITY: DataCategory.SECURITY,
    Endpoint.NEL: DataCategory.SECURITY,
    Endpoint.MINIDUMP: DataCategory.ERROR,
    Endpoint.UNREAL: DataCategory.ERROR,
    Endpoint.ATTACHMENTS: DataCategory.ATTACHMENT,
    Endpoint.CRON: DataCategory.MONITOR,
}


async def handle(edge: Edge, request: Request, route: Route) -> Response:
    sender = await edge.admit(request, route)
    if isinstance(sender, Refused):
        return refused(sender)
    too_large = await body_reader.discard(request)
    outcome = Outcome.INVALID if too_large else Outcome.UNSUPPORTED
    reason = DiscardReason.TOO_LARGE if too_large else DiscardReason.ITEM_TYPE
    failure = await edge.count(sender, (OutcomeCount(_CATEGORY[route.endpoint], outcome, reason, 1),))
    refusal = failure or too_large
    return _answer(route) if refusal is None else refused(refusal)


def _answer(route: Route) -> Response:
    """Status and shape of PROTOCOL.md 2."""
    match route.endpoint:
        case Endpoint.MINIDUMP | Endpoint.UNREAL:
            return text(200, str(UUID(new_event_id())))
        case Endpoint.ATTACHMENTS:
            return empty(201)
        case Endpoint.CRON:
            return empty(202)
        case _:
            return empty(200)
