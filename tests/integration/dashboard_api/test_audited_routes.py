"""Every route that names an action leaves a record of it: who, from where, with which credential, in which request."""

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta

import httpx2
import pytest
from fastapi.routing import APIRoute
from sqlalchemy import event

from audit.actions import AuditAction
from dashboard_api.app import ROUTERS
from dashboard_api.audit_marks import audit_rule_of
from identity.scopes import Role
from tests.integration.dashboard_api.workspace import PASSWORD, Workspace
from tests.integration.recorded import recorded

Call = Callable[[httpx2.AsyncClient, Workspace], Awaitable[httpx2.Response]]


async def issue_id(client: httpx2.AsyncClient, workspace: Workspace) -> str:
    return str((await client.get(workspace.issues_url)).json()["items"][0]["id"])


async def log_in(client: httpx2.AsyncClient, workspace: Workspace) -> httpx2.Response:
    return await client.post("/api/v1/auth/login", json={"email": workspace.email, "password": PASSWORD})


async def log_out(client: httpx2.AsyncClient, _: Workspace) -> httpx2.Response:
    return await client.post("/api/v1/auth/logout")


async def switch(client: httpx2.AsyncClient, workspace: Workspace) -> httpx2.Response:
    return await client.post("/api/v1/auth/organization", json={"organization_id": str(workspace.organization_id)})


async def list_members(client: httpx2.AsyncClient, _: Workspace) -> httpx2.Response:
    return await client.get("/api/v1/organization/members")


async def make_project(client: httpx2.AsyncClient, _: Workspace) -> httpx2.Response:
    return await client.post("/api/v1/projects", json={"name": "New"})


async def list_issues(client: httpx2.AsyncClient, workspace: Workspace) -> httpx2.Response:
    return await client.get(workspace.issues_url)


async def change_many(client: httpx2.AsyncClient, workspace: Workspace) -> httpx2.Response:
    body = {"issue_ids": [await issue_id(client, workspace)], "status": "resolved"}
    return await client.post(f"{workspace.issues_url}/bulk", json=body)


async def open_issue(client: httpx2.AsyncClient, workspace: Workspace) -> httpx2.Response:
    return await client.get(f"/api/v1/issues/{await issue_id(client, workspace)}")


async def change_one(client: httpx2.AsyncClient, workspace: Workspace) -> httpx2.Response:
    return await client.patch(f"/api/v1/issues/{await issue_id(client, workspace)}", json={"status": "ignored"})


async def list_events(client: httpx2.AsyncClient, workspace: Workspace) -> httpx2.Response:
    return await client.get(f"/api/v1/issues/{await issue_id(client, workspace)}/events")


async def open_latest_event(client: httpx2.AsyncClient, workspace: Workspace) -> httpx2.Response:
    return await client.get(f"/api/v1/issues/{await issue_id(client, workspace)}/events/latest")


async def open_event(client: httpx2.AsyncClient, workspace: Workspace) -> httpx2.Response:
    latest = (await open_latest_event(client, workspace)).json()["event"]["event_id"]
    return await client.get(f"/api/v1/events/{latest}")


async def show_facets(client: httpx2.AsyncClient, workspace: Workspace) -> httpx2.Response:
    return await client.get(f"/api/v1/projects/{workspace.project_id}/facets")


async def make_key(client: httpx2.AsyncClient, _: Workspace) -> httpx2.Response:
    return await client.post("/api/v1/api-keys", json={"name": "CI", "scopes": ["issue:read"]})


async def revoke_key(client: httpx2.AsyncClient, workspace: Workspace) -> httpx2.Response:
    return await client.delete(f"/api/v1/api-keys/{(await make_key(client, workspace)).json()['id']}")


async def search_records(client: httpx2.AsyncClient, _: Workspace) -> httpx2.Response:
    return await client.get("/api/v1/audit/records")


async def ask_for_export(client: httpx2.AsyncClient, _: Workspace) -> httpx2.Response:
    return await client.post("/api/v1/audit/exports", json={})


CALLS: dict[tuple[str, str], Call] = {
    ("POST", "/api/v1/auth/login"): log_in,
    ("POST", "/api/v1/auth/logout"): log_out,
    ("POST", "/api/v1/auth/organization"): switch,
    ("GET", "/api/v1/organization/members"): list_members,
    ("POST", "/api/v1/projects"): make_project,
    ("GET", "/api/v1/projects/{project_id}/issues"): list_issues,
    ("POST", "/api/v1/projects/{project_id}/issues/bulk"): change_many,
    ("GET", "/api/v1/issues/{issue_id}"): open_issue,
    ("PATCH", "/api/v1/issues/{issue_id}"): change_one,
    ("GET", "/api/v1/issues/{issue_id}/events"): list_events,
    ("GET", "/api/v1/issues/{issue_id}/events/latest"): open_latest_event,
    ("GET", "/api/v1/events/{event_id}"): open_event,
    ("GET", "/api/v1/projects/{project_id}/facets"): show_facets,
    ("POST", "/api/v1/api-keys"): make_key,
    ("DELETE", "/api/v1/api-keys/{key_id}"): revoke_key,
    ("GET", "/api/v1/audit/records"): search_records,
    ("POST", "/api/v1/audit/exports"): ask_for_export,
}
TESTED_WITH_ITS_FILE = {("GET", "/api/v1/audit/exports/{export_id}/download")}  # test_audit_exports.py
AUDITED: dict[tuple[str, str], AuditAction] = {
    (method, route.path): rule.action
    for router in ROUTERS
    for route in router.routes
    if isinstance(route, APIRoute) and (rule := audit_rule_of(route.dependencies)) and rule.action
    for method in route.methods or ()
}


def test_every_audited_route_is_called_here() -> None:
    assert set(CALLS) | TESTED_WITH_ITS_FILE == set(AUDITED)


@pytest.mark.usefixtures("sequencing")
@pytest.mark.parametrize("route", CALLS, ids=" ".join)
async def test_a_call_leaves_a_record_of_its_action(
    workspace: Workspace, client: httpx2.AsyncClient, route: tuple[str, str]
) -> None:
    await workspace.store()
    answer = await CALLS[route](client, workspace)
    assert answer.is_success, answer.text
    found = await recorded(workspace.database_for, workspace.organization_id, AUDITED[route].label)
    (record,) = [each.record for each in found if each.record["request_id"] == answer.headers["x-request-id"]]

    assert record["actor"]["kind"] == "user"
    assert record["actor"]["id"] == str(workspace.user_id)
    assert len(record["actor"]["credential"]) == 32
    assert record["source"] == {"network": "loopback"}
    assert len(record["personal"]) >= 2  # address and user agent, as digests
    assert workspace.email not in json.dumps(record)
    assert "127.0.0.1" not in json.dumps(record)


async def test_a_key_acts_as_itself_for_its_maker(workspace: Workspace, client: httpx2.AsyncClient) -> None:
    key = (await client.post("/api/v1/api-keys", json={"name": "CI", "scopes": ["issue:read"]})).json()
    async with workspace.client(Authorization=f"Bearer {key['secret']}") as program:
        await program.get(workspace.issues_url)
    (listed,) = await recorded(workspace.database_for, workspace.organization_id, "issue.list")

    assert listed.record["actor"] == {"kind": "api_key", "id": str(workspace.user_id), "credential": key["id"]}
    assert key["secret"] not in json.dumps(listed.record)


async def test_status_changes_hold_before_and_after_of_each_issue(workspace: Workspace, client: httpx2.AsyncClient) -> None:
    for stack in ("cart", "checkout", "search"):
        await workspace.store(stack)
    ids = [item["id"] for item in (await client.get(workspace.issues_url)).json()["items"]]
    await client.patch(f"/api/v1/issues/{ids[0]}", json={"status": "resolved"})
    await client.post(f"{workspace.issues_url}/bulk", json={"issue_ids": ids, "status": "resolved"})
    found = await recorded(workspace.database_for, workspace.organization_id, "issue.change_status")

    assert {each.target for each in found} == {("issue", each) for each in ids}
    assert len(found) == 3, "the one that was resolved already has not changed"
    assert {json.dumps(each.record["changes"]["status"]) for each in found} == {'{"after": "resolved", "before": "unresolved"}'}


async def test_an_answer_without_a_change_is_a_read(workspace: Workspace, client: httpx2.AsyncClient) -> None:
    await workspace.store()
    found = await issue_id(client, workspace)
    await client.patch(f"/api/v1/issues/{found}", json={"status": "unresolved"})

    assert await recorded(workspace.database_for, workspace.organization_id, "issue.change_status") == []
    assert [each.target for each in await recorded(workspace.database_for, workspace.organization_id, "issue.open")] == [
        ("issue", found)
    ]


async def test_what_failed_leaves_no_record(workspace: Workspace, client: httpx2.AsyncClient) -> None:
    before = len(await recorded(workspace.database_for, workspace.organization_id))
    assert (await client.get(f"{workspace.issues_url}?query=is:nonsense")).status_code == 400
    assert (await client.get("/api/v1/issues/0")).status_code == 404
    await workspace.set_role(Role.MANAGER)
    assert (await client.get("/api/v1/audit/records")).status_code == 403

    after = await recorded(workspace.database_for, workspace.organization_id)
    assert [each.action for each in after[before:]] == ["member.change_role"]


async def test_a_role_change_is_recorded_with_both_roles(workspace: Workspace) -> None:
    await workspace.set_role(Role.AUDITOR)
    await workspace.set_role(Role.AUDITOR)
    (changed,) = await recorded(workspace.database_for, workspace.organization_id, "member.change_role")

    assert changed.record["changes"] == {"role": {"before": "owner", "after": "auditor"}}
    assert changed.target == ("user", str(workspace.user_id))


async def test_a_refused_sign_in_is_known_to_the_organization(workspace: Workspace) -> None:
    async with workspace.client() as client:
        await client.post("/api/v1/auth/login", json={"email": workspace.email, "password": "not the right password"})
        await client.post("/api/v1/auth/login", json={"email": f"x{workspace.email}", "password": PASSWORD})
    (refused,) = await recorded(workspace.database_for, workspace.organization_id, "session.refuse")

    assert refused.record["actor"] == {"kind": "anonymous", "id": None, "credential": None}
    assert refused.target == ("user", str(workspace.user_id))
    assert refused.record["details"] == {"why": "wrong_password"}


async def test_signing_in_and_out_name_the_same_session(workspace: Workspace) -> None:
    async with workspace.client() as client:
        await log_in(client, workspace)
        token = client.cookies["errata_session"]
        await client.post("/api/v1/auth/logout")
    (came,) = await recorded(workspace.database_for, workspace.organization_id, "session.create")
    (left,) = await recorded(workspace.database_for, workspace.organization_id, "session.revoke")

    assert left.target == ("session", came.record["actor"]["credential"])
    assert token not in json.dumps([came.record, left.record])


async def test_going_over_after_a_minute_does_not_wait_for_itself(workspace: Workspace, client: httpx2.AsyncClient) -> None:
    """The session is touched by the request and rotated by the switch: in one transaction, or never."""
    workspace.clock.move(timedelta(minutes=2))
    assert (await switch(client, workspace)).status_code == 204


async def test_making_an_organization_is_recorded_from_its_first_row(workspace: Workspace) -> None:
    found = await recorded(workspace.database_for, workspace.organization_id)
    actions = [each.action for each in found]

    assert set(actions) == {"organization.create", "data_key.create", "member.add", "project.create", "dsn_key.create"}
    (added,) = [each.record for each in found if each.action == "member.add"]
    assert added["changes"] == {"role": {"before": None, "after": "owner"}}
    assert all(each.record["actor"]["kind"] == "system" for each in found)


async def test_every_answer_names_its_request(client: httpx2.AsyncClient) -> None:
    for path in ("/healthz", "/api/v1/projects", "/api/v1/nothing", "/any/page"):
        first, second = await client.get(path), await client.get(path, headers={"X-Request-Id": "chosen-by-the-client"})
        assert len({first.headers["x-request-id"], second.headers["x-request-id"], "chosen-by-the-client"}) == 3
    problem = await client.get("/api/v1/nothing")
    assert problem.json()["request_id"] == problem.headers["x-request-id"]


async def test_a_read_costs_one_statement_more(workspace: Workspace, client: httpx2.AsyncClient) -> None:
    await client.get(workspace.issues_url)  # the key that seals addresses is known from here on
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    engine = workspace.dependencies.database._engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        await client.get(workspace.issues_url, params={"query": "words"})
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert len([statement for statement in statements if "audit." in statement or "data_keys" in statement]) == 1
