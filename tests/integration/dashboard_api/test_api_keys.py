"""API keys at the door: shown once, as strong as granted, dead when revoked."""

from datetime import timedelta

import httpx2
import pytest
from sqlalchemy import event

from identity import token_format
from identity.scopes import Role, Scope
from tests.integration.dashboard_api.conftest import MakeWorkspace
from tests.integration.dashboard_api.workspace import FakeClock, Workspace, nameless


async def make_key(client: httpx2.AsyncClient, *scopes: Scope, **changes: object) -> dict[str, str]:
    answer = await client.post("/api/v1/api-keys", json={"name": "CI", "scopes": list(scopes), **changes})
    assert answer.status_code == 201, answer.text
    created: dict[str, str] = answer.json()
    return created


async def status_with(workspace: Workspace, secret: str, path: str = "/api/v1/projects") -> int:
    async with workspace.client(Authorization=f"Bearer {secret}") as program:
        return (await program.get(path)).status_code


async def test_a_key_opens_what_its_scopes_say_and_nothing_else(workspace: Workspace, client: httpx2.AsyncClient) -> None:
    key = await make_key(client, Scope.PROJECT_READ)
    async with workspace.client(Authorization=f"Bearer {key['secret']}") as program:
        assert (await program.get("/api/v1/projects")).status_code == 200
        refused = await program.get(workspace.issues_url)
        session = (await program.get("/api/v1/auth/session")).json()

    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    assert session["scopes"] == ["project:read"]


async def test_a_program_needs_no_csrf_header(workspace: Workspace, client: httpx2.AsyncClient) -> None:
    key = await make_key(client, Scope.PROJECT_WRITE)
    transport_client = workspace.client(Authorization=f"Bearer {key['secret']}")
    del transport_client.headers["X-CSRF"]
    del transport_client.headers["Origin"]
    async with transport_client as program:
        assert (await program.post("/api/v1/projects", json={"name": "Made by CI"})).status_code == 201


async def test_a_key_is_listed_without_its_secret_and_with_its_last_use(
    workspace: Workspace, client: httpx2.AsyncClient, clock: FakeClock
) -> None:
    key = await make_key(client, Scope.PROJECT_READ, expires_in_days=7)
    clock.move(timedelta(minutes=5))
    await status_with(workspace, key["secret"])
    (listed,) = (await client.get("/api/v1/api-keys")).json()["items"]

    assert "secret" not in listed
    assert listed["id"] == key["id"]
    assert listed["last_used_at"] == clock().strftime("%Y-%m-%dT%H:%M:%SZ")
    assert listed["expires_at"] == (clock() - timedelta(minutes=5) + timedelta(days=7)).strftime("%Y-%m-%dT%H:%M:%SZ")


async def test_the_last_use_is_written_at_most_once_a_minute(
    workspace: Workspace, client: httpx2.AsyncClient, clock: FakeClock
) -> None:
    key = await make_key(client, Scope.PROJECT_READ)
    await status_with(workspace, key["secret"])
    first = clock()
    clock.move(timedelta(seconds=59))
    await status_with(workspace, key["secret"])
    (listed,) = (await client.get("/api/v1/api-keys")).json()["items"]

    assert listed["last_used_at"] == first.strftime("%Y-%m-%dT%H:%M:%SZ")


async def test_a_revoked_key_is_dead_at_once(workspace: Workspace, client: httpx2.AsyncClient) -> None:
    key = await make_key(client, Scope.PROJECT_READ)
    assert await status_with(workspace, key["secret"]) == 200
    assert (await client.delete(f"/api/v1/api-keys/{key['id']}")).status_code == 204
    assert await status_with(workspace, key["secret"]) == 401
    assert (await client.get("/api/v1/api-keys")).json()["items"] == []


async def test_an_expired_key_is_dead(workspace: Workspace, client: httpx2.AsyncClient, clock: FakeClock) -> None:
    key = await make_key(client, Scope.PROJECT_READ, expires_in_days=1)
    clock.move(timedelta(days=1))
    assert await status_with(workspace, key["secret"]) == 401


async def test_a_key_gets_weaker_with_its_maker(workspace: Workspace, client: httpx2.AsyncClient) -> None:
    key = await make_key(client, Scope.ISSUE_READ)
    await workspace.set_role(Role.AUDITOR)
    assert await status_with(workspace, key["secret"], workspace.issues_url) == 403


async def test_nobody_grants_what_they_have_not(workspace: Workspace, client: httpx2.AsyncClient) -> None:
    await workspace.set_role(Role.MEMBER)
    answer = await client.post("/api/v1/api-keys", json={"name": "strong", "scopes": ["project:write"]})
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_not_grantable")


async def test_a_key_makes_no_keys(workspace: Workspace, client: httpx2.AsyncClient) -> None:
    key = await make_key(client, Scope.API_KEY_WRITE)
    async with workspace.client(Authorization=f"Bearer {key['secret']}") as program:
        answer = await program.post("/api/v1/api-keys", json={"name": "child", "scopes": ["api_key:write"]})
    assert (answer.status_code, answer.json()["code"]) == (403, "person_needed")


async def test_unknown_wrong_and_malformed_keys_get_the_same_answer(workspace: Workspace, client: httpx2.AsyncClient) -> None:
    parsed = token_format.parse((await make_key(client, Scope.PROJECT_READ))["secret"])
    assert parsed is not None
    wrong_secret = token_format.compose(lookup_id=parsed.lookup_id, secret="x" * 32)
    unknown = token_format.compose(lookup_id="0" * 8, secret="x" * 32)
    bodies = set()
    for secret in (wrong_secret, unknown, "errp_mistyped", ""):
        async with workspace.client(Authorization=f"Bearer {secret}") as program:
            answer = await program.get("/api/v1/projects")
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        bodies.add(nameless(answer))
    assert len(bodies) == 1


async def test_a_mistyped_key_never_reaches_the_database(workspace: Workspace, client: httpx2.AsyncClient) -> None:
    secret = (await make_key(client, Scope.PROJECT_READ))["secret"]
    mistyped = secret[:10] + ("A" if secret[10] != "A" else "B") + secret[11:]
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    engine = workspace.dependencies.database._engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert await status_with(workspace, mistyped) == 401
        assert statements == []
        assert await status_with(workspace, secret) == 200
        assert statements != []
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def test_a_wrong_bearer_is_not_saved_by_a_cookie(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/api/v1/projects", headers={"Authorization": "Bearer nonsense"})).status_code == 401
    assert (await client.get("/api/v1/projects", headers={"Authorization": "Basic abc"})).status_code == 401


@pytest.mark.parametrize(
    "changes", [{"scopes": []}, {"scopes": ["admin"]}, {"expires_in_days": 0}, {"expires_in_days": 366}, {"name": ""}]
)
async def test_a_key_is_made_within_the_rules(client: httpx2.AsyncClient, changes: dict[str, object]) -> None:
    answer = await client.post("/api/v1/api-keys", json={"name": "CI", "scopes": ["project:read"], **changes})
    assert answer.status_code == 422


async def test_another_tenants_key_cannot_be_revoked(
    workspace: Workspace, client: httpx2.AsyncClient, new_workspace: MakeWorkspace
) -> None:
    foreign = await new_workspace()
    async with foreign.signed_in() as neighbour:
        theirs = await make_key(neighbour, Scope.PROJECT_READ)

    assert (await client.delete(f"/api/v1/api-keys/{theirs['id']}")).status_code == 404
    assert await status_with(foreign, theirs["secret"]) == 200
    assert (await client.get("/api/v1/api-keys")).json()["items"] == []
