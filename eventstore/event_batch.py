"""A batch of events enters the store, with everything that is counted from them, in the caller's transaction."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec

from eventstore import environments, event_insert, issue_hours, issue_upsert, issue_users, releases, tags
from eventstore.batch_tally import BatchTally, activity_of, tally
from eventstore.issue_plan import FingerprintKey, IssuePlan, keys_of, plan_issues
from eventstore.issue_state import advance
from eventstore.new_event import Fingerprint, NewEvent
from runtime.identifiers import new_uuid7
from tenancy.scope import TenantTransaction


class ChangedIssue(msgspec.Struct, frozen=True):
    issue_id: UUID
    project_id: int
    is_new: bool


class WrittenBatch(msgspec.Struct, frozen=True):
    inserted: set[tuple[int, UUID, date]]  # identities; what is missing was stored before
    changed_issues: tuple[ChangedIssue, ...]


async def write(tx: TenantTransaction, events: Sequence[NewEvent], *, now: datetime) -> WrittenBatch:
    """Store the events that are new, and count only those.  (project, event id) is distinct within `events`.

    Raises IssueConflictError when the batch must be tried again in a new transaction.
    """
    if not events:
        return WrittenBatch(inserted=set(), changed_issues=())
    plan, first_numbers = await _plan(tx, events, now=now)
    inserted = await event_insert.insert_new(tx, events, issue_of=plan.issue_of)
    batch = tally((event for event in events if event.identity in inserted), plan.issue_of)
    founders = {issue_id: issue.earliest for issue_id, issue in batch.issues.items() if issue_id in plan.founders}
    await issue_upsert.create(tx, founders, first_numbers=first_numbers)
    await issue_upsert.add_fingerprints(tx, _further_fingerprints(plan, batch, founders=founders), now=now)
    await _count(tx, batch)
    changed = tuple(
        ChangedIssue(issue_id, issue.seen.project_id, is_new=issue_id in founders) for issue_id, issue in batch.issues.items()
    )
    return WrittenBatch(inserted=inserted, changed_issues=changed)


async def _plan(tx: TenantTransaction, events: Sequence[NewEvent], *, now: datetime) -> tuple[IssuePlan, dict[int, int]]:
    """Match events to issues, and take numbers for new ones: per project, the first.

    If issues are new, look again under the counters' lock: then nobody else can be making them.
    """
    known = await issue_upsert.find(tx, keys_of(events))
    plan = plan_issues(events, known, new_ids=(new_uuid7(now) for _ in events))
    if not plan.founders:
        return plan, {}
    first_numbers = await issue_upsert.take_numbers(tx, plan.founders.values())
    known |= await issue_upsert.find(tx, keys_of(events) - known.keys())
    return plan_issues(events, known, new_ids=plan.founders), first_numbers


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


async def _count(tx: TenantTransaction, batch: BatchTally) -> None:
    """Move the issues and add to every counter; the issues' locks guard the rows that hang on them."""
    states = await issue_upsert.lock(tx, sorted(batch.issues))
    new_users = await issue_users.add(tx, batch.users)
    await issue_upsert.move(
        tx,
        {
            issue_id: advance(state, activity_of(batch.issues[issue_id], new_user_count=new_users.get(issue_id, 0)))
            for issue_id, state in states.items()
        },
    )
    await issue_hours.add(tx, batch.hours)
    await tags.add(tx, batch.tags)
    await releases.add(tx, batch.releases)
    await environments.add(tx, batch.environments)
