"""A batch of events enters the store, with everything that is counted from them, in the caller's transaction."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

import msgspec

from eventstore import counters, event_insert, issue_upsert, issue_users, outcomes
from eventstore.batch_tally import BatchTally, activity_of, tally
from eventstore.issue_plan import FingerprintKey, IssuePlan, keys_of, plan_issues
from eventstore.issue_state import advance
from eventstore.issue_upsert import IssueConflictError
from eventstore.new_event import Fingerprint, Identity, NewEvent
from eventstore.outcomes import OutcomeKey
from runtime.identifiers import new_uuid7
from tenancy.scope import TenantTransaction

Outcomes: TypeAlias = Mapping[OutcomeKey, int]


class ChangedIssue(msgspec.Struct, frozen=True):
    issue_id: UUID
    project_id: int
    is_new: bool


class WrittenBatch(msgspec.Struct, frozen=True):
    inserted: set[Identity]  # identities; what is missing was stored before
    changed_issues: tuple[ChangedIssue, ...]
    outcomes: Outcomes


def _none(_inserted: Collection[Identity]) -> Outcomes:
    return {}


async def write(
    tx: TenantTransaction,
    events: Sequence[NewEvent],
    *,
    now: datetime,
    outcomes_of: Callable[[Collection[Identity]], Outcomes] = _none,
) -> WrittenBatch:
    """Store the events that are new, and count only those.  (project, event id) is distinct within `events`.

    `outcomes_of` is told which events are new and says what is to be counted for all items of the batch.
    Raises IssueConflictError when the batch must be tried again in a new transaction.
    """
    if not events:
        counted = outcomes_of(())
        await outcomes.add(tx, counted)
        return WrittenBatch(inserted=set(), changed_issues=(), outcomes=counted)
    known, inserted_at_once = await event_insert.insert_known(tx, events, keys=keys_of(events))
    plan, first_numbers = await _plan(tx, events, known=known, now=now)
    inserted = inserted_at_once
    if inserted is None:
        inserted = await event_insert.insert_new(tx, events, issue_of=plan.issue_of)
    batch = tally((event for event in events if event.identity in inserted), plan.issue_of)
    founders = {issue_id: issue.earliest for issue_id, issue in batch.issues.items() if issue_id in plan.founders}
    await issue_upsert.create(tx, founders, first_numbers=first_numbers)
    await issue_upsert.add_fingerprints(tx, _further_fingerprints(plan, batch, founders=founders), now=now)
    counted = outcomes_of(inserted)
    await _count(tx, batch, outcomes_counted=counted)
    changed = tuple(
        ChangedIssue(issue_id, issue.seen.project_id, is_new=issue_id in founders) for issue_id, issue in batch.issues.items()
    )
    return WrittenBatch(inserted=inserted, changed_issues=changed, outcomes=counted)


async def _plan(
    tx: TenantTransaction, events: Sequence[NewEvent], *, known: dict[FingerprintKey, UUID], now: datetime
) -> tuple[IssuePlan, dict[int, int]]:
    """Match events to issues, and take numbers for new ones: per project, the first.

    If issues are new, look again under the counters' lock: then nobody else can be making them.
    """
    plan = plan_issues(events, known, new_ids=(new_uuid7(now) for _ in events))
    if not plan.founders:
        return plan, {}
    first_numbers = await issue_upsert.take_numbers(tx, plan.founders.values())
    found = await issue_upsert.find(tx, keys_of(events) - known.keys())
    return plan_issues(events, known | found, new_ids=plan.founders), first_numbers


def _further_fingerprints(
    plan: IssuePlan, batch: BatchTally, *, founders: Mapping[UUID, NewEvent]
) -> dict[FingerprintKey, tuple[Fingerprint, UUID]]:
    """All new fingerprints of stored events but those with which the issues were made."""
    founding = {(event.project_id, event.fingerprints[0].digest) for event in founders.values()}
    return {
        key: (fingerprint, issue_id)
        for key, (fingerprint, issue_id) in plan.new_fingerprints.items()
        if key not in founding and issue_id in batch.issues
    }


async def _count(tx: TenantTransaction, batch: BatchTally, *, outcomes_counted: Outcomes) -> None:
    """Move the issues and add to every counter; the issues' locks guard the rows that hang on them."""
    if not batch.issues:
        await outcomes.add(tx, outcomes_counted)
        return
    locked = await issue_users.lock_issues_and_add(tx, sorted(batch.issues), users=batch.users)
    if len(locked) != len(batch.issues):
        raise IssueConflictError("an issue was removed while events for it arrived")
    states = {
        issue_id: advance(issue.state, activity_of(batch.issues[issue_id], new_user_count=issue.new_users))
        for issue_id, issue in locked.items()
    }
    await counters.add(tx, batch, states=states, outcomes=outcomes_counted)
