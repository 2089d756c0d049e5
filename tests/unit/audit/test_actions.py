"""The numbers and names of actions are part of every proof ever given: none may change or be used twice."""

import re

import pytest

from audit.actions import BY_LABEL, BY_NUMBER, AuditAction

# One line per action, for ever.  A new one is appended here; an old one is never edited.
KNOWN = {
    1: "organization.create",
    2: "session.create",
    3: "session.refuse",
    4: "session.revoke",
    5: "member.add",
    6: "member.change_role",
    7: "member.remove",
    8: "project.create",
    9: "project.change",
    10: "project.delete",
    11: "dsn_key.create",
    12: "dsn_key.rotate",
    13: "dsn_key.disable",
    14: "api_key.create",
    15: "api_key.revoke",
    16: "issue.change_status",
    17: "issue.list",
    18: "issue.open",
    19: "event.list",
    20: "event.open",
    21: "audit.search",
    22: "audit.export",
    23: "scrub_policy.change",
    24: "data_key.create",
    25: "member.list",
    26: "issue.list_facets",
    27: "audit.download",
    28: "disclosure.erase",
}


@pytest.mark.parametrize("number", KNOWN)
def test_a_known_number_keeps_its_name(number: int) -> None:
    assert BY_NUMBER[number].label == KNOWN[number]


def test_new_actions_take_new_numbers() -> None:
    added = [action.number for action in AuditAction if action.number not in KNOWN]
    assert all(number > max(KNOWN) for number in added)


def test_no_number_and_no_name_is_used_twice() -> None:
    members = AuditAction.__members__
    assert len({action.number for action in members.values()}) == len(members)
    assert len({action.label for action in members.values()}) == len(members)
    assert len(BY_LABEL) == len(members), "two members with one value would be one"


@pytest.mark.parametrize("action", AuditAction)
def test_a_name_is_resource_and_verb(action: AuditAction) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*", action.label)
