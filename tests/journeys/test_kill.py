"""kill -9 in the middle of 5,000 numbered events: what was answered 200 is stored, once."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import PurePath

import asyncpg
import pytest
import pytest_asyncio

from tests.journeys import numbered_events
from tests.journeys.numbered_events import Account
from tests.journeys.patience import eventually
from tests.journeys.rest import Project, RestApi, rest_api
from tests.journeys.running_errata import RunningErrata, child_ids, command_line, running_errata

COUNT = 5_000
KILL_AFTER = 1_500  # answers
_SENT_SECONDS = 60.0
_STORED_SECONDS = 60.0  # a message of a dead worker is claimed after a while; the supervisor pauses between starts
_RESTART_SECONDS = 30.0

StoredCounts = dict[str, int]


@pytest.fixture(scope="module")
def battered() -> Iterator[RunningErrata]:
    """An installation of its own: what is killed here must not disturb others."""
    with running_errata() as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def battered_rest(battered: RunningErrata) -> AsyncIterator[RestApi]:
    async with rest_api(battered.endpoints) as api:
        yield api


@pytest.mark.parametrize("victim", ["worker", "redis", "postgres"])
@pytest.mark.timeout(240)
async def test_what_was_answered_200_is_stored_once(battered: RunningErrata, battered_rest: RestApi, victim: str) -> None:
    project = await battered_rest.new_project(f"Killed {victim}", "python")
    account = Account()
    sending = asyncio.create_task(
        numbered_events.send(project, ingest_url=battered.endpoints.ingest_url, count=COUNT, account=account)
    )
    killed, finished_at_kill = await _kill_in_the_middle(battered, victim, account)
    async with asyncio.timeout(_SENT_SECONDS):
        await sending
    assert account.finished == COUNT
    assert account.last_accepted > finished_at_kill + COUNT // 10, "hardly anything was accepted after the kill"
    await eventually(lambda: _successor(battered, victim, killed), what=f"another {victim} runs", within=_RESTART_SECONDS)

    stored = await _stored_when_complete(battered, project, account)
    assert account.accepted - stored.keys() == set(), "answered 200 and lost"
    assert {event_id for event_id, count in stored.items() if count != 1} == set(), "stored twice"
    surplus = stored.keys() - account.accepted
    # A queue that dies between the write and its answer leaves the edge in doubt: 503, "try again".  Nobody else may surpass.
    assert {account.refused.get(event_id) for event_id in surplus} <= ({503} if victim == "redis" else set())
    # Nobody but the queue is felt by an SDK: the edge remembers the keys it knows while the database is away.
    assert set(account.refused.values()) <= ({503} if victim == "redis" else set())
    assert account.unanswered == set()
    await _assert_counters_agree(battered_rest, project, stored=len(stored))


async def _kill_in_the_middle(battered: RunningErrata, victim: str, account: Account) -> tuple[int, int]:
    async def is_in_the_middle() -> bool:
        return len(account.accepted) >= KILL_AFTER

    await eventually(is_in_the_middle, what=f"{KILL_AFTER} events are accepted", within=_SENT_SECONDS, every=0.005)
    process_id = _find(battered, victim)
    assert process_id is not None
    assert account.finished < COUNT
    os.kill(process_id, signal.SIGKILL)
    return process_id, account.finished


async def _successor(battered: RunningErrata, victim: str, killed: int) -> int | None:
    found = _find(battered, victim)
    return None if found == killed else found


def _find(battered: RunningErrata, victim: str) -> int | None:
    """A process among the children of our own `errata up`; never anybody else's."""
    for process_id in child_ids(battered.supervisor_id):
        arguments = command_line(process_id)
        program = PurePath(arguments[0].split(" ")[0]).name if arguments else ""
        match victim:
            case "worker" if any("serve_worker" in argument for argument in arguments):
                return process_id
            case "redis" if program.startswith(("redis-server", "valkey-server")):
                return process_id
            case "postgres" if program == "postgres":
                return process_id
            case _:
                continue
    return None


async def _stored_when_complete(battered: RunningErrata, project: Project, account: Account) -> StoredCounts:
    """How often each event id is stored, once all that were accepted are there and nothing more arrives."""
    before: StoredCounts = {}

    async def probe() -> StoredCounts | None:
        nonlocal before
        found = await _stored(battered, project)
        is_settled = found == before and found.keys() >= account.accepted
        before = found
        return found if is_settled else None

    try:
        return await eventually(probe, what="all accepted events are stored", within=_STORED_SECONDS, every=0.5)
    except AssertionError:
        return before  # the caller names what is missing


async def _stored(battered: RunningErrata, project: Project) -> StoredCounts:
    """Read by the superuser, past every policy and all of our code."""
    url = battered.admin_database_url()
    try:
        connection = await asyncpg.connect(url.replace("/postgres?", "/errata?"))
    except (OSError, asyncpg.PostgresError):
        return {}  # still recovering
    try:
        rows = await connection.fetch(
            "SELECT event_id, count(*) AS times FROM eventstore.events WHERE project_id = $1 GROUP BY event_id",
            int(project.project_id),
        )
    finally:
        await connection.close()
    return {row["event_id"].hex: row["times"] for row in rows}


async def _assert_counters_agree(rest: RestApi, project: Project, *, stored: int) -> None:
    issues = await rest.pages(f"/projects/{project.project_id}/issues")
    assert len(issues) == numbered_events.KINDS
    assert sum(issue["event_count"] for issue in issues) == stored
    outcomes = (await rest.get(f"/projects/{project.project_id}/outcomes"))["items"]
    counted = {(item["category"], item["outcome"]): item["quantity"] for item in outcomes}
    assert counted == {("error", "accepted"): stored}
