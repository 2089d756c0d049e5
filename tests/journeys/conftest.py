"""One installation for the journeys, started as its operator starts it; each test brings its own project or its own errors."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.journeys import node_packages
from tests.journeys.rest import RestApi, rest_api
from tests.journeys.running_errata import RunningErrata, running_errata


@pytest.fixture(scope="session")
def errata() -> Iterator[RunningErrata]:
    with running_errata() as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def rest(errata: RunningErrata) -> AsyncIterator[RestApi]:
    async with rest_api(errata.endpoints) as api:
        yield api


@pytest.fixture(scope="session", autouse=True)
def _node_modules() -> None:
    node_packages.install()
