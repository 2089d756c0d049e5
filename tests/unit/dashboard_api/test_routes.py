"""Every route says who may call it, and the document of the API says the same."""

import json
from pathlib import Path

from fastapi.routing import APIRoute, APIWebSocketRoute

from dashboard_api import openapi_document
from dashboard_api.app import ROUTERS
from dashboard_api.dependencies import Access, rule_of
from dashboard_api.issue_answers import IssueStatus, IssueSubstatus
from eventstore.issue_state import Status, Substatus
from eventstore.search_query import LEVELS
from identity.scopes import Scope
from protocol.event import Level

ROUTES = [route for router in ROUTERS for route in router.routes]
DOCUMENT = json.loads(openapi_document.render())
OPERATIONS = {(method.upper(), path): operation for path, item in DOCUMENT["paths"].items() for method, operation in item.items()}
PUBLIC_API = {("POST", "/api/v1/auth/login"), ("POST", "/api/v1/auth/logout")}


def test_every_route_is_of_a_kind_that_is_walked_here() -> None:
    assert {type(route) for route in ROUTES} == {APIRoute, APIWebSocketRoute}


def test_every_route_declares_exactly_one_rule() -> None:
    undeclared = [
        route.path for route in ROUTES if isinstance(route, APIRoute | APIWebSocketRoute) and rule_of(route.dependencies) is None
    ]

    assert undeclared == []


def test_public_routes_give_their_reason_and_are_few() -> None:
    rules = {route.path: rule for route in ROUTES if isinstance(route, APIRoute) and (rule := rule_of(route.dependencies))}
    public = {path for path, rule in rules.items() if rule.access is Access.PUBLIC}

    assert all(rules[path].reason for path in public)
    assert {path for path in public if path.startswith("/api/v1")} == {path for _, path in PUBLIC_API} | {"/api/v1/openapi.json"}


def test_a_route_that_changes_something_needs_a_scope_to_write() -> None:
    changing = {
        path: operation["x-access"]
        for (method, path), operation in OPERATIONS.items()
        if method not in {"GET", "HEAD"} and (method, path) not in PUBLIC_API
    }

    assert {path: access for path, access in changing.items() if not access.endswith(":write")} == {
        "/api/v1/auth/organization": "signed_in",
        "/api/v1/audit/exports": "audit:export",
    }


def test_the_document_shows_every_rule() -> None:
    known = {scope.value for scope in Scope} | {"signed_in", "public"}

    assert {operation["x-access"] for operation in OPERATIONS.values()} <= known
    assert {key for key, operation in OPERATIONS.items() if operation["security"] == []} == PUBLIC_API


def test_operations_have_unique_names() -> None:
    names = [operation["operationId"] for operation in OPERATIONS.values()]

    assert len(set(names)) == len(names)
    assert all(name.isidentifier() for name in names)


def test_every_operation_describes_its_answer_and_its_problems() -> None:
    for key, operation in OPERATIONS.items():
        (success,) = [status for status in operation["responses"] if status.startswith("2")]
        content = operation["responses"][success].get("content", {})
        assert success == "204" or set(content) == {"application/zip"} or content["application/json"]["schema"].get("$ref"), key
        assert operation["responses"]["default"]["content"]["application/problem+json"]["schema"] == {
            "$ref": "#/components/schemas/Problem"
        }


def test_the_canonical_event_is_described_with_all_fields_required() -> None:
    schemas = DOCUMENT["components"]["schemas"]

    assert schemas["EventDetail"]["properties"]["event"] == {"$ref": "#/components/schemas/Event"}
    assert set(schemas["Frame"]["required"]) == set(schemas["Frame"]["properties"])
    assert schemas["Event"]["properties"]["exceptions"]["items"] == {"$ref": "#/components/schemas/ExceptionValue"}


def test_every_reference_leads_somewhere() -> None:
    text = json.dumps(DOCUMENT)
    named = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}

    assert named <= set(DOCUMENT["components"]["schemas"])


def test_the_committed_document_is_the_one_of_this_code() -> None:
    committed = Path(__file__).resolve().parents[3] / "web" / "openapi.json"

    assert committed.read_text() == openapi_document.render(), "run: python -m dashboard_api.openapi_document > web/openapi.json"


def test_words_that_are_written_twice_are_the_same() -> None:
    assert {str(status) for status in IssueStatus} == {str(status) for status in Status}
    assert {str(substatus) for substatus in IssueSubstatus} == {str(substatus) for substatus in Substatus}
    assert {str(level) for level in Level} == set(LEVELS)
