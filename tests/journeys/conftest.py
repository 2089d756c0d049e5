"""One installation for the journeys, started as its operator starts it; each test brings its own project or its own errors."""

from collections.abc import AsyncIterator, Generator, Iterator

import pytest
import pytest_asyncio

from tests.journeys import node_packages
from tests.journeys.rest import RestApi, rest_api
from tests.journeys.running_errata import RunningErrata, running_errata

_LOG_CHARACTERS = 3_000
_TROUBLE = ("warning", "error", "critical", "ERROR", "FATAL", "PANIC", "Traceback")
_ORDINARY = '"level": "info"'


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


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed journey shows what the installation it ran on has logged of warnings and errors."""
    report = yield
    if report.failed and isinstance(item, pytest.Function):
        for running in [value for value in item.funcargs.values() if isinstance(value, RunningErrata)]:
            for name, text in running.logs().items():
                trouble = "\n".join(
                    line for line in text.splitlines() if any(word in line for word in _TROUBLE) and _ORDINARY not in line
                )
                report.sections += [(f"trouble in {name}", trouble[-_LOG_CHARACTERS:])] if trouble else []
    return report
