"""The live feed over a real socket: who may watch, what they see, and when it ends."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import httpx2
import pytest
import uvicorn
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from dashboard_api import live as live_module
from dashboard_api.app import create_app
from identity.scopes import Scope
from runtime import live
from runtime.live import LiveHint
from tests.integration.dashboard_api.conftest import MakeWorkspace
from tests.integration.dashboard_api.workspace import ORIGIN, Workspace


@asynccontextmanager
async def served(workspace: Workspace) -> AsyncIterator[str]:
    """The application behind uvicorn, as `errata serve api` runs it; the address of its feed."""
    config = uvicorn.Config(create_app(workspace.dependencies), port=0, ws="websockets-sansio", log_config=None, access_log=False)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  # another process or library knows, and tells nobody
        await asyncio.sleep(0.01)
    try:
        yield f"ws://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/api/v1/live"
    finally:
        server.should_exit = True
        await task


@pytest.fixture
async def feed_url(workspace: Workspace) -> AsyncIterator[str]:
    async with served(workspace) as url:
        yield url


def cookie_of(client: httpx2.AsyncClient) -> str:
    return f"errata_session={client.cookies['errata_session']}"


def hint_for(project_id: int) -> LiveHint:
    return LiveHint(kind="issue.changed", project_id=project_id, issue_id=uuid4(), is_new=True)


async def close_code(url: str, **headers: str) -> int | None:
    """The code with which the feed ends, or the HTTP status if it never began."""
    try:
        async with connect(url, additional_headers=headers) as socket, asyncio.timeout(8):
            await socket.recv()
    except InvalidStatus as refused:
        return refused.response.status_code
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else None
    return None


async def until_subscribed(workspace: Workspace) -> None:
    """Hints are lost until the feed has subscribed: wait for that, as nobody else can see it."""
    channel = live.channel(workspace.organization_id)
    while not any(count for _, count in await workspace.dependencies.redis.pubsub_numsub(channel)):  # noqa: ASYNC110  # another process or library knows, and tells nobody
        await asyncio.sleep(0.01)


async def test_a_signed_in_person_sees_hints_of_the_project_and_no_others(
    workspace: Workspace, client: httpx2.AsyncClient, feed_url: str, new_workspace: MakeWorkspace
) -> None:
    foreign = await new_workspace()
    wanted = hint_for(workspace.project_id)
    headers = {"Cookie": cookie_of(client), "Origin": ORIGIN}
    async with connect(f"{feed_url}?project_id={workspace.project_id}", additional_headers=headers) as socket, asyncio.timeout(8):
        await until_subscribed(workspace)
        redis = workspace.dependencies.redis
        await live.publish(redis, foreign.organization_id, hint_for(workspace.project_id))
        await live.publish(redis, workspace.organization_id, hint_for(workspace.project_id + 1))
        await live.publish(redis, workspace.organization_id, wanted)
        message = json.loads(await socket.recv())

    assert message == {
        "kind": "issue.changed",
        "project_id": str(workspace.project_id),
        "issue_id": str(wanted.issue_id),
        "is_new": True,
    }


async def test_many_watchers_share_one_subscription(workspace: Workspace, client: httpx2.AsyncClient, feed_url: str) -> None:
    headers = {"Cookie": cookie_of(client), "Origin": ORIGIN}
    wanted = hint_for(workspace.project_id)
    async with connect(feed_url, additional_headers=headers) as one, connect(feed_url, additional_headers=headers) as two:
        async with asyncio.timeout(8):
            await until_subscribed(workspace)
            await asyncio.sleep(0.3)  # the second watcher joins the channel which the first has opened
            redis = workspace.dependencies.redis
            assert [count for _, count in await redis.pubsub_numsub(live.channel(workspace.organization_id))] == [1]
            await live.publish(redis, workspace.organization_id, wanted)
            seen = [json.loads(await socket.recv())["issue_id"] for socket in (one, two)]

    assert seen == [str(wanted.issue_id)] * 2


async def test_a_program_shows_its_key_as_header_or_first_message(
    workspace: Workspace, client: httpx2.AsyncClient, feed_url: str
) -> None:
    secret = (await client.post("/api/v1/api-keys", json={"name": "bot", "scopes": [Scope.ISSUE_READ]})).json()["secret"]
    wanted = hint_for(workspace.project_id)
    async with connect(feed_url, additional_headers={"Authorization": f"Bearer {secret}"}) as one, connect(feed_url) as two:
        async with asyncio.timeout(8):
            await two.send(json.dumps({"token": secret}))
            await until_subscribed(workspace)
            await asyncio.sleep(0.3)
            await live.publish(workspace.dependencies.redis, workspace.organization_id, wanted)
            seen = [json.loads(await socket.recv())["issue_id"] for socket in (one, two)]

    assert seen == [str(wanted.issue_id)] * 2


@pytest.mark.parametrize("origin", [None, "https://evil.test", "null"])
async def test_a_foreign_page_cannot_watch_with_our_cookie(client: httpx2.AsyncClient, feed_url: str, origin: str | None) -> None:
    headers = {"Cookie": cookie_of(client)} | ({"Origin": origin} if origin else {})
    assert await close_code(feed_url, **headers) == 403


async def test_a_credential_that_is_wrong_ends_the_feed(feed_url: str) -> None:
    assert await close_code(feed_url, Cookie="errata_session=nonsense", Origin=ORIGIN) == live_module.UNAUTHENTICATED
    assert await close_code(feed_url, Authorization="Bearer nonsense") == live_module.UNAUTHENTICATED
    async with connect(feed_url) as socket, asyncio.timeout(8):
        await socket.send("not json")
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == live_module.UNAUTHENTICATED


async def test_a_key_without_the_scope_and_a_foreign_project_are_refused(
    client: httpx2.AsyncClient, feed_url: str, new_workspace: MakeWorkspace
) -> None:
    foreign = await new_workspace()
    weak = (await client.post("/api/v1/api-keys", json={"name": "weak", "scopes": [Scope.PROJECT_READ]})).json()["secret"]
    headers = {"Cookie": cookie_of(client), "Origin": ORIGIN}

    assert await close_code(feed_url, Authorization=f"Bearer {weak}") == live_module.FORBIDDEN
    assert await close_code(f"{feed_url}?project_id={foreign.project_id}", **headers) == live_module.NOT_FOUND
    assert await close_code(f"{feed_url}?project_id=nonsense", **headers) == live_module.NOT_FOUND


async def test_the_feed_ends_with_the_session(workspace: Workspace, client: httpx2.AsyncClient) -> None:
    settings = replace(workspace.dependencies.settings, live_recheck=timedelta(seconds=0.2))
    eager = replace(workspace, dependencies=replace(workspace.dependencies, settings=settings))
    headers = {"Cookie": cookie_of(client), "Origin": ORIGIN}
    async with served(eager) as url, connect(url, additional_headers=headers) as socket, asyncio.timeout(8):
        await client.post("/api/v1/auth/logout")
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()

    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == live_module.UNAUTHENTICATED


async def test_nobody_stays_subscribed_when_all_have_left(
    workspace: Workspace, client: httpx2.AsyncClient, feed_url: str
) -> None:
    async with connect(feed_url, additional_headers={"Cookie": cookie_of(client), "Origin": ORIGIN}), asyncio.timeout(8):
        await until_subscribed(workspace)
    async with asyncio.timeout(8):
        channel = live.channel(workspace.organization_id)
        while any(count for _, count in await workspace.dependencies.redis.pubsub_numsub(channel)):  # noqa: ASYNC110  # another process or library knows, and tells nobody
            await asyncio.sleep(0.02)
