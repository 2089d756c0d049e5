"""Redis Streams between the edge and the workers: append in groups, read by consumer group, acknowledge after the commit.

One hash-tagged stream per shard, so that Redis Cluster can place them; no call touches two streams of different slots
except the pipelines, which redis-py splits.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from redis.exceptions import RedisError, ResponseError

from protocol.stream_message import HEADER_FIELD, PAYLOAD_FIELD
from runtime.redis_client import RedisClient

DEFAULT_SHARDS = 4
GROUP = "workers"


class StreamUnavailableError(Exception):
    """Redis did not confirm the write: nothing may be answered as accepted."""


class StreamAppend(msgspec.Struct, frozen=True):
    stream: str
    header: bytes
    payload: bytes


class StreamEntry(msgspec.Struct, frozen=True):
    stream: str
    entry_id: str
    header: bytes
    payload: bytes


def stream_name(shard: int) -> str:
    return f"errata:{{ingest-{shard}}}"


def shard_of(project_id: int, shards: int = DEFAULT_SHARDS) -> int:
    """The shard of a project; project ids are random, so the rest of a division spreads them."""
    return project_id % shards


async def append_batch(redis: RedisClient, entries: Sequence[StreamAppend]) -> None:
    """Append all entries with one round trip; returns when Redis has confirmed every one.

    With `appendfsync always` confirmed means on disk.  Raises StreamUnavailableError if any was not confirmed.
    """
    pipeline = redis.pipeline(transaction=False)
    for entry in entries:
        pipeline.execute_command("XADD", entry.stream, "*", HEADER_FIELD, entry.header, PAYLOAD_FIELD, entry.payload)
    try:
        await pipeline.execute()
    except (RedisError, OSError) as error:
        raise StreamUnavailableError(type(error).__name__) from error


async def ensure_group(redis: RedisClient, stream: str) -> None:
    """Create the stream and its consumer group unless they exist; the group starts at the beginning."""
    try:
        await redis.xgroup_create(stream, GROUP, id="0", mkstream=True)
    except ResponseError as error:
        if not str(error).startswith("BUSYGROUP"):
            raise


async def read_group(redis: RedisClient, stream: str, *, consumer: str, count: int, block_ms: int | None) -> list[StreamEntry]:
    """Up to `count` new entries for this consumer; waits `block_ms` for the first, or not at all if None."""
    answer = await redis.xreadgroup(GROUP, consumer, {stream: ">"}, count=count, block=block_ms)
    return [entry for _, raw in _as_pairs(answer) for entry in _entries(stream, raw)]


async def claim_abandoned(redis: RedisClient, stream: str, *, consumer: str, min_idle_ms: int, count: int) -> list[StreamEntry]:
    """Take over entries which another consumer has held for longer than `min_idle_ms`."""
    answer: Any = await redis.xautoclaim(stream, GROUP, consumer, min_idle_time=min_idle_ms, start_id="0-0", count=count)
    return _entries(stream, answer[1])


async def claim_own(redis: RedisClient, stream: str, *, consumer: str, count: int) -> list[StreamEntry]:
    """Take up again what this consumer had been given before it was restarted; counts as one more delivery each."""
    rows = await redis.xpending_range(stream, GROUP, min="-", max="+", count=count, consumername=consumer)
    entry_ids: list[bytes | str | int | memoryview[int]] = [_text(row["message_id"]) for row in rows]
    if not entry_ids:
        return []
    return _entries(stream, await redis.xclaim(stream, GROUP, consumer, min_idle_time=0, message_ids=entry_ids))


async def delivery_counts(redis: RedisClient, stream: str, entry_ids: Sequence[str]) -> dict[str, int]:
    """How often each pending entry has been delivered; entries that are not pending are absent."""
    counts: dict[str, int] = {}
    for entry_id in entry_ids:
        for row in await redis.xpending_range(stream, GROUP, min=entry_id, max=entry_id, count=1):
            counts[_text(row["message_id"])] = int(row["times_delivered"])
    return counts


async def acknowledge(redis: RedisClient, stream: str, entry_ids: Sequence[str]) -> None:
    """Acknowledge and delete the entries; call it only after the commit that made them durable elsewhere."""
    if not entry_ids:
        return
    pipeline = redis.pipeline(transaction=False)
    pipeline.execute_command("XACK", stream, GROUP, *entry_ids)
    pipeline.execute_command("XDEL", stream, *entry_ids)
    await pipeline.execute()


async def length(redis: RedisClient, stream: str) -> int:
    """Entries not yet acknowledged, waiting and in flight."""
    return int(await redis.xlen(stream))


async def pending(redis: RedisClient, stream: str) -> int:
    """Entries delivered to a consumer and not yet acknowledged."""
    summary: Any = await redis.xpending(stream, GROUP)
    return int(summary["pending"])


def _as_pairs(answer: Any) -> Iterable[tuple[Any, Any]]:
    """RESP2 gives a list of pairs, RESP3 a mapping whose values are lists of lists."""
    if not answer:
        return []
    if isinstance(answer, dict):
        return [(name, entries) for name, lists in answer.items() for entries in lists]
    return [(pair[0], pair[1]) for pair in answer]


def _entries(stream: str, raw: Iterable[Any]) -> list[StreamEntry]:
    """An entry deleted while pending has no fields any more: there is nothing to do for it."""
    return [
        StreamEntry(stream=stream, entry_id=_text(entry_id), header=fields[HEADER_FIELD], payload=fields[PAYLOAD_FIELD])
        for entry_id, fields in raw
        if fields and HEADER_FIELD in fields and PAYLOAD_FIELD in fields
    ]


def _text(value: bytes | str | int) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
