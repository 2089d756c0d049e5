"""One tenant's part of a batch becomes durable: events, issues, counters and outcomes in one transaction."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from eventstore import event_batch
from eventstore.event_batch import ChangedIssue
from eventstore.new_event import Identity, NewEvent
from eventstore.outcomes import OutcomeKey, hour_of
from processing import processed_messages
from processing.preparation import PreparedMessage
from protocol.outcome import DataCategory, DiscardReason, Outcome, OutcomeCount
from tenancy.scope import TenantTransaction


class StoredBatch(msgspec.Struct, frozen=True):
    changed_issues: tuple[ChangedIssue, ...]
    outcomes: Mapping[OutcomeKey, int]
    redelivered_count: int


async def store(tx: TenantTransaction, messages: Sequence[PreparedMessage], *, now: datetime) -> StoredBatch:
    """Give every message its effect, once: a message that had its effect before has none now, outcomes included.

    Raises eventstore.issue_upsert.IssueConflictError when it must be tried again in a new transaction.
    """
    claimed = await processed_messages.claim(tx, ((message.message_id, message.received_at.date()) for message in messages))
    fresh = {message.message_id: message for message in messages if message.message_id in claimed}
    distinct, repeated = _split_repeated(event for message in fresh.values() for event in message.events)

    def outcomes_of(inserted: Collection[Identity]) -> Counter[OutcomeKey]:
        quantities: Counter[OutcomeKey] = Counter()
        for message in fresh.values():
            for counted in message.outcomes:
                quantities[_key(message, counted)] += counted.quantity
        for event in distinct:
            quantities[_event_key(event, is_new=event.identity in inserted)] += 1
        for event in repeated:
            quantities[_event_key(event, is_new=False)] += 1
        return quantities

    written = await event_batch.write(tx, distinct, now=now, outcomes_of=outcomes_of)
    return StoredBatch(written.changed_issues, written.outcomes, len(messages) - len(fresh))


def _split_repeated(events: Iterable[NewEvent]) -> tuple[list[NewEvent], list[NewEvent]]:
    """The first event of each id, and those whose id came before in the same batch."""
    first: dict[tuple[int, UUID], NewEvent] = {}
    repeated = [event for event in events if first.setdefault((event.project_id, event.event_id), event) is not event]
    return list(first.values()), repeated


def _key(message: PreparedMessage, counted: OutcomeCount) -> OutcomeKey:
    return OutcomeKey(
        project_id=message.project_id,
        key_id=message.key_id,
        hour=hour_of(message.received_at),
        category=counted.category,
        outcome=counted.outcome,
        reason=counted.reason,
    )


def _event_key(event: NewEvent, *, is_new: bool) -> OutcomeKey:
    return OutcomeKey(
        project_id=event.project_id,
        key_id=event.key_id,
        hour=hour_of(event.received_at),
        category=DataCategory.ERROR.value,
        outcome=Outcome.ACCEPTED if is_new else Outcome.INVALID,
        reason=DiscardReason.NONE if is_new else DiscardReason.DUPLICATE_EVENT,
    )
