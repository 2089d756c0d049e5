"""The Sentry envelope: one header line, then items of a header line and a payload.

`parse` is total: whatever the bytes, it gives an Envelope or a MalformedEnvelope and never raises.  Payloads are views into
the body, so nothing is allocated by a length that a client declares.  Source: sentry-docs, envelopes; PROTOCOL.md 5.
"""

import json
import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from protocol import limits

EVENT_LIKE_TYPES = frozenset({"event", "transaction", "feedback"})  # the items whose id an SDK is answered
_BLANKS = re.compile(rb"[ \t\r\n]*")
_LINE_BLANKS = b" \t\r"
_EVENT_ID = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.ASCII)
_UNKNOWN_TYPE = "unknown"


class EnvelopeProblem(StrEnum):
    """Why a body is no envelope."""

    EMPTY = "empty"
    HEADER_TOO_LARGE = "header_too_large"
    BAD_HEADER = "bad_envelope"
    DUPLICATE_KEY = "duplicate_key"
    BAD_EVENT_ID = "bad_event_id"
    BAD_ITEM = "bad_item"
    TOO_MANY_ITEMS = "too_many_items"


class Sdk(msgspec.Struct, frozen=True):
    name: str | None = None
    version: str | None = None


class EnvelopeHeader(msgspec.Struct, frozen=True):
    event_id: str | None  # 32 hex digits
    dsn: str | None  # as sent, unverified
    sent_at: datetime | None  # aware; None if absent or unreadable
    sdk: Sdk | None
    raw: bytes  # the header line, with everything we do not know


class EnvelopeItem(msgspec.Struct, frozen=True):
    type: str
    payload: memoryview
    length: int | None = None  # as declared
    filename: str | None = None
    content_type: str | None = None
    attachment_type: str | None = None
    item_count: int | None = None
    platform: str | None = None
    raw_header: bytes = b"{}"


class Envelope(msgspec.Struct, frozen=True):
    header: EnvelopeHeader
    items: tuple[EnvelopeItem, ...]


class MalformedEnvelope(msgspec.Struct, frozen=True):
    """The first thing that is wrong, where, and the types of the items up to there (the broken one included)."""

    problem: EnvelopeProblem
    offset: int
    item_types: tuple[str, ...]


class _Malformed(Exception):  # noqa: N818  # never leaves this module
    def __init__(self, problem: EnvelopeProblem, offset: int) -> None:
        super().__init__(problem)
        self.problem = problem
        self.offset = offset


class _WireHeader(msgspec.Struct):
    event_id: str | None = None
    dsn: str | None = None
    sent_at: str | float | None = None
    sdk: Sdk | None = None


class _WireItemHeader(msgspec.Struct):
    type: Annotated[str, msgspec.Meta(min_length=1)]
    length: Annotated[int, msgspec.Meta(ge=0)] | None = None
    filename: str | None = None
    content_type: str | None = None
    attachment_type: str | None = None
    item_count: int | None = None
    platform: str | None = None


_header_decoder = msgspec.json.Decoder(_WireHeader)
_item_decoder = msgspec.json.Decoder(_WireItemHeader)


def parse(body: bytes) -> Envelope | MalformedEnvelope:
    """The envelope in a decoded body, or the first thing that is wrong with it."""
    items: list[EnvelopeItem] = []
    seen: list[str] = []
    try:
        header, position = _read_envelope_header(body)
        view = memoryview(body)
        while (position := _skip_blanks(body, position)) < len(body):
            position = _read_item(body, position, view=view, items=items, seen=seen)
        _check_attachments(seen, position)
    except _Malformed as fault:
        return MalformedEnvelope(problem=fault.problem, offset=fault.offset, item_types=tuple(seen))
    return Envelope(header=header, items=tuple(items))


def parse_header_line(line: bytes) -> EnvelopeHeader | MalformedEnvelope:
    """The envelope header alone, for whoever must decide before the rest of the body has come (tunnel)."""
    try:
        return _decode_envelope_header(line)
    except _Malformed as fault:
        return MalformedEnvelope(problem=fault.problem, offset=fault.offset, item_types=())


def serialize(header: dict[str, object], items: list[tuple[dict[str, object], bytes]]) -> bytes:
    """An envelope with a length on every item, which is never ambiguous."""
    lines = [msgspec.json.encode(header)]
    for item_header, payload in items:
        lines += [msgspec.json.encode({**item_header, "length": len(payload)}), payload]
    return b"\n".join(lines) + b"\n"


def normalize_event_id(text: str) -> str | None:
    """32 lower-case hex digits from an id with or without hyphens; None if it is no such id."""
    lowered = text.lower()
    return lowered.replace("-", "") if _EVENT_ID.fullmatch(lowered) else None


def _read_envelope_header(body: bytes) -> tuple[EnvelopeHeader, int]:
    if not body:
        raise _Malformed(EnvelopeProblem.EMPTY, 0)
    line, position = _read_line(body, 0, max_bytes=limits.MAX_ENVELOPE_HEADER_BYTES)
    return _decode_envelope_header(line), position


def _decode_envelope_header(line: bytes) -> EnvelopeHeader:
    try:
        wire = _header_decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        wire = _tolerant_envelope_header(line)
    if _may_repeat_key(line) and _repeats_key(line):
        raise _Malformed(EnvelopeProblem.DUPLICATE_KEY, 0)
    event_id = None if wire.event_id is None else normalize_event_id(wire.event_id)
    if wire.event_id is not None and event_id is None:
        raise _Malformed(EnvelopeProblem.BAD_EVENT_ID, 0)
    return EnvelopeHeader(event_id=event_id, dsn=wire.dsn, sent_at=_moment(wire.sent_at), sdk=wire.sdk, raw=line)


def _read_item(body: bytes, position: int, *, view: memoryview, items: list[EnvelopeItem], seen: list[str]) -> int:
    start = position
    seen.append(_UNKNOWN_TYPE)
    if len(seen) > limits.MAX_ITEMS:
        raise _Malformed(EnvelopeProblem.TOO_MANY_ITEMS, start)
    line, position = _read_line(body, position, max_bytes=limits.MAX_ITEM_HEADER_BYTES)
    wire = _decode_item_header(line, start)
    seen[-1] = wire.type
    end, following = _payload_end(body, position, length=wire.length, start=start)
    items.append(
        EnvelopeItem(
            type=wire.type,
            payload=view[position:end],
            length=wire.length,
            filename=wire.filename,
            content_type=wire.content_type,
            attachment_type=wire.attachment_type,
            item_count=wire.item_count,
            platform=wire.platform,
            raw_header=line,
        )
    )
    return following


def _payload_end(body: bytes, position: int, *, length: int | None, start: int) -> tuple[int, int]:
    """Where the payload ends and where the next item may begin; a declared length must be followed by a newline or the end."""
    if length is None:
        newline = body.find(b"\n", position)
        return (len(body), len(body)) if newline < 0 else (newline, newline + 1)
    end = position + length
    if end > len(body) or (end < len(body) and body[end] != 0x0A):
        raise _Malformed(EnvelopeProblem.BAD_ITEM, start)
    return end, end + 1


def _read_line(body: bytes, position: int, *, max_bytes: int) -> tuple[bytes, int]:
    """The line at `position` without its newline, and where the next one begins; looks at `max_bytes` only."""
    newline = body.find(b"\n", position, position + max_bytes + 1)
    if newline >= 0:
        return body[position:newline], newline + 1
    if len(body) - position > max_bytes:
        raise _Malformed(EnvelopeProblem.HEADER_TOO_LARGE, position)
    return body[position:], len(body)


def _skip_blanks(body: bytes, position: int) -> int:
    """Blank lines between items are tolerated, however many, in one step."""
    if position >= len(body) or body[position] == 0x7B:  # "{"
        return position
    found = _BLANKS.match(body, position)
    return found.end() if found else position


def _decode_item_header(line: bytes, start: int) -> _WireItemHeader:
    try:
        return _item_decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _tolerant_item_header(line, start)


def _tolerant_envelope_header(line: bytes) -> _WireHeader:
    """What strict decoding refused: lone surrogates, wrong types of fields that do not matter."""
    fields = _loads_object(line)
    event_id, dsn, sent_at, sdk = (fields.get(name) for name in ("event_id", "dsn", "sent_at", "sdk"))
    if not isinstance(event_id, str | None):
        raise _Malformed(EnvelopeProblem.BAD_EVENT_ID, 0)
    if not isinstance(dsn, str | None):
        raise _Malformed(EnvelopeProblem.BAD_HEADER, 0)
    return _WireHeader(
        event_id=event_id,
        dsn=dsn,
        sent_at=sent_at if isinstance(sent_at, str) else None,
        sdk=Sdk(name=_text(sdk.get("name")), version=_text(sdk.get("version"))) if isinstance(sdk, dict) else None,
    )


def _tolerant_item_header(line: bytes, start: int) -> _WireItemHeader:
    fields = _loads_object(line, problem=EnvelopeProblem.BAD_ITEM, offset=start)
    item_type, length, item_count = fields.get("type"), fields.get("length"), fields.get("item_count")
    if not isinstance(item_type, str) or not item_type:
        raise _Malformed(EnvelopeProblem.BAD_ITEM, start)
    if length is not None and (not isinstance(length, int) or isinstance(length, bool) or length < 0):
        raise _Malformed(EnvelopeProblem.BAD_ITEM, start)
    return _WireItemHeader(
        type=_without_surrogates(item_type),
        length=length,
        filename=_text(fields.get("filename")),
        content_type=_text(fields.get("content_type")),
        attachment_type=_text(fields.get("attachment_type")),
        item_count=item_count if isinstance(item_count, int) and not isinstance(item_count, bool) else None,
        platform=_text(fields.get("platform")),
    )


def _loads_object(line: bytes, *, problem: EnvelopeProblem = EnvelopeProblem.BAD_HEADER, offset: int = 0) -> dict[str, object]:
    try:
        value = json.loads(line.decode("utf-8", "replace").strip(_LINE_BLANKS.decode()))
    except (ValueError, RecursionError) as error:
        raise _Malformed(problem, offset) from error
    if not isinstance(value, dict):
        raise _Malformed(problem, offset)
    return value


def _may_repeat_key(line: bytes) -> bool:
    """A cheap look first: nearly every header names each of them once."""
    return line.count(b'"event_id"') > 1 or line.count(b'"dsn"') > 1 or line.count(b'"sent_at"') > 1


def _repeats_key(line: bytes) -> bool:
    """Whether a key of the outermost object which layers must agree on comes twice (sentry-docs: sent_at twice -> reject)."""
    pairs: list[tuple[str, object]] = []

    def keep_last(found: list[tuple[str, object]]) -> dict[str, object]:
        pairs[:] = found  # objects close from the inside out, so the outermost is the last
        return dict(found)

    try:
        json.loads(line.decode("utf-8", "replace"), object_pairs_hook=keep_last)
    except (ValueError, RecursionError):
        return True
    names = [name for name, _ in pairs if name in {"event_id", "dsn", "sent_at"}]
    return len(names) != len(set(names))


def _check_attachments(seen: list[str], position: int) -> None:
    if len(seen) > limits.MAX_ATTACHMENTS and seen.count("attachment") > limits.MAX_ATTACHMENTS:
        raise _Malformed(EnvelopeProblem.TOO_MANY_ITEMS, position)


def _moment(sent_at: str | float | None) -> datetime | None:
    if not isinstance(sent_at, str):
        return None
    try:
        moment = datetime.fromisoformat(sent_at)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _text(value: object) -> str | None:
    return _without_surrogates(value) if isinstance(value, str) else None


def _without_surrogates(text: str) -> str:
    """Lone surrogates cannot be stored or sent on; pairs stay what they mean."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
