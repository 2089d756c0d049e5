"""Hints for people who are looking: something changed, ask again.  A hint may be lost; nothing else may."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

import msgspec

from runtime.redis_client import RedisClient


class LiveHint(msgspec.Struct, frozen=True):
    kind: str  # "issue.changed"
    project_id: int
    issue_id: UUID
    is_new: bool


_decoder = msgspec.json.Decoder(LiveHint)


def channel(organization_id: UUID) -> str:
    return f"t:{{{organization_id}}}:live"


async def publish(redis: RedisClient, organization_id: UUID, hint: LiveHint) -> None:
    await redis.publish(channel(organization_id), msgspec.json.encode(hint))


async def publish_all(redis: RedisClient, hints: Sequence[tuple[UUID, LiveHint]]) -> None:
    """All hints, each with its organization, with one round trip."""
    if not hints:
        return
    pipeline = redis.pipeline(transaction=False)
    for organization_id, hint in hints:
        pipeline.publish(channel(organization_id), msgspec.json.encode(hint))
    await pipeline.execute()


@asynccontextmanager
async def subscribe(redis: RedisClient, organization_id: UUID) -> AsyncIterator[AsyncIterator[LiveHint]]:
    """Hints of one organization, to be used as `async with … as hints: async for hint in hints`; one connection each."""
    pubsub = redis.pubsub(ignore_subscribe_messages=True)
    await pubsub.subscribe(channel(organization_id))

    async def hints() -> AsyncIterator[LiveHint]:
        while True:
            message = await pubsub.get_message(timeout=30.0)
            if message is not None and message["type"] == "message":
                yield _decoder.decode(message["data"])

    try:
        yield hints()
    finally:
        await pubsub.aclose()  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
