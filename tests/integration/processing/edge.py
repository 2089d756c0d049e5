"""The edge's part in the tests of the worker: sealed messages in the streams, and a worker that empties them."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from processing.consumer import Worker
from processing.worker_dependencies import WorkerDependencies
from protocol.envelope import serialize
from protocol.outcome import OutcomeCount
from protocol.stream_message import MessageKind, StreamHeader, encode_header
from runtime import streams
from runtime.clock import utc_now
from runtime.identifiers import new_uuid7
from runtime.keyring import LocalKeyring, seal
from runtime.redis_client import RedisClient
from runtime.streams import StreamAppend
from tenancy import data_keys
from tenancy.data_keys import DataKeyPurpose
from tenancy.scope import Database, TenantTransaction
from tests.conftest import TenantFixture

FAST = timedelta(milliseconds=60)  # so that three deliveries fit into a test


@dataclass(frozen=True)
class Edge:
    """Puts what it is given into the streams, as ingest.producer does."""

    redis: RedisClient
    database: Database
    keyring: LocalKeyring

    async def queue_key(self, tenant: TenantFixture) -> bytes:
        async with self.database.tenant(tenant.organization_id) as tx:
            return (await data_keys.current(tx, DataKeyPurpose.QUEUE, self.keyring)).key

    async def send(self, tenant: TenantFixture, *messages: StreamAppend) -> None:
        await streams.append_batch(self.redis, messages)

    async def message(
        self,
        tenant: TenantFixture,
        payload: bytes,
        *,
        kind: MessageKind = MessageKind.ENVELOPE,
        event_id: str | None = None,
        message_id: UUID | None = None,
        received_at: datetime | None = None,
        key: bytes | None = None,
        encoding: str = "identity",
    ) -> StreamAppend:
        received_at = received_at or utc_now()
        header = encode_header(
            StreamHeader(
                message_id=message_id or new_uuid7(received_at),
                organization_id=tenant.organization_id,
                project_id=tenant.project_id,
                key_id=tenant.key_id,
                received_at=received_at.timestamp(),
                kind=kind,
                encoding=encoding,
                queue_key_version=1,
                event_id=event_id,
            )
        )
        sealed = seal(key or await self.queue_key(tenant), payload, associated_data=header)
        return StreamAppend(streams.stream_name(streams.shard_of(tenant.project_id)), header, sealed)

    async def event(self, tenant: TenantFixture, stack: str = "checkout", **changes: object) -> StreamAppend:
        """A message with one error event; `changes` are arguments of `message` or fields of the event."""
        ours = {name: changes.pop(name) for name in ("message_id", "received_at", "key") if name in changes}
        event_id = str(changes.pop("event_id", uuid4().hex))
        return await self.message(tenant, event_envelope(event_id, stack, **changes), event_id=event_id, **ours)  # type: ignore[arg-type]

    async def outcomes(self, tenant: TenantFixture, *counts: OutcomeCount) -> StreamAppend:
        payload = json.dumps([{name: getattr(count, name) for name in OutcomeCount.__struct_fields__} for count in counts])
        return await self.message(tenant, payload.encode(), kind=MessageKind.OUTCOMES)


def event_envelope(event_id: str, stack: str = "checkout", **fields: object) -> bytes:
    event = {
        "event_id": event_id,
        "timestamp": utc_now().isoformat(),
        "platform": "python",
        "release": "shop@1.0",
        "exception": {
            "values": [
                {
                    "type": "ValueError",
                    "value": "broken",
                    "stacktrace": {"frames": [{"function": stack, "module": f"shop.{stack}", "lineno": 7, "in_app": True}]},
                }
            ]
        },
        **fields,
    }
    return serialize({"event_id": event_id}, [({"type": "event"}, json.dumps(event).encode())])


def dependencies_of(edge: Edge, *, name: str = "worker-1", **changes: object) -> WorkerDependencies:
    dependencies = WorkerDependencies(
        database=edge.database, redis=edge.redis, keyring=edge.keyring, consumer_name=name, reclaim_idle=FAST, read_block=FAST
    )
    return replace(dependencies, **changes)  # type: ignore[arg-type]


@asynccontextmanager
async def running(*dependencies: WorkerDependencies) -> AsyncIterator[None]:
    """Workers at work; they are stopped gracefully at the end."""
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for each in dependencies:
            group.create_task(Worker(each).run(stop))
        try:
            yield
        finally:
            stop.set()


async def wait_until_empty(redis: RedisClient, *, seconds: float = 20) -> None:
    """Until every entry is acknowledged."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if sum([await streams.length(redis, streams.stream_name(shard)) for shard in range(streams.DEFAULT_SHARDS)]) == 0:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("the streams were not emptied in time")


async def work_off(edge: Edge, tenant: TenantFixture, messages: Sequence[StreamAppend]) -> None:
    """Send, let one worker do everything, stop it."""
    await edge.send(tenant, *messages)
    async with running(dependencies_of(edge)):
        await wait_until_empty(edge.redis)


async def fetch(database: Database, tenant: TenantFixture, statement: object) -> list[tuple[object, ...]]:
    async with database.tenant(tenant.organization_id) as tx:
        return await _rows(tx, statement)


async def _rows(tx: TenantTransaction, statement: object) -> list[tuple[object, ...]]:
    return [tuple(row) for row in await tx.execute(statement)]  # type: ignore[arg-type]
