"""How often somebody may try a password: counters in Redis which end by themselves and hold no address in clear."""

import hashlib
from datetime import timedelta

from runtime.redis_client import RedisClient

WINDOW = timedelta(minutes=15)
TRIES_PER_ACCOUNT_AND_PEER = 10
TRIES_PER_PEER = 100


def _keys(email: str, peer: str) -> tuple[str, str]:
    by_account = hashlib.sha256(f"{email.strip().casefold()}\n{peer}".encode()).hexdigest()
    by_peer = hashlib.sha256(peer.encode()).hexdigest()
    return f"login:account:{by_account}", f"login:peer:{by_peer}"


async def take(redis: RedisClient, *, email: str, peer: str) -> timedelta | None:
    """Count one try before the password is looked at; None, or how long to wait if there were too many."""
    account_key, peer_key = _keys(email, peer)
    pipeline = redis.pipeline(transaction=False)
    for key in (account_key, peer_key):
        pipeline.incr(key)
        pipeline.expire(key, WINDOW, nx=True)
        pipeline.ttl(key)
    account_tries, _, account_ttl, peer_tries, _, peer_ttl = await pipeline.execute()
    if account_tries > TRIES_PER_ACCOUNT_AND_PEER:
        return timedelta(seconds=max(1, account_ttl))
    if peer_tries > TRIES_PER_PEER:
        return timedelta(seconds=max(1, peer_ttl))
    return None


async def forgive(redis: RedisClient, *, email: str, peer: str) -> None:
    """Forget the tries of an account after its right password."""
    await redis.delete(_keys(email, peer)[0])
