"""What a worker is given by cli."""

from dataclasses import dataclass
from datetime import timedelta

from runtime.clock import Clock, utc_now
from runtime.keyring import LocalKeyring
from runtime.redis_client import RedisClient
from runtime.streams import DEFAULT_SHARDS
from tenancy.scope import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerDependencies:
    """`redis` needs two connections per shard (one waits, one acknowledges), `database` one per shard and one more."""

    database: Database
    redis: RedisClient
    keyring: LocalKeyring
    consumer_name: str  # unique among running workers; may stay the same over restarts
    clock: Clock = utc_now
    shards: int = DEFAULT_SHARDS
    batch_messages: int = 200
    reclaim_idle: timedelta = timedelta(seconds=30)  # longer than any batch takes, or two workers do the same work
    read_block: timedelta = timedelta(seconds=1)  # how long an idle lane waits for entries; a stop waits as long
