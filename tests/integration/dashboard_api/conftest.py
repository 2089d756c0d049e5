"""The API as its process runs it: role errata_api, real PostgreSQL and Redis, a clock that stands still."""

from collections.abc import AsyncIterator, Awaitable, Callable

import httpx2
import pytest
import pytest_asyncio

from dashboard_api.wiring import ApiDependencies, ApiSettings
from runtime.keyring import LocalKeyring
from runtime.redis_client import RedisClient
from tests.conftest import DatabaseFor
from tests.integration.dashboard_api.workspace import ORIGIN, FakeClock, Workspace, make_workspace

MakeWorkspace = Callable[[], Awaitable[Workspace]]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest_asyncio.fixture(loop_scope="session")
async def dependencies(database_for: DatabaseFor, redis: RedisClient, keyring: LocalKeyring, clock: FakeClock) -> ApiDependencies:
    settings = ApiSettings(public_url=ORIGIN, ingest_url="http://ingest.errata.test:8001", is_secure=False)
    return ApiDependencies(database=database_for("api"), redis=redis, keyring=keyring, clock=clock, settings=settings)


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
