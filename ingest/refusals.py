"""Every reason for which the edge refuses a request; the word is what X-Sentry-Error says."""

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from protocol.auth_header import AuthProblem
from protocol.envelope import EnvelopeProblem, MalformedEnvelope
from protocol.outcome import DataCategory, DiscardReason, Outcome, OutcomeCount, category_of


class RefusalReason(StrEnum):
    MISSING_KEY = "missing_key"
    MULTIPLE_AUTH = "multiple_auth"
    MALFORMED_AUTH = "malformed_auth"
    UNSUPPORTED_VERSION = "unsupported_version"
    UNKNOWN_KEY = "unknown_key"
    KEY_EXPIRED = "key_expired"
    BAD_PROJECT = "bad_project"
    DSN_MISMATCH = "dsn_mismatch"
    BAD_DSN = "bad_dsn"
    TOO_LARGE = "too_large"
    TOO_MANY_ITEMS = "too_many_items"
    HEADER_TOO_LARGE = "header_too_large"
    BAD_ENCODING = "bad_encoding"
    UNSUPPORTED_ENCODING = "unsupported_encoding"
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type"
    EMPTY = "empty"
    BAD_ENVELOPE = "bad_envelope"
    BAD_ITEM = "bad_item"
    BAD_EVENT_ID = "bad_event_id"
    DUPLICATE_KEY = "duplicate_key"
    BAD_EVENT = "bad_event"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    UNAVAILABLE = "unavailable"


class Refused(msgspec.Struct, frozen=True):
    """A request that ends here; `counts` are the items of a known tenant which end with it."""

    reason: RefusalReason
    detail: str
    counts: tuple[OutcomeCount, ...] = ()


_OF_AUTH_PROBLEM = {
    AuthProblem.MISSING: (RefusalReason.MISSING_KEY, "missing authorization information"),
    AuthProblem.MULTIPLE: (RefusalReason.MULTIPLE_AUTH, "multiple authorization payloads detected"),
    AuthProblem.MALFORMED: (RefusalReason.MALFORMED_AUTH, "bad authorization information"),
    AuthProblem.UNSUPPORTED_VERSION: (RefusalReason.UNSUPPORTED_VERSION, "unsupported protocol version"),
}
_OF_ENVELOPE_PROBLEM = {
    EnvelopeProblem.EMPTY: (RefusalReason.EMPTY, DiscardReason.MALFORMED_ITEM),
    EnvelopeProblem.HEADER_TOO_LARGE: (RefusalReason.HEADER_TOO_LARGE, DiscardReason.TOO_LARGE),
    EnvelopeProblem.BAD_HEADER: (RefusalReason.BAD_ENVELOPE, DiscardReason.MALFORMED_ITEM),
    EnvelopeProblem.DUPLICATE_KEY: (RefusalReason.DUPLICATE_KEY, DiscardReason.MALFORMED_ITEM),
    EnvelopeProblem.BAD_EVENT_ID: (RefusalReason.BAD_EVENT_ID, DiscardReason.MALFORMED_ITEM),
    EnvelopeProblem.BAD_ITEM: (RefusalReason.BAD_ITEM, DiscardReason.MALFORMED_ITEM),
    EnvelopeProblem.TOO_MANY_ITEMS: (RefusalReason.TOO_MANY_ITEMS, DiscardReason.TOO_MANY_ITEMS),
}


def of_auth_problem(problem: AuthProblem) -> Refused:
    reason, detail = _OF_AUTH_PROBLEM[problem]
    return Refused(reason, detail)


def of_malformed_envelope(malformed: MalformedEnvelope) -> Refused:
    """Every item that was seen is invalid; if none was, one item of unknown category is."""
    reason, discard_reason = _OF_ENVELOPE_PROBLEM[malformed.problem]
    return Refused(
        reason,
        f"invalid envelope: {malformed.problem} at byte {malformed.offset}",
        count_types(malformed.item_types or ("",), reason=discard_reason),
    )


def of_item_too_large(item_types: Sequence[str], *, culprit: str) -> Refused:
    """An envelope is refused as a whole: an SDK cannot be told that half of it was taken."""
    return Refused(
        RefusalReason.TOO_LARGE, f"item of type {culprit} is too large", count_types(item_types, reason=DiscardReason.TOO_LARGE)
    )


def of_one_item(reason: RefusalReason, *, detail: str, category: DataCategory, discard_reason: DiscardReason) -> Refused:
    """A body which could not be taken apart counts as one item."""
    return Refused(reason, detail, (OutcomeCount(category, Outcome.INVALID, discard_reason, 1),))


def count_types(item_types: Sequence[str], *, reason: DiscardReason) -> tuple[OutcomeCount, ...]:
    """Items which end as invalid, counted by category."""
    quantities: dict[DataCategory, int] = {}
    for item_type in item_types:
        category = category_of(item_type)
        quantities[category] = quantities.get(category, 0) + 1
    return tuple(OutcomeCount(category, Outcome.INVALID, reason, quantity) for category, quantity in quantities.items())
