"""The legacy /store/: one event as JSON, wrapped into an envelope so that workers know one form only.

Bodies are plain JSON, or base64 of zlib or of plain JSON; GET carries the same in `sentry_data` and wants an image back.
Source: PROTOCOL.md 2; Relay, store.
"""

import binascii
import zlib
from base64 import b64decode
from urllib.parse import parse_qs

import msgspec

from ingest import body_reader, envelope_endpoint, event_id, refusals
from ingest.body_reader import Body
from ingest.edge import Edge, Sender, new_event_id
from ingest.refusals import RefusalReason, Refused
from ingest.request import Request
from ingest.responses import Response, accepted, pixel, refused
from ingest.routes import Route
from protocol import content_encoding, limits
from protocol.content_encoding import BodyTooLargeError, BrokenBodyError
from protocol.outcome import DataCategory, DiscardReason

ENVELOPE_TYPE = "application/x-sentry-envelope"
_BLANKS = b" \t\r\n"
_BOM = b"\xef\xbb\xbf"
_NOT_AN_EVENT = refusals.of_one_item(
    RefusalReason.BAD_EVENT,
    detail="the body is no event",
    category=DataCategory.ERROR,
    discard_reason=DiscardReason.MALFORMED_JSON,
)


class _Event(msgspec.Struct, frozen=True):
    """An event's JSON; `wire` and `encoding` if it came as the whole of a coded body."""

    json: bytes
    wire: bytes | None = None
    encoding: str = content_encoding.IDENTITY


async def handle(edge: Edge, request: Request, route: Route) -> Response:
    """POST: one event, or an envelope if the content type says so; GET: see there."""
    if request.method == "GET":
        return await _handle_get(edge, request, route)
    reader = body_reader.open_body(request)
    sender = await edge.admit(request, route)
    if isinstance(sender, Refused):
        return refused(sender)
    if isinstance(reader, Refused):
        return refused(await edge.refuse(sender, _as_event(reader)))
    if request.content_type == ENVELOPE_TYPE:
        return await envelope_endpoint.receive(edge, sender, reader)
    body = await reader.read_all()
    event = body if isinstance(body, Refused) else _event_in(body)
    answered = await _append(edge, sender, event)
    return refused(answered) if isinstance(answered, Refused) else accepted(answered)


async def _handle_get(edge: Edge, request: Request, route: Route) -> Response:
    """GET: the event in the query, for browsers of old."""
    sender = await edge.admit(request, route)
    if isinstance(sender, Refused):
        return refused(sender)
    sent = parse_qs(request.query, max_num_fields=50).get("sentry_data", [""])[0]
    text = sent.encode("utf-8", "replace")
    if not _is_object(text):
        text = text.replace(b" ", b"+")  # base64 whose "+" was not escaped
    answered = await _append(edge, sender, _event_in_text(text))
    return refused(answered) if isinstance(answered, Refused) else pixel()


async def _append(edge: Edge, sender: Sender, event: _Event | Refused) -> str | Refused:
    """The id that is answered, once the event is durable."""
    if isinstance(event, Refused):
        return await edge.refuse(sender, _as_event(event))
    if len(event.json) > limits.max_item_bytes("event"):
        return await edge.refuse(sender, refusals.of_item_too_large(["event"], culprit="event"))
    identity = event_id.read(event.json)
    answered_id = identity.event_id or new_event_id()
    item_type = "transaction" if identity.is_transaction else "event"
    head = b'{"event_id":"%s"}\n{"type":"%s","length":%d}\n' % (answered_id.encode(), item_type.encode(), len(event.json))
    payload, encoding = _wrap(event, head)
    return await edge.append(sender, payload=payload, encoding=encoding, event_id=answered_id) or answered_id


def _wrap(event: _Event, head: bytes) -> tuple[bytes, str]:
    """The envelope around an event; a gzip body keeps its compression, because gzip members may follow each other (RFC 1952, 2.2)."""
    if event.wire is not None and event.encoding == "gzip":
        return zlib.compress(head, level=1, wbits=31) + event.wire, event.encoding
    return head + event.json, content_encoding.IDENTITY


def _event_in(body: Body) -> _Event | Refused:
    if _is_object(body.decoded):
        return _Event(body.decoded, wire=body.wire, encoding=body.encoding)
    return _event_in_text(body.decoded)


def _event_in_text(text: bytes) -> _Event | Refused:
    """An event as JSON, as base64 of JSON, or as base64 of zlib of JSON."""
    if _is_object(text):
        return _Event(text)
    try:
        raw = b64decode(text.translate(None, _BLANKS), validate=True)
        json = raw if _is_object(raw) else content_encoding.decode(raw, encoding="deflate")
    except (binascii.Error, ValueError, BrokenBodyError):
        return _NOT_AN_EVENT
    except BodyTooLargeError:
        return Refused(RefusalReason.TOO_LARGE, "request body is too large")
    return _Event(json) if _is_object(json) else _NOT_AN_EVENT


def _is_object(text: bytes) -> bool:
    """Whether this looks like a JSON object; everything further is the worker's."""
    return text[:256].removeprefix(_BOM).lstrip(_BLANKS)[:1] == b"{"


def _as_event(refusal: Refused) -> Refused:
    """What /store/ refuses is one event, whatever is wrong with it."""
    if refusal.counts:
        return refusal
    discard_reason = DiscardReason.TOO_LARGE if refusal.reason is RefusalReason.TOO_LARGE else DiscardReason.MALFORMED_ITEM
    return refusals.of_one_item(refusal.reason, detail=refusal.detail, category=DataCategory.ERROR, discard_reason=discard_reason)
