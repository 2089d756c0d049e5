"""One batch added up in memory, so that each row of a counter table is written once per batch (pure)."""

from collections.abc import Hashable, Iterable, Mapping
from datetime import datetime
from typing import TypeVar
from uuid import UUID

import msgspec

from eventstore.issue_state import Activity
from eventstore.new_event import MAX_TAG_VALUE_CHARACTERS, NewEvent

Key = TypeVar("Key", bound=Hashable)


class Seen(msgspec.Struct):
    """How often and when; times are when events occurred."""

    project_id: int
    first_seen: datetime
    last_seen: datetime
    count: int = 1


class IssueTally(msgspec.Struct):
    """The events of one issue in this batch."""

    seen: Seen
    earliest: NewEvent
    latest: NewEvent
    first_release: str | None
    last_received_at: datetime


class BatchTally(msgspec.Struct, frozen=True):
    issues: dict[UUID, IssueTally]
    hours: dict[tuple[UUID, str, datetime], Seen]  # issue, environment, hour
    tags: dict[tuple[UUID, str, str], Seen]  # issue, key, value
    users: dict[tuple[UUID, bytes], Seen]  # issue, keyed hash of the person
    releases: dict[tuple[int, str], Seen]  # project, version
    environments: dict[tuple[int, str], Seen]  # project, name


def tally(events: Iterable[NewEvent], issue_of: Mapping[tuple[int, UUID], UUID]) -> BatchTally:
    """Add up the events which were inserted."""
    batch = BatchTally(issues={}, hours={}, tags={}, users={}, releases={}, environments={})
    for event in sorted(events, key=lambda event: event.occurred_at):
        issue_id = issue_of[event.project_id, event.event_id]
        _count_issue(batch.issues, issue_id, event)
        hour = event.occurred_at.replace(minute=0, second=0, microsecond=0)
        _count(batch.hours, (issue_id, event.environment, hour), event)
        _count(batch.environments, (event.project_id, event.environment), event)
        if event.release is not None:
            _count(batch.releases, (event.project_id, event.release), event)
        if event.user_hash is not None:
            _count(batch.users, (issue_id, event.user_hash), event)
        for key, value in {key: value[:MAX_TAG_VALUE_CHARACTERS] for key, value in event.tags}.items():
            _count(batch.tags, (issue_id, key, value), event)
    return batch


def activity_of(issue: IssueTally, *, new_user_count: int) -> Activity:
    return Activity(
        event_count=issue.seen.count,
        new_user_count=new_user_count,
        first_seen=issue.seen.first_seen,
        last_seen=issue.seen.last_seen,
        last_received_at=issue.last_received_at,
        level=issue.latest.level,
        first_release=issue.first_release,
        last_release=issue.latest.release,
    )


def _count(counters: dict[Key, Seen], key: Key, event: NewEvent) -> None:
    """Events come in the order in which they occurred, so the first sets first_seen and each moves last_seen."""
    seen = counters.get(key)
    if seen is None:
        counters[key] = Seen(event.project_id, event.occurred_at, event.occurred_at)
    else:
        seen.last_seen = event.occurred_at
        seen.count += 1


def _count_issue(issues: dict[UUID, IssueTally], issue_id: UUID, event: NewEvent) -> None:
    issue = issues.get(issue_id)
    if issue is None:
        seen = Seen(event.project_id, event.occurred_at, event.occurred_at)
        issues[issue_id] = IssueTally(seen, event, event, event.release, event.received_at)
        return
    issue.seen.last_seen = event.occurred_at
    issue.seen.count += 1
    issue.latest = event
    issue.first_release = issue.first_release or event.release
    issue.last_received_at = max(issue.last_received_at, event.received_at)
