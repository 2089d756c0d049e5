from datetime import UTC, datetime
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from eventstore.issue_plan import plan_issues
from eventstore.new_event import Fingerprint, NewEvent

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
OLD_ISSUE = uuid4()


def event(*digests: str, project_id: int = 1) -> NewEvent:
    return NewEvent(
        project_id=project_id, event_id=uuid4(), message_id=uuid4(), key_id=uuid4(), received_at=NOON, occurred_at=NOON,
        level="error", platform="python", environment="production", release=None, type=None, value=None, title="", culprit="",
        fingerprints=tuple(Fingerprint("1", "app", digest.encode()) for digest in digests), tags=(), user_hash=None,
        summary="{}", body_format=1, body_key_version=1, body=b"",
    )  # fmt: skip


def new_ids(count: int = 20) -> list[UUID]:
    return [uuid4() for _ in range(count)]


def test_the_first_known_fingerprint_decides():
    one = event("a", "b")
    plan = plan_issues([one], {(1, b"b"): OLD_ISSUE}, new_ids=new_ids())
    assert plan.issue_of == {(1, one.event_id): OLD_ISSUE}
    assert plan.founders == {}
    assert plan.new_fingerprints == {(1, b"a"): (one.fingerprints[0], OLD_ISSUE)}


def test_events_of_one_fingerprint_found_one_issue():
    first, second = event("a"), event("a")
    plan = plan_issues([first, second], {}, new_ids=new_ids())
    assert len(set(plan.issue_of.values())) == 1
    assert list(plan.founders.values()) == [first]


def test_projects_are_kept_apart():
    plan = plan_issues([event("a", project_id=1), event("a", project_id=2)], {}, new_ids=new_ids())
    assert len(plan.founders) == 2


_EVENTS = st.lists(
    st.lists(st.sampled_from("abcdef"), min_size=1, max_size=3, unique=True).map(lambda ds: event(*ds)), max_size=12
)


@given(_EVENTS, st.sets(st.sampled_from("abcdef")))
def test_planning_again_with_more_knowledge_never_needs_more_issues(events: list[NewEvent], learnt: set[str]):
    first = plan_issues(events, {}, new_ids=new_ids())
    known = {(1, digest.encode()): uuid4() for digest in learnt}
    again = plan_issues(events, known, new_ids=list(first.founders))
    assert len(again.founders) <= len(first.founders)


@given(_EVENTS)
def test_every_founders_first_fingerprint_is_new_and_leads_to_its_issue(events: list[NewEvent]):
    plan = plan_issues(events, {}, new_ids=new_ids())
    for planned in events:
        issue_id = plan.issue_of[1, planned.event_id]
        assert issue_id in plan.founders
        assert plan.new_fingerprints[1, plan.founders[issue_id].fingerprints[0].digest][1] == issue_id
