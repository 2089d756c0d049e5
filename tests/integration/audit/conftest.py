"""A sequencer of the test installation, and hundreds of them to be killed."""

import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from audit.sequencer import Sequencer
from runtime.clock import utc_now
from tests.conftest import CONTEXT_KEYS, DatabaseFor
from tests.integration.audit.written_log import SIGNER, Superuser, superuser

ROOT = Path(__file__).resolve().parents[3]
SpawnSequencer = Callable[[], int]


@pytest.fixture(scope="session")
def sequencer(database_for: DatabaseFor) -> Sequencer:
    return Sequencer(database_for("sequencer"), SIGNER, utc_now)


@pytest_asyncio.fixture(loop_scope="session")
async def attacker(postgres_admin_url: str, database_for: DatabaseFor) -> AsyncIterator[Superuser]:
    """Superuser SQL with the triggers switched off."""
    database_for("api")  # migrated
    async with superuser(postgres_admin_url, without_triggers=True) as connection:
        yield connection


@pytest_asyncio.fixture(loop_scope="session")
async def outsider(postgres_admin_url: str, database_for: DatabaseFor) -> AsyncIterator[Superuser]:
    """Superuser SQL that changes nothing about the triggers."""
    database_for("api")  # migrated
    async with superuser(postgres_admin_url) as connection:
        yield connection


@pytest.fixture
def spawn_sequencer(database_url_for: Callable[[str], str], database_for: DatabaseFor) -> Iterator[SpawnSequencer]:
    """Each call gives the process id of another running sequencer; whoever calls kills it."""
    database_for("sequencer")
    nursery = subprocess.Popen(
        [sys.executable, "-m", "tests.integration.audit.sequencer_nursery"],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert nursery.stdin is not None
    assert nursery.stdout is not None
    settings = {"url": database_url_for("sequencer"), "context_key": CONTEXT_KEYS["sequencer"].reveal()}
    nursery.stdin.write(json.dumps(settings) + "\n")

    def spawn() -> int:
        assert nursery.stdin is not None
        assert nursery.stdout is not None
        nursery.stdin.write("\n")
        nursery.stdin.flush()
        process_id = int(nursery.stdout.readline())
        assert process_id > 0, "the sequencer did not start"
        return process_id

    try:
        yield spawn
    finally:
        nursery.stdin.close()
        nursery.stdout.close()
        nursery.wait(10)
