"""The edge with real PostgreSQL, real Redis and a real socket, and what it has put into the streams."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from ingest.edge import IngestDependencies
from ingest.key_lookup import DatabaseKeyDirectory
from protocol.outcome import OutcomeCount
from protocol.stream_message import MessageKind, StreamHeader, decode_header
from runtime import streams
from runtime.clock import utc_now
from runtime.keyring import LocalKeyring, open_sealed
from runtime.redis_client import RedisClient
from tenancy import data_keys
from tenancy.data_keys import DataKeyPurpose
from tests.conftest import DatabaseFor, TenantFixture
from tests.integration.ingest.edge_server import running_edge


@dataclass(frozen=True)
class Queued:
    """One message of the tenant, opened as a worker opens it."""

    header: StreamHeader
    payload: bytes

    @property
    def outcomes(self) -> list[tuple[str, str, str, int]]:
        assert self.header.kind is MessageKind.OUTCOMES
        counts = msgspec.json.decode(self.payload, type=list[OutcomeCount])
        return [(counted.category, counted.outcome.value, counted.reason, counted.quantity) for counted in counts]


ReadQueue = Callable[[TenantFixture], Awaitable[list[Queued]]]


@pytest.fixture
def dependencies(redis: RedisClient, database_for: DatabaseFor, keyring: LocalKeyring) -> IngestDependencies:
    return IngestDependencies(redis=redis, keys=DatabaseKeyDirectory(database_for("ingest")), keyring=keyring, clock=utc_now)


@pytest_asyncio.fixture(loop_scope="session")
async def edge_port(dependencies: IngestDependencies) -> AsyncIterator[int]:
    async with running_edge(dependencies) as port:
        yield port


@pytest.fixture
def read_queue(redis: RedisClient, database_for: DatabaseFor, keyring: LocalKeyring) -> ReadQueue:
    """Everything in the streams of one tenant, in order, opened with the tenant's queue key as role worker."""

    async def read(tenant: TenantFixture) -> list[Queued]:
        async with database_for("worker").tenant(tenant.organization_id) as tx:
            key = await data_keys.current(tx, DataKeyPurpose.QUEUE, keyring)
        queued: list[Queued] = []
        for shard in range(streams.DEFAULT_SHARDS):
            entries: Any = await redis.xrange(streams.stream_name(shard))
            for _, fields in entries:
                header = decode_header(fields[b"h"])
                if header.organization_id == tenant.organization_id:
                    queued.append(Queued(header, open_sealed(key.key, fields[b"p"], associated_data=fields[b"h"])))
        return sorted(queued, key=lambda message: message.header.message_id.int)

    return read
