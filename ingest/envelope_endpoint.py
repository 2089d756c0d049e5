"""POST /api/{project}/envelope/ and the tunnel: an envelope goes into the queue as it came, if its grammar holds."""

from ingest import body_reader, event_id, refusals
from ingest.body_reader import Body, BodyReader
from ingest.edge import Edge, Sender, new_event_id
from ingest.refusals import RefusalReason, Refused
from ingest.request import Request
from ingest.responses import Response, accepted, refused
from ingest.routes import Route
from protocol import dsn, limits
from protocol.dsn import DsnError
from protocol.envelope import EVENT_LIKE_TYPES, Envelope, EnvelopeHeader, MalformedEnvelope, parse, parse_header_line
from protocol.outcome import DataCategory, DiscardReason

_MISMATCH = Refused(RefusalReason.DSN_MISMATCH, "the DSN of the envelope is not the one of the request")
_BAD_DSN = Refused(RefusalReason.BAD_DSN, "bad DSN in the envelope header")
_MISSING = Refused(RefusalReason.MISSING_KEY, "missing authorization information")


async def handle(edge: Edge, request: Request, route: Route) -> Response:
    """An envelope whose sender is named by HTTP, or else by its own DSN (tunnel)."""
    reader = body_reader.open_body(request)
    sender = await edge.admit(request, route)
    if isinstance(sender, Refused):
        if sender.reason is not RefusalReason.MISSING_KEY:
            return refused(sender)
        return await handle_tunnel(edge, request, route)
    if isinstance(reader, Refused):
        return refused(await edge.refuse(sender, _as_one_item(reader)))
    return await receive(edge, sender, reader)


async def handle_tunnel(edge: Edge, request: Request, route: Route) -> Response:
    """An envelope whose sender is named by the DSN in its header only; the host in that DSN is never contacted."""
    reader = body_reader.open_body(request)
    if isinstance(reader, Refused):
        return refused(reader)
    line = await reader.read_line()
    if isinstance(line, Refused):
        return refused(line)
    header = parse_header_line(line) if line else None
    if header is None or isinstance(header, MalformedEnvelope) or header.dsn is None:
        return refused(_MISSING)
    try:
        target = dsn.parse(header.dsn)
    except DsnError:
        return refused(_BAD_DSN)
    if route.project is not None and dsn.parse_project_id(route.project) != target.project_id:
        return refused(_MISMATCH)
    sender = await edge.admit_key(target.public_key, request=request, project_id=target.project_id)
    return refused(sender) if isinstance(sender, Refused) else await receive(edge, sender, reader)


async def receive(edge: Edge, sender: Sender, reader: BodyReader) -> Response:
    """Everything after the sender is known: read, check the grammar, append, answer."""
    body = await reader.read_all()
    if isinstance(body, Refused):
        return refused(await edge.refuse(sender, _as_one_item(body)))
    envelope = parse(body.decoded)
    if isinstance(envelope, MalformedEnvelope):
        return refused(await edge.refuse(sender, refusals.of_malformed_envelope(envelope)))
    if (refusal := _fault(envelope, sender)) is not None:
        return refused(await edge.refuse(sender, refusal))
    return await _append(edge, sender, envelope=envelope, body=body)


async def _append(edge: Edge, sender: Sender, *, envelope: Envelope, body: Body) -> Response:
    answered_id = _answered_id(envelope)
    if envelope.items:
        failure = await edge.append(sender, payload=body.wire, encoding=body.encoding, event_id=answered_id)
        if failure is not None:
            return refused(failure)
    return accepted(answered_id)


def _fault(envelope: Envelope, sender: Sender) -> Refused | None:
    types = [item.type for item in envelope.items]
    if not _names_sender(envelope.header, sender):
        return Refused(_MISMATCH.reason, _MISMATCH.detail, refusals.count_types(types, reason=DiscardReason.UNKNOWN_PROJECT))
    for item in envelope.items:
        if len(item.payload) > limits.max_item_bytes(item.type):
            return refusals.of_item_too_large(types, culprit=item.type)
    return None


def _names_sender(header: EnvelopeHeader, sender: Sender) -> bool:
    """A DSN beside HTTP authentication is normal; it must mean the same project (its host may be anything)."""
    if header.dsn is None:
        return True
    try:
        target = dsn.parse(header.dsn)
    except DsnError:
        return False
    return target.project_id == sender.grant.project_id and target.public_key == sender.public_key


def _answered_id(envelope: Envelope) -> str | None:
    """The header's id; else the id of the item that is an event, or a new one for it; None without any event."""
    if envelope.header.event_id is not None:
        return envelope.header.event_id
    for item in envelope.items:
        if item.type in EVENT_LIKE_TYPES:
            return event_id.read(item.payload).event_id or new_event_id()
    return None


def _as_one_item(refusal: Refused) -> Refused:
    discard_reason = DiscardReason.TOO_LARGE if refusal.reason is RefusalReason.TOO_LARGE else DiscardReason.MALFORMED_ITEM
    return refusals.of_one_item(
        refusal.reason, detail=refusal.detail, category=DataCategory.UNKNOWN, discard_reason=discard_reason
    )
