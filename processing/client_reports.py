"""What SDKs say they dropped themselves (client_report items): counted as client_discard.  Source: PROTOCOL.md 8."""

from collections import Counter

import msgspec

from protocol.outcome import DataCategory, Outcome, OutcomeCount

MAX_LINES = 100  # per report; an SDK knows fewer categories times reasons than that
MAX_QUANTITY = 1_000_000  # per line; a client that claims more is broken or hostile
OTHER_REASON = "other"

# Words that SDKs are known to use.  Anyone with a public key can send a report and each new word would be a new row for
# every hour, so unknown words are counted together.
KNOWN_REASONS = frozenset(
    {
        "backpressure", "before_send", "before_send_log", "before_send_metric", "before_send_transaction", "buffer_overflow",
        "cache_overflow", "event_processor", "ignored", "insufficient_data", "internal_sdk_error", "invalid", "network_error",
        "no_parent_span", "queue_overflow", "ratelimit_backoff", "sample_rate", "send_error", "too_large",
    }
)  # fmt: skip
_KNOWN_CATEGORIES = frozenset(category.value for category in DataCategory)


class _Line(msgspec.Struct):
    reason: str = ""
    category: str = ""
    quantity: int = 0


class _Report(msgspec.Struct):
    discarded_events: list[_Line] = []


_decoder = msgspec.json.Decoder(_Report)


class BrokenReportError(Exception):
    def __init__(self) -> None:
        super().__init__("the item is no client report")


def parse(payload: bytes | memoryview) -> tuple[OutcomeCount, ...]:
    """One count per category and reason.  Raises BrokenReportError."""
    try:
        report = _decoder.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BrokenReportError from error
    quantities: Counter[tuple[str, str]] = Counter()
    for line in report.discarded_events[:MAX_LINES]:
        if line.quantity > 0:
            category = line.category if line.category in _KNOWN_CATEGORIES else DataCategory.UNKNOWN.value
            reason = line.reason if line.reason in KNOWN_REASONS else OTHER_REASON
            quantities[category, reason] += min(line.quantity, MAX_QUANTITY)
    return tuple(
        OutcomeCount(category=category, outcome=Outcome.CLIENT_DISCARD, reason=reason, quantity=quantity)
        for (category, reason), quantity in quantities.items()
    )
