"""The audit log through the API: found by what matters, personal fields while they exist, nothing of a neighbour."""

import base64
from typing import Any

import httpx2
import pytest

from audit import explorer
from audit.checkpoint import open_note, parse_checkpoint
from audit.disclosure_erasure import erase_disclosures, records_about
from audit.sequencer import Sequencer
from identity.scopes import Role
from runtime.clock import utc_now
from tests.integration.dashboard_api.conftest import SIGNER, MakeWorkspace
from tests.integration.dashboard_api.workspace import PASSWORD, Workspace

RECORDS = "/api/v1/audit/records"


async def sequence(workspace: Workspace) -> None:
    await Sequencer(workspace.database_for("sequencer"), SIGNER, utc_now).sequence(workspace.organization_id)


async def search(client: httpx2.AsyncClient, workspace: Workspace, query: str = "") -> list[dict[str, Any]]:
    await sequence(workspace)
    answer = await client.get(f"{RECORDS}?{query}")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_records_come_newest_first_with_everything_that_was_recorded(
    workspace: Workspace, client: httpx2.AsyncClient
) -> None:
    made = await client.post("/api/v1/projects", json={"name": "New"}, headers={"User-Agent": "Browser 1.0"})
    key, project, *_ = await search(client, workspace)

    assert (key["action"], project["action"]) in {("dsn_key.create", "project.create"), ("project.create", "dsn_key.create")}
    (project,) = await search(client, workspace, "action=project.create&limit=1")
    assert project["target"] == {"kind": "project", "id": made.json()["id"]}
    assert project["changes"]["name"] == {"before": None, "after": "New"}
    assert project["actor"]["id"] == str(workspace.user_id)
    assert project["request_id"] == made.headers["x-request-id"]
    assert {field["name"]: field["value"] for field in project["personal"]} == {
        "source.address": "127.0.0.1",
        "source.user_agent": "Browser 1.0",
    }
    assert len(bytes.fromhex(project["leaf_hash"])) == 32


async def test_records_are_found_by_what_they_are_about(workspace: Workspace, client: httpx2.AsyncClient) -> None:
    await workspace.store()
    (issue,) = (await client.get(workspace.issues_url)).json()["items"]
    await client.get(f"/api/v1/issues/{issue['id']}")
    await client.patch(f"/api/v1/issues/{issue['id']}", json={"status": "resolved"})

    assert [each["action"] for each in await search(client, workspace, f"target_kind=issue&target_id={issue['id']}")] == [
        "issue.change_status",
        "issue.open",
    ]
    assert {each["action"] for each in await search(client, workspace, f"actor={workspace.user_id}&action=issue.list")} == {
        "issue.list"
    }
    (opened,) = await search(client, workspace, "action=issue.open")
    moment = opened["sequenced_at"]
    assert opened["index"] in {each["index"] for each in await search(client, workspace, f"since={moment}")}
    assert opened["index"] not in {each["index"] for each in await search(client, workspace, f"until={moment}")}


async def test_pages_follow_each_other_without_gap_or_repetition(workspace: Workspace, client: httpx2.AsyncClient) -> None:
    for _ in range(5):
        await client.get(workspace.issues_url)
    await sequence(workspace)
    indexes, cursor = [], ""
    while cursor is not None:
        page = (await client.get(f"{RECORDS}?limit=3{cursor}")).json()
        indexes += [item["index"] for item in page["items"]]
        cursor = None if page["next_cursor"] is None else f"&cursor={page['next_cursor']}"
        await sequence(workspace)  # what the reading itself records comes on top, not in between

    assert indexes == sorted(indexes, reverse=True)
    assert indexes[-1] == 0
    assert len(set(indexes)) == len(indexes) == indexes[0] + 1


async def test_a_search_is_kept_without_the_words_in_clear(workspace: Workspace, client: httpx2.AsyncClient) -> None:
    await client.get(workspace.issues_url, params={"query": "grace@errata.test"})
    (listed,) = await search(client, workspace, "action=issue.list")

    assert {"name": "query", "value": "grace@errata.test", "is_erased": False} in listed["personal"]
    assert "grace" not in str(listed["details"])


async def test_what_is_erased_is_gone_and_everything_else_stays(workspace: Workspace, client: httpx2.AsyncClient) -> None:
    await client.get(workspace.issues_url, headers={"User-Agent": "Very personal browser"})
    (before,) = await search(client, workspace, "action=issue.list")
    async with workspace.database_for("jobs").tenant(workspace.organization_id) as tx:
        about = await records_about(tx, workspace.user_id)
        assert await erase_disclosures(tx, about) >= 2
    (after,) = await search(client, workspace, "action=issue.list")

    assert after["personal"] == [{"name": None, "value": "[erased]", "is_erased": True}] * 2
    assert {**after, "personal": None} == {**before, "personal": None}
    (erased,) = await search(client, workspace, "action=disclosure.erase")
    assert erased["details"]["records"] == len(about)


async def test_the_checkpoint_is_a_signed_note_of_this_log(workspace: Workspace, client: httpx2.AsyncClient) -> None:
    await sequence(workspace)
    answer = (await client.get("/api/v1/audit/checkpoint")).json()
    checkpoint = parse_checkpoint(open_note(answer["note"], (SIGNER.verifier,)))

    assert checkpoint.origin == f"errata.test/audit/{workspace.organization_id}"
    assert checkpoint.size == answer["size"]
    assert answer["vkeys"] == [SIGNER.verifier.vkey()]


async def test_a_neighbours_log_is_not_seen(
    workspace: Workspace, client: httpx2.AsyncClient, new_workspace: MakeWorkspace
) -> None:
    foreign = await new_workspace()
    await sequence(foreign)
    found = await search(client, workspace, f"limit=100&actor={foreign.user_id}")

    assert found == []
    async with workspace.database_for("api").tenant(workspace.organization_id) as tx:
        listed = await explorer.search(tx, explorer.RecordFilter(), before=None, limit=100)
    assert {
        each.record.target.id
        for each in listed
        if each.record and each.record.action == "organization.create" and each.record.target
    } == {str(workspace.organization_id)}


@pytest.mark.parametrize("role", [Role.ADMIN, Role.AUDITOR, Role.COMPLIANCE_OFFICER])
async def test_those_who_check_the_log_may_read_it(workspace: Workspace, client: httpx2.AsyncClient, role: Role) -> None:
    await workspace.set_role(role)
    assert (await client.get(RECORDS)).status_code == 200


@pytest.mark.parametrize("role", [Role.MANAGER, Role.MEMBER])
async def test_those_who_use_the_product_may_not(workspace: Workspace, client: httpx2.AsyncClient, role: Role) -> None:
    await workspace.set_role(role)
    assert (await client.get(RECORDS)).status_code == 403
    assert (await client.get("/api/v1/audit/checkpoint")).status_code == 403


@pytest.mark.parametrize(
    "query",
    [
        "action=issue.explode",
        "actor=grace",
        "since=yesterday",
        "since=2026-01-01T00:00:00",
        "until=9999-12-31T23:59:59-12:00",
        "target_id=%00",
        "target_kind=",
        "limit=0",
        "target_id=" + "x" * 201,
    ],
)
async def test_a_filter_that_means_nothing_is_a_problem(client: httpx2.AsyncClient, query: str) -> None:
    answer = await client.get(f"{RECORDS}?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


@pytest.mark.parametrize(
    "cursor",
    [
        "nonsense",
        base64.urlsafe_b64encode(b'["x"]').decode(),
        base64.urlsafe_b64encode(b"[99999999999999999999]").decode().rstrip("="),
    ],
)
async def test_a_cursor_of_something_else_is_refused(client: httpx2.AsyncClient, cursor: str) -> None:
    answer = await client.get(f"{RECORDS}?cursor={cursor}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor")


async def test_a_sign_in_shows_its_address_to_the_auditor_only_while_disclosed(
    workspace: Workspace, client: httpx2.AsyncClient
) -> None:
    async with workspace.client() as other:
        await other.post("/api/v1/auth/login", json={"email": workspace.email, "password": PASSWORD})
    (signed_in,) = await search(client, workspace, "action=session.create")

    assert {field["name"] for field in signed_in["personal"]} == {"source.address", "source.user_agent"}
