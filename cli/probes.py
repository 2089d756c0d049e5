"""Health, readiness and metrics over HTTP for the processes that serve nothing else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus

from runtime import metrics
from runtime.redis_client import RedisClient, is_reachable
from tenancy.scope import Database

_REQUEST_SECONDS = 5.0
_TEXT = "text/plain; charset=utf-8"


@asynccontextmanager
async def served(database: Database, redis: RedisClient, *, host: str, port: int | None) -> AsyncIterator[None]:
    """Answer GET /healthz, /readyz and /metrics while the block runs; nothing without a port."""
    if port is None:
        yield
        return

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_REQUEST_SECONDS):
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(await _answer(head.split(b" ", 2)[1], database, redis))
                await writer.drain()
        except (TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, IndexError, ConnectionError):
            pass  # a probe that went away, or no HTTP: nothing to answer
        finally:
            writer.close()

    server = await asyncio.start_server(handle, host, port)
    async with server:
        yield


async def _answer(path: bytes, database: Database, redis: RedisClient) -> bytes:
    match path:
        case b"/healthz":
            return _response(HTTPStatus.OK, _TEXT, b"ok\n")
        case b"/readyz":
            is_ready = await database.is_reachable() and await is_reachable(redis)
            return (
                _response(HTTPStatus.OK, _TEXT, b"ready\n")
                if is_ready
                else _response(HTTPStatus.SERVICE_UNAVAILABLE, _TEXT, b"not ready\n")
            )
        case b"/metrics":
            return _response(HTTPStatus.OK, metrics.CONTENT_TYPE, metrics.render())
        case _:
            return _response(HTTPStatus.NOT_FOUND, _TEXT, b"not found\n")


def _response(status: HTTPStatus, content_type: str, body: bytes) -> bytes:
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: {content_type}\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body
