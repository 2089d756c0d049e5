"""What operators ask the process: alive, ready, metrics."""

import asyncio

from ingest.authentication import KeyDirectoryUnavailableError
from ingest.edge import Edge
from ingest.request import Request
from ingest.responses import Response, json, make
from ingest.routes import Route
from runtime import metrics, redis_client

PROBE_DEADLINE_SECONDS = 3
_NOBODYS_KEY = "0" * 32


async def alive(_edge: Edge, _request: Request, _route: Route) -> Response:
    return json(200, b'{"status":"alive"}')


async def exposition(_edge: Edge, _request: Request, _route: Route) -> Response:
    return make(200, body=metrics.render(), content_type=metrics.CONTENT_TYPE.encode())


async def ready(edge: Edge, _request: Request, _route: Route) -> Response:
    """200 if a key can be looked up in PostgreSQL and Redis answers, else 503 with what is missing."""
    keys, queue = await asyncio.gather(_can_find_keys(edge), _can_reach_queue(edge))
    body = b'{"postgres":%s,"redis":%s}' % (b"true" if keys else b"false", b"true" if queue else b"false")
    return json(200 if keys and queue else 503, body)


async def _can_find_keys(edge: Edge) -> bool:
    try:
        async with asyncio.timeout(PROBE_DEADLINE_SECONDS):
            await edge.keys.find(_NOBODYS_KEY)
    except (KeyDirectoryUnavailableError, TimeoutError):
        return False
    return True


async def _can_reach_queue(edge: Edge) -> bool:
    try:
        async with asyncio.timeout(PROBE_DEADLINE_SECONDS):
            return await redis_client.is_reachable(edge.redis)
    except TimeoutError:
        return False
