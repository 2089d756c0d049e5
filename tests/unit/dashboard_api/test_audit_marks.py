"""Whoever adds a route says what it leaves in the audit log."""

from fastapi.routing import APIRoute

from audit.actions import BY_LABEL
from dashboard_api.app import ROUTERS
from dashboard_api.audit_marks import audit_rule_of
from dashboard_api.dependencies import rule_of
from identity.scopes import Scope

ROUTES = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
SAFE_METHODS = {"GET", "HEAD"}
# What these scopes open are people, or what their software did.
PERSONAL_SCOPES = {Scope.MEMBER_READ, Scope.ISSUE_READ, Scope.EVENT_READ, Scope.AUDIT_READ, Scope.AUDIT_EXPORT}


def name_of(route: APIRoute) -> str:
    return f"{sorted(route.methods or ())} {route.path}"


def is_changing(route: APIRoute) -> bool:
    return not set(route.methods or ()) <= SAFE_METHODS


def shows_people(route: APIRoute) -> bool:
    rule = rule_of(route.dependencies)
    return rule is not None and rule.scope in PERSONAL_SCOPES


def test_every_route_that_changes_something_names_its_action() -> None:
    silent = [
        name_of(route)
        for route in ROUTES
        if is_changing(route) and ((rule := audit_rule_of(route.dependencies)) is None or rule.action is None)
    ]

    assert silent == []


def test_every_route_that_shows_people_names_its_action_or_says_why_not() -> None:
    silent = [name_of(route) for route in ROUTES if shows_people(route) and audit_rule_of(route.dependencies) is None]

    assert silent == []


def test_reads_without_a_record_are_few_and_give_their_reason() -> None:
    rules = {route.path: rule for route in ROUTES if (rule := audit_rule_of(route.dependencies)) and rule.action is None}

    assert all(rule.reason for rule in rules.values())
    assert set(rules) == {"/api/v1/audit/checkpoint", "/api/v1/audit/exports", "/api/v1/audit/exports/{export_id}"}


def test_the_walk_sees_what_it_is_for() -> None:
    assert sum(is_changing(route) for route in ROUTES) >= 8
    assert sum(shows_people(route) for route in ROUTES) >= 10
    assert {rule.action.label for route in ROUTES if (rule := audit_rule_of(route.dependencies)) and rule.action} <= set(BY_LABEL)
