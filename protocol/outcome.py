"""What becomes of an item: every item that enters ends in exactly one outcome."""

from enum import StrEnum

import msgspec


class Outcome(StrEnum):
    ACCEPTED = "accepted"
    FILTERED = "filtered"
    RATE_LIMITED = "rate_limited"
    INVALID = "invalid"
    CLIENT_DISCARD = "client_discard"
    UNSUPPORTED = "unsupported"
    DEAD = "dead"


class DataCategory(StrEnum):
    """Categories of Sentry's rate limits and client reports (sentry-docs, rate-limiting)."""

    DEFAULT = "default"
    ERROR = "error"
    TRANSACTION = "transaction"
    SECURITY = "security"
    ATTACHMENT = "attachment"
    SESSION = "session"
    PROFILE = "profile"
    PROFILE_CHUNK = "profile_chunk"
    REPLAY = "replay"
    MONITOR = "monitor"
    SPAN = "span"
    FEEDBACK = "feedback"
    LOG_ITEM = "log_item"
    TRACE_METRIC = "trace_metric"
    METRIC_BUCKET = "metric_bucket"
    INTERNAL = "internal"
    UNKNOWN = "unknown"


# Item type on the wire -> category.  Source: sentry-docs envelope-items; what is not listed counts as unknown.
CATEGORY_OF_ITEM_TYPE: dict[str, DataCategory] = {
    "event": DataCategory.ERROR,
    "transaction": DataCategory.TRANSACTION,
    "security": DataCategory.SECURITY,
    "raw_security": DataCategory.SECURITY,
    "attachment": DataCategory.ATTACHMENT,
    "session": DataCategory.SESSION,
    "sessions": DataCategory.SESSION,
    "profile": DataCategory.PROFILE,
    "profile_chunk": DataCategory.PROFILE_CHUNK,
    "replay_event": DataCategory.REPLAY,
    "replay_recording": DataCategory.REPLAY,
    "replay_video": DataCategory.REPLAY,
    "check_in": DataCategory.MONITOR,
    "span": DataCategory.SPAN,
    "feedback": DataCategory.FEEDBACK,
    "user_report": DataCategory.FEEDBACK,
    "log": DataCategory.LOG_ITEM,
    "otel_log": DataCategory.LOG_ITEM,
    "trace_metric": DataCategory.TRACE_METRIC,
    "statsd": DataCategory.METRIC_BUCKET,
    "metric_buckets": DataCategory.METRIC_BUCKET,
    "client_report": DataCategory.INTERNAL,
}


class DiscardReason(StrEnum):
    """Why an item was not stored.  Reasons of client reports are the SDKs' own words and are kept as text."""

    NONE = ""
    MALFORMED_JSON = "malformed_json"
    MALFORMED_ITEM = "malformed_item"
    TOO_LARGE = "too_large"
    TOO_MANY_ITEMS = "too_many_items"
    DUPLICATE_EVENT = "duplicate_event"
    DUPLICATE_ITEM = "duplicate_item"
    ITEM_TYPE = "item_type"
    PROCESSING_FAILED = "processing_failed"
    UNKNOWN_PROJECT = "unknown_project"


class OutcomeCount(msgspec.Struct, frozen=True):
    """`quantity` items of one category that ended in one way."""

    category: str
    outcome: Outcome
    reason: str
    quantity: int


def category_of(item_type: str) -> DataCategory:
    """The category in which an item of this wire type is counted."""
    return CATEGORY_OF_ITEM_TYPE.get(item_type, DataCategory.UNKNOWN)
