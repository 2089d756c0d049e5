"""The live feed: hints that something changed, over a WebSocket, for as long as the session or key lives."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import NoReturn

import msgspec
from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect

from dashboard_api import authentication, credentials
from dashboard_api.authentication import Proof
from dashboard_api.dependencies import checks_itself
from dashboard_api.live_feeds import Hints, LiveFeeds
from dashboard_api.refusals import (
    CrossSiteRequestError,
    LiveFeedUnavailableError,
    OrganizationMissingError,
    UnauthenticatedError,
)
from dashboard_api.wiring import ApiDependencies, dependencies_of
from identity.scopes import Scope
from protocol.dsn import parse_project_id
from runtime.live import LiveHint
from tenancy import projects

router = APIRouter()

FIRST_MESSAGE_SECONDS = 5

UNAUTHENTICATED = 4401  # close codes 4000-4999 are ours: RFC 6455, 7.4.2
FORBIDDEN = 4403
NOT_FOUND = 4404
TRY_AGAIN_LATER = 1013

Identify = Callable[[], Awaitable[Proof]]


class LiveMessage(msgspec.Struct, frozen=True):
    """What the client gets; ids are text, as everywhere in the API."""

    kind: str
    project_id: str
    issue_id: str
    is_new: bool


class FirstMessage(msgspec.Struct, frozen=True):
    """What a client sends that can set neither cookie nor header."""

    token: str


class _FeedEndedError(Exception):
    def __init__(self, close_code: int) -> None:
        super().__init__(f"the feed ends with {close_code}")
        self.close_code = close_code


@router.websocket("/api/v1/live", dependencies=[checks_itself(Scope.ISSUE_READ)])
async def live_feed(socket: WebSocket) -> None:
    """`?project_id=` narrows the feed to one project.  Closed with 4401, 4403, 4404 or 1013; before acceptance with HTTP 403."""
    dependencies = dependencies_of(socket)
    try:
        identify = await _handshake(socket, dependencies)
        await _serve(socket, dependencies, identify)
    except* WebSocketDisconnect:
        pass
    except* _FeedEndedError as ended:
        await _close(socket, _first_code(ended))


async def _handshake(socket: WebSocket, dependencies: ApiDependencies) -> Identify:
    """Accept the socket; how to find out, now and later, who watches."""
    bearer = credentials.bearer_of(socket)
    has_cookie = bearer is None and credentials.session_token_of(socket, dependencies.settings) is not None
    try:
        credentials.check_origin(socket, dependencies.settings, is_required=has_cookie)
    except CrossSiteRequestError as error:
        raise _FeedEndedError(FORBIDDEN) from error
    if has_cookie:
        await socket.accept()
        return lambda: authentication.identify(socket, dependencies)
    await socket.accept()
    token = bearer if bearer is not None else await _first_token(socket)
    return lambda: authentication.identify_key(token, dependencies)


async def _first_token(socket: WebSocket) -> str:
    try:
        async with asyncio.timeout(FIRST_MESSAGE_SECONDS):
            raw = await socket.receive_text()
        return msgspec.json.decode(raw, type=FirstMessage).token
    except (TimeoutError, KeyError, msgspec.MsgspecError) as error:  # KeyError: a binary message
        raise _FeedEndedError(UNAUTHENTICATED) from error


async def _serve(socket: WebSocket, dependencies: ApiDependencies, identify: Identify) -> None:
    wanted = socket.query_params.get("project_id")
    project_id = None if wanted is None else parse_project_id(wanted)
    if wanted is not None and project_id is None:
        raise _FeedEndedError(NOT_FOUND)
    proof = await _check(dependencies, identify, project_id=project_id)
    feeds = socket.app.state.live_feeds
    if not isinstance(feeds, LiveFeeds):
        raise TypeError("the application runs without its lifespan")
    try:
        async with feeds.watch(proof.organization_id) as hints, asyncio.TaskGroup() as tasks:
            tasks.create_task(_forward(socket, hints, project_id=project_id))
            tasks.create_task(_recheck(dependencies, identify, project_id=project_id))
            tasks.create_task(_read_to_the_end(socket))
    except LiveFeedUnavailableError as error:
        raise _FeedEndedError(TRY_AGAIN_LATER) from error


async def _check(dependencies: ApiDependencies, identify: Identify, *, project_id: int | None) -> Proof:
    """Who watches, if that is still allowed.  Raises _FeedEndedError."""
    try:
        proof = await identify()
        organization_id = proof.organization_id
        async with dependencies.database.tenant(organization_id, user_id=proof.user_id) as tx:
            actor = await authentication.actor_of(tx, proof)
            is_known = project_id is None or await projects.get(tx, project_id) is not None
    except UnauthenticatedError as error:
        raise _FeedEndedError(UNAUTHENTICATED) from error
    except OrganizationMissingError as error:
        raise _FeedEndedError(FORBIDDEN) from error
    if not actor.may(Scope.ISSUE_READ):
        raise _FeedEndedError(FORBIDDEN)
    if not is_known:
        raise _FeedEndedError(NOT_FOUND)
    return proof


async def _forward(socket: WebSocket, hints: Hints, *, project_id: int | None) -> NoReturn:
    while True:
        hint = await hints.get()
        if hint is None:
            raise _FeedEndedError(TRY_AGAIN_LATER)
        if project_id in {None, hint.project_id}:
            await socket.send_text(_as_text(hint))


async def _recheck(dependencies: ApiDependencies, identify: Identify, *, project_id: int | None) -> NoReturn:
    """A session that ended, a key that was revoked, a role that was taken: the feed ends too."""
    while True:
        await asyncio.sleep(dependencies.settings.live_recheck.total_seconds())
        await _check(dependencies, identify, project_id=project_id)


async def _read_to_the_end(socket: WebSocket) -> NoReturn:
    """Clients have nothing to say; reading is how a disconnect is noticed."""
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1000))


def _as_text(hint: LiveHint) -> str:
    message = LiveMessage(hint.kind, str(hint.project_id), str(hint.issue_id), hint.is_new)
    return msgspec.json.encode(message).decode()


def _first_code(ended: ExceptionGroup[_FeedEndedError]) -> int:
    for error in ended.exceptions:
        return error.close_code if isinstance(error, _FeedEndedError) else _first_code(error)
    return TRY_AGAIN_LATER


async def _close(socket: WebSocket, code: int) -> None:
    try:
        await socket.close(code=code)
    except (WebSocketDisconnect, RuntimeError):  # RuntimeError: it is closed already
        return
