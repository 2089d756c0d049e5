"""Signing in, being signed in, signing out; and what a foreign page cannot do with our cookie."""

from dataclasses import replace
from datetime import timedelta

import httpx2
import pytest

from dashboard_api.wiring import ApiDependencies
from identity.scopes import Role, Scope
from tests.integration.dashboard_api.conftest import MakeWorkspace
from tests.integration.dashboard_api.workspace import ORIGIN, PASSWORD, FakeClock, Workspace, nameless

COOKIE = "errata_session"


def login_body(workspace: Workspace, password: str = PASSWORD) -> dict[str, str]:
    return {"email": workspace.email, "password": password}


async def test_the_right_password_opens_a_session(workspace: Workspace) -> None:
    async with workspace.client() as client:
        answer = await client.post("/api/v1/auth/login", json=login_body(workspace))
        session = (await client.get("/api/v1/auth/session")).json()

    assert answer.status_code == 200
    assert answer.json() == session
    assert session["user"]["email"] == workspace.email
    assert session["organization"] == {"id": str(workspace.organization_id), "slug": "ada-s-shop", "name": "Ada's Shop"}
    assert session["role"] == "owner"
    assert set(session["scopes"]) == set(Scope)
    assert [each["id"] for each in session["organizations"]] == [str(workspace.organization_id)]


async def test_the_cookie_is_closed_to_scripts_and_foreign_pages(workspace: Workspace) -> None:
    async with workspace.client() as client:
        answer = await client.post("/api/v1/auth/login", json=login_body(workspace))
    cookie = answer.headers["set-cookie"]

    assert cookie.startswith(f"{COOKIE}=")
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    assert "Path=/" in cookie
    assert "Domain" not in cookie


async def test_over_https_the_cookie_is_bound_to_the_host(workspace: Workspace, dependencies: ApiDependencies) -> None:
    secure = replace(dependencies, settings=replace(dependencies.settings, is_secure=True, public_url="https://errata.test"))
    async with replace(workspace, dependencies=secure).client(Origin="https://errata.test") as client:
        answer = await client.post("/api/v1/auth/login", json=login_body(workspace))

    assert answer.headers["set-cookie"].startswith("__Host-errata_session=")
    assert "Secure" in answer.headers["set-cookie"]
    assert answer.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"


async def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(workspace: Workspace) -> None:
    async with workspace.client() as client:
        wrong = await client.post("/api/v1/auth/login", json=login_body(workspace, "not the right password"))
        unknown = await client.post("/api/v1/auth/login", json={"email": "nobody@errata.test", "password": PASSWORD})

    assert wrong.status_code == unknown.status_code == 401
    assert nameless(wrong) == nameless(unknown)
    assert wrong.json()["code"] == "wrong_credentials"
    assert "set-cookie" not in wrong.headers


async def test_too_many_tries_must_wait_even_with_the_right_password(workspace: Workspace) -> None:
    async with workspace.client() as client:
        for _ in range(10):
            await client.post("/api/v1/auth/login", json=login_body(workspace, "not the right password"))
        answer = await client.post("/api/v1/auth/login", json=login_body(workspace))

    assert answer.status_code == 429
    assert answer.json()["code"] == "too_many_tries"
    assert 0 < int(answer.headers["retry-after"]) <= 900


async def test_logout_makes_the_token_worthless(workspace: Workspace, client: httpx2.AsyncClient) -> None:
    token = client.cookies[COOKIE]
    answer = await client.post("/api/v1/auth/logout")
    assert answer.status_code == 204
    assert COOKIE not in client.cookies

    client.cookies.set(COOKIE, token)
    assert (await client.get("/api/v1/auth/session")).status_code == 401


async def test_a_new_login_ends_the_session_before(workspace: Workspace, client: httpx2.AsyncClient) -> None:
    first = client.cookies[COOKIE]
    await client.post("/api/v1/auth/login", json=login_body(workspace))
    assert client.cookies[COOKIE] != first

    async with workspace.client(Cookie=f"{COOKIE}={first}") as other:
        assert (await other.get("/api/v1/auth/session")).status_code == 401


async def test_a_session_ends_after_eight_idle_hours(client: httpx2.AsyncClient, clock: FakeClock) -> None:
    clock.move(timedelta(hours=7, minutes=59))
    assert (await client.get("/api/v1/auth/session")).status_code == 200
    clock.move(timedelta(hours=7, minutes=59))
    assert (await client.get("/api/v1/auth/session")).status_code == 200
    clock.move(timedelta(hours=8))
    assert (await client.get("/api/v1/auth/session")).status_code == 401


async def test_a_session_ends_after_seven_days_however_busy(client: httpx2.AsyncClient, clock: FakeClock) -> None:
    for _ in range(24):
        clock.move(timedelta(hours=7))
        assert (await client.get("/api/v1/auth/session")).status_code == (
            200 if clock() < FakeClock().now + timedelta(days=7) else 401
        )


@pytest.mark.parametrize(
    "headers",
    [
        {"X-CSRF": ""},
        {"X-CSRF": "0"},
        {"Origin": "https://evil.test"},
        {"Origin": "null"},
        {"Origin": f"{ORIGIN}.evil.test"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_a_change_from_a_foreign_page_is_refused(client: httpx2.AsyncClient, headers: dict[str, str]) -> None:
    answer = await client.post("/api/v1/projects", json={"name": "Sneaky"}, headers=headers)

    assert answer.status_code == 403
    assert answer.json()["code"] == "cross_site_request"
    names = [project["name"] for project in (await client.get("/api/v1/projects")).json()["items"]]
    assert names == ["Shop"]


async def test_a_foreign_page_cannot_sign_somebody_in_or_out(workspace: Workspace, client: httpx2.AsyncClient) -> None:
    evil = {"Origin": "https://evil.test"}
    assert (await client.post("/api/v1/auth/logout", headers=evil)).status_code == 403
    assert (await client.get("/api/v1/auth/session")).status_code == 200
    assert (await client.post("/api/v1/auth/login", json=login_body(workspace), headers=evil)).status_code == 403


async def test_a_role_that_was_taken_away_counts_at_once(workspace: Workspace, client: httpx2.AsyncClient) -> None:
    assert (await client.post("/api/v1/projects", json={"name": "First"})).status_code == 201
    await workspace.set_role(Role.MEMBER)
    answer = await client.post("/api/v1/projects", json={"name": "Second"})

    assert answer.status_code == 403
    assert answer.json()["code"] == "scope_missing"


async def test_nobody_enters_an_organization_as_a_stranger(client: httpx2.AsyncClient, new_workspace: MakeWorkspace) -> None:
    foreign = await new_workspace()
    answer = await client.post("/api/v1/auth/organization", json={"organization_id": str(foreign.organization_id)})

    assert answer.status_code == 404


async def test_going_to_an_organization_gives_a_new_token(workspace: Workspace, client: httpx2.AsyncClient) -> None:
    before = client.cookies[COOKIE]
    answer = await client.post("/api/v1/auth/organization", json={"organization_id": str(workspace.organization_id)})

    assert answer.status_code == 204
    assert client.cookies[COOKIE] != before
    assert (await client.get("/api/v1/auth/session")).status_code == 200
    async with workspace.client(Cookie=f"{COOKIE}={before}") as other:
        assert (await other.get("/api/v1/auth/session")).status_code == 401


async def test_the_organization_and_its_members_are_shown(workspace: Workspace, client: httpx2.AsyncClient) -> None:
    organization = (await client.get("/api/v1/organization")).json()
    members = (await client.get("/api/v1/organization/members")).json()["items"]

    assert organization["id"] == str(workspace.organization_id)
    assert [(member["email"], member["role"]) for member in members] == [(workspace.email, "owner")]
