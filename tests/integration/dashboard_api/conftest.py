"""The API as its process runs it: role errata_api, real PostgreSQL and Redis, a clock that stands still."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio

from audit.checkpoint import Signer
from audit.sequencer import Sequencer
from audit.sequencing import run as run_sequencer
from dashboard_api.wiring import ApiDependencies, ApiSettings
from runtime.clock import utc_now
from runtime.keyring import LocalKeyring
from runtime.redis_client import RedisClient
from tenancy.audit_keys import AuditKeys
from tests.conftest import DatabaseFor
from tests.integration.dashboard_api.workspace import ORIGIN, FakeClock, Workspace, make_workspace

SIGNER = Signer("errata.test/audit", bytes(range(32)))
MakeWorkspace = Callable[[], Awaitable[Workspace]]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest_asyncio.fixture(loop_scope="session")
async def dependencies(
    database_for: DatabaseFor, redis: RedisClient, keyring: LocalKeyring, clock: FakeClock, tmp_path: Path
) -> ApiDependencies:
    database = database_for("api")
    return ApiDependencies(
        database=database,
        redis=redis,
        keyring=keyring,
        audit_keys=AuditKeys(database, keyring),
        clock=clock,
        settings=ApiSettings(
            public_url=ORIGIN, ingest_url="http://ingest.errata.test:8001", is_secure=False, exports_dir=tmp_path
        ),
    )


@pytest_asyncio.fixture(loop_scope="session")
async def sequencing(database_for: DatabaseFor) -> AsyncIterator[None]:
    """The scheduler's loop, which gives audit records their place."""
    stop = asyncio.Event()
    sequencer = Sequencer(database_for("sequencer"), SIGNER, utc_now)
    task = asyncio.create_task(run_sequencer(sequencer, stop))
    yield
    stop.set()
    await task


@pytest_asyncio.fixture(loop_scope="session")
async def new_workspace(dependencies: ApiDependencies, database_for: DatabaseFor, clock: FakeClock) -> MakeWorkspace:
    async def make() -> Workspace:
        return await make_workspace(dependencies, database_for, clock)

    return make


@pytest_asyncio.fixture(loop_scope="session")
async def workspace(new_workspace: MakeWorkspace) -> Workspace:
    return await new_workspace()


@pytest_asyncio.fixture(loop_scope="session")
async def client(workspace: Workspace) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser that is signed in as the owner."""
    async with workspace.signed_in() as client:
        yield client
