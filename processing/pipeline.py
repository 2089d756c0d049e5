"""One event item from bytes to what is stored: pure, and readable from top to bottom."""

import msgspec

from processing import user_identity
from processing.enrichment import headline, summary
from processing.event_input import EventInput, ProjectSettings, ScrubPolicy, ScrubProfile
from processing.grouping import v1
from processing.grouping.fingerprint import Fingerprint
from processing.normalization import canonical
from processing.scrubbing import event as event_scrubbing
from protocol.event import Event, main_exception
from protocol.outcome import DataCategory, DiscardReason, Outcome

__all__ = ["Discarded", "EventInput", "Processed", "ProjectSettings", "ScrubPolicy", "ScrubProfile", "process"]


class Processed(msgspec.Struct, frozen=True):
    """An event ready to be stored; nothing in it is unscrubbed."""

    event: Event
    fingerprints: tuple[Fingerprint, ...]  # the first is the primary one; never empty
    summary: dict[str, object]
    user_hash: bytes | None  # 16 bytes
    tags: tuple[tuple[str, str], ...]  # the event's own and those made of its fields


class Discarded(msgspec.Struct, frozen=True):
    """An item that is not stored, and how it is counted."""

    category: DataCategory
    outcome: Outcome
    reason: DiscardReason


def process(event_input: EventInput, settings: ProjectSettings) -> Processed | Discarded:
    """What becomes of one item of type `event`.

    The user's hash is made before scrubbing; grouping, title, tags and summary only ever see the scrubbed event.
    """
    tree = canonical.normalize(event_input)
    if isinstance(tree, DiscardReason):
        return _discarded(tree)
    user_hash = user_identity.user_hash(tree["user"], settings.subject_key)
    event_scrubbing.scrub(tree, settings.scrub_policy, subject_key=settings.subject_key)
    event = _described(msgspec.convert(tree, Event))
    main = main_exception(event)
    contexts = summary.short_contexts(event)
    return Processed(
        event=event,
        fingerprints=v1.fingerprints(event),
        summary=summary.summarize(event, main=main, contexts=contexts),
        user_hash=user_hash,
        tags=summary.search_tags(event, main=main, contexts=contexts),
    )


def _described(event: Event) -> Event:
    """The event with type, value, title and culprit of its main exception."""
    main = main_exception(event)
    return msgspec.structs.replace(
        event,
        type=main.type if main else None,
        value=main.value if main else None,
        title=headline.title(event, main),
        culprit=headline.culprit(event, main, sent=event.culprit),
    )


def _discarded(reason: DiscardReason) -> Discarded:
    if reason is DiscardReason.ITEM_TYPE:
        return Discarded(DataCategory.TRANSACTION, Outcome.UNSUPPORTED, reason)
    return Discarded(DataCategory.ERROR, Outcome.INVALID, reason)
