from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from eventstore.issue_state import Activity, IssueState, Status, Substatus, advance, rank_of

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)

ISSUE = IssueState(
    status=Status.UNRESOLVED,
    substatus=Substatus.ONGOING,
    status_changed_at=NOON,
    regressed_at=None,
    first_seen=NOON,
    last_seen=NOON + HOUR,
    level="error",
    first_release="1.0",
    last_release="1.1",
    event_count=10,
    user_count=4,
)
LATER = Activity(
    event_count=3,
    new_user_count=1,
    first_seen=NOON + HOUR,
    last_seen=NOON + 2 * HOUR,
    last_received_at=NOON + 2 * HOUR,
    level="fatal",
    first_release="1.2",
    last_release="1.3",
)


def test_counts_times_level_and_releases_move():
    moved = advance(ISSUE, LATER)
    assert (moved.event_count, moved.user_count) == (13, 5)
    assert (moved.first_seen, moved.last_seen) == (NOON, NOON + 2 * HOUR)
    assert (moved.level, moved.first_release, moved.last_release) == ("fatal", "1.0", "1.3")


def test_late_events_count_but_do_not_speak_for_the_present():
    moved = advance(ISSUE, msgspec.structs.replace(LATER, first_seen=NOON - 2 * HOUR, last_seen=NOON - HOUR))
    assert (moved.first_seen, moved.last_seen) == (NOON - 2 * HOUR, NOON + HOUR)
    assert (moved.level, moved.last_release) == ("error", "1.1")
    assert moved.event_count == 13


def test_an_event_without_release_keeps_the_last_release():
    moved = advance(ISSUE, msgspec.structs.replace(LATER, first_release=None, last_release=None))
    assert moved.last_release == "1.1"


@pytest.mark.parametrize(
    ("status", "substatus", "received_after", "expected"),
    [
        (Status.RESOLVED, Substatus.NONE, HOUR, (Status.UNRESOLVED, Substatus.REGRESSED)),
        (Status.RESOLVED, Substatus.NONE, -HOUR, (Status.RESOLVED, Substatus.NONE)),
        (Status.RESOLVED, Substatus.NONE, timedelta(0), (Status.RESOLVED, Substatus.NONE)),
        (Status.IGNORED, Substatus.NONE, HOUR, (Status.IGNORED, Substatus.NONE)),
        (Status.UNRESOLVED, Substatus.NEW, HOUR, (Status.UNRESOLVED, Substatus.NEW)),
        (Status.UNRESOLVED, Substatus.NEW, timedelta(days=8), (Status.UNRESOLVED, Substatus.ONGOING)),
        (Status.UNRESOLVED, Substatus.REGRESSED, HOUR, (Status.UNRESOLVED, Substatus.REGRESSED)),
        (Status.UNRESOLVED, Substatus.REGRESSED, timedelta(days=8), (Status.UNRESOLVED, Substatus.ONGOING)),
        (Status.UNRESOLVED, Substatus.ONGOING, HOUR, (Status.UNRESOLVED, Substatus.ONGOING)),
    ],
)
def test_status_after_an_event(
    status: Status, substatus: Substatus, received_after: timedelta, expected: tuple[Status, Substatus]
):
    issue = msgspec.structs.replace(ISSUE, status=status, substatus=substatus)
    moved = advance(issue, msgspec.structs.replace(LATER, last_received_at=NOON + received_after))
    assert (moved.status, moved.substatus) == expected


def test_a_regression_is_dated():
    moved = advance(msgspec.structs.replace(ISSUE, status=Status.RESOLVED, substatus=Substatus.NONE), LATER)
    assert moved.regressed_at == moved.status_changed_at == LATER.last_received_at


def test_levels_rank_by_severity():
    levels = ["debug", "info", "warning", "error", "fatal"]
    assert sorted(levels, key=rank_of) == levels
    assert rank_of("whatever") == rank_of("error")
