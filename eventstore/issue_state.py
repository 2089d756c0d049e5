"""How events move an issue: pure decisions on counts, times, level, releases, status and regression."""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

NEW_FOR = timedelta(days=7)  # then "new" and "regressed" say nothing any more and fade to "ongoing"

LEVEL_RANKS = {"debug": 10, "info": 20, "warning": 30, "error": 40, "fatal": 50}


class Status(StrEnum):
    UNRESOLVED = "unresolved"
    RESOLVED = "resolved"
    IGNORED = "ignored"


class Substatus(StrEnum):
    NEW = "new"
    ONGOING = "ongoing"
    REGRESSED = "regressed"
    NONE = "none"


class IssueState(msgspec.Struct, frozen=True):
    """The part of an issue which events change."""

    status: Status
    substatus: Substatus
    status_changed_at: datetime
    regressed_at: datetime | None
    first_seen: datetime
    last_seen: datetime
    level: str
    first_release: str | None
    last_release: str | None
    event_count: int
    user_count: int


class Activity(msgspec.Struct, frozen=True):
    """What one batch brought to one issue; seen times are when events occurred."""

    event_count: int
    new_user_count: int
    first_seen: datetime
    last_seen: datetime
    last_received_at: datetime
    level: str  # of the latest event
    first_release: str | None
    last_release: str | None


def rank_of(level: str) -> int:
    """A number that sorts levels by severity; an unknown level ranks as an error."""
    return LEVEL_RANKS.get(level, LEVEL_RANKS["error"])


def advance(state: IssueState, activity: Activity) -> IssueState:
    """The issue after the batch.

    A resolved issue regresses when an event was received after it was resolved: what was still on its way then says
    nothing about the fix.  An ignored issue stays ignored.
    """
    is_latest = activity.last_seen >= state.last_seen
    moved = msgspec.structs.replace(
        state,
        first_seen=min(state.first_seen, activity.first_seen),
        last_seen=max(state.last_seen, activity.last_seen),
        level=activity.level if is_latest else state.level,
        first_release=state.first_release or activity.first_release,
        last_release=(activity.last_release if is_latest else None) or state.last_release or activity.last_release,
        event_count=state.event_count + activity.event_count,
        user_count=state.user_count + activity.new_user_count,
    )
    return _with_status(moved, now=activity.last_received_at)


def _with_status(state: IssueState, *, now: datetime) -> IssueState:
    if state.status is Status.RESOLVED and now > state.status_changed_at:
        return msgspec.structs.replace(
            state, status=Status.UNRESOLVED, substatus=Substatus.REGRESSED, status_changed_at=now, regressed_at=now
        )
    is_recent = now - state.status_changed_at < NEW_FOR
    if state.status is Status.UNRESOLVED and state.substatus in {Substatus.NEW, Substatus.REGRESSED} and not is_recent:
        return msgspec.structs.replace(state, substatus=Substatus.ONGOING)
    return state
