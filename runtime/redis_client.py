"""Connections to Redis or Valkey (command set of Redis 7.0)."""

from typing import TypeAlias

from redis.asyncio import BlockingConnectionPool, Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

from runtime.secrets import Secret

RedisClient: TypeAlias = Redis
RedisUnavailable = (RedisConnectionError, RedisTimeoutError)
__all__ = ["RedisClient", "RedisError", "RedisUnavailable", "connect", "is_reachable"]


def connect(url: Secret, *, max_connections: int = 8, timeout_seconds: float = 5.0) -> RedisClient:
    """A client with a bounded pool that waits for a free connection; answers are bytes."""
    pool = BlockingConnectionPool.from_url(
        url.reveal(),
        max_connections=max_connections,
        timeout=timeout_seconds,
        socket_timeout=timeout_seconds + 30,  # longer than any XREADGROUP block
        socket_connect_timeout=timeout_seconds,
        decode_responses=False,
    )
    return Redis.from_pool(pool)  # the client owns the pool: aclose() closes its connections


async def is_reachable(redis: RedisClient) -> bool:
    """Whether Redis answers a PING."""
    try:
        return bool(await redis.ping())
    except RedisError:
        return False
