"""One transaction per request: committed before the answer leaves, gone when the request fails."""

from typing import Any
from uuid import uuid4

import httpx2
from fastapi import APIRouter
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard_api.app import create_app
from dashboard_api.dependencies import CurrentTenant, requires
from dashboard_api.security_headers import CONTENT_SECURITY_POLICY
from identity.scopes import Scope as Right
from tenancy import projects
from tests.integration.dashboard_api.workspace import NOON, ORIGIN, Workspace

crashing = APIRouter()


class OurFaultError(Exception):
    pass


@crashing.post("/crash", dependencies=[requires(Right.PROJECT_WRITE)])
async def crash(tenant: CurrentTenant) -> None:
    await projects.create(tenant.tx, name="Half done", slug=f"half-{uuid4().hex}", platform=None, now=NOON)
    raise OurFaultError("with a secret in it")


async def test_a_change_is_committed_before_the_answer_starts(workspace: Workspace, client: httpx2.AsyncClient) -> None:
    names_at_start: list[str] = []
    app: ASGIApp = create_app(workspace.dependencies)

    async def looking_app(scope: Scope, receive: Receive, send: Send) -> None:
        async def look_and_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                async with workspace.database_for("api").tenant(workspace.organization_id) as tx:
                    names_at_start.extend(project.name for project in await projects.list_all(tx))
            await send(message)

        await app(scope, receive, look_and_send)

    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=looking_app), base_url=ORIGIN, headers=client.headers, cookies=client.cookies
    ) as looking:
        assert (await looking.post("/api/v1/projects", json={"name": "Visible"})).status_code == 201

    assert names_at_start == ["Shop", "Visible"]


async def test_a_crash_is_a_problem_without_details_and_leaves_nothing_behind(
    workspace: Workspace, client: httpx2.AsyncClient
) -> None:
    app: Any = create_app(workspace.dependencies)
    app.router.routes[:0] = crashing.routes
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(
        transport=transport, base_url=ORIGIN, headers=client.headers, cookies=client.cookies
    ) as browser:
        answer = await browser.post("/crash")

    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert "secret" not in answer.text
    async with workspace.database_for("api").tenant(workspace.organization_id) as tx:
        assert [project.name for project in await projects.list_all(tx)] == ["Shop"]
