"""The id of an event, read without understanding the event."""

import re

import msgspec

from protocol.envelope import normalize_event_id

# Legacy SDKs send NaN, browsers lone surrogates: the strict decoder refuses both, and the id is still wanted.
_EVENT_ID_TEXT = re.compile(rb'"event_id"\s{0,16}:\s{0,16}"([0-9a-fA-F-]{32,36})"')
_SEARCHED_BYTES = 64 * 1024


class _Identified(msgspec.Struct):
    event_id: str | None = None
    type: str | None = None


class EventIdentity(msgspec.Struct, frozen=True):
    event_id: str | None  # 32 hex digits
    is_transaction: bool


_decoder = msgspec.json.Decoder(_Identified)


def read(payload: bytes | memoryview) -> EventIdentity:
    """The event's own id, if it has a valid one; never raises, and the event may be broken elsewhere."""
    try:
        found = _decoder.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        text = _EVENT_ID_TEXT.search(bytes(payload[:_SEARCHED_BYTES]))
        return EventIdentity(normalize_event_id(text[1].decode("ascii")) if text else None, is_transaction=False)
    event_id = normalize_event_id(found.event_id) if found.event_id else None
    return EventIdentity(event_id, is_transaction=found.type == "transaction")
