"""From committed records to a signed tree: whatever is killed, rolled back or racing, each record has one place."""

import asyncio
import contextlib
import functools
import os
import random
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import insert

from audit import sequencing, trail
from audit.actions import AuditAction
from audit.leaf import UNREADABLE_ACTION
from audit.sequencer import MAX_BATCH, Sequencer
from audit.tables import pending
from runtime import metrics
from runtime.identifiers import new_uuid7
from tenancy.scope import Database
from tests.conftest import DatabaseFor, MakeTenant, TenantFixture
from tests.integration.audit.conftest import SpawnSequencer
from tests.integration.audit.written_log import SIGNER, Superuser, read_sound_log, write


async def drain(sequencer: Sequencer, organization_id: UUID) -> None:
    while await sequencer.sequence(organization_id) is not None:
        pass


@asynccontextmanager
async def running(*sequencers: Sequencer) -> AsyncIterator[None]:
    """The loops of these sequencers, until the block ends."""
    stop = asyncio.Event()
    loops = [asyncio.create_task(sequencing.run(each, stop, period=timedelta(milliseconds=5))) for each in sequencers]
    try:
        yield
    finally:
        stop.set()
        await asyncio.gather(*loops)


async def test_committed_records_get_places_in_the_order_of_their_ids(
    database_for: DatabaseFor, tenant: TenantFixture, sequencer: Sequencer, outsider: Superuser
) -> None:
    written = await write(database_for("api"), tenant.organization_id, 7)
    written += await write(database_for("worker"), tenant.organization_id, 3)
    await drain(sequencer, tenant.organization_id)
    log = await read_sound_log(outsider, tenant.organization_id)
    assert [record_id for record_id in log.record_ids if record_id in written] == sorted(written)
    assert log.pending == 0


async def test_a_batch_is_bounded_and_the_rest_follows(
    database_for: DatabaseFor, tenant: TenantFixture, sequencer: Sequencer, outsider: Superuser
) -> None:
    await drain(sequencer, tenant.organization_id)
    before = len((await read_sound_log(outsider, tenant.organization_id)).entries)
    rows = [
        {"organization_id": tenant.organization_id, "record_id": new_uuid7(), "action_number": 18, "entry": b"{}"}
        for _ in range(MAX_BATCH + 5)
    ]
    async with database_for("api").tenant(tenant.organization_id) as tx:
        await tx.execute(insert(pending), rows)
    first, second = [await sequencer.sequence(tenant.organization_id) for _ in range(2)]
    assert first is not None
    assert second is not None
    assert (first.is_full, len(first.waited_since), second.is_full, len(second.waited_since)) == (True, MAX_BATCH, False, 5)
    assert len((await read_sound_log(outsider, tenant.organization_id)).entries) == before + MAX_BATCH + 5


def _shifted(now: datetime, *, seconds: float) -> datetime:
    return now + timedelta(seconds=seconds)


async def test_the_time_of_the_log_never_runs_backwards(
    database_for: DatabaseFor, tenant: TenantFixture, outsider: Superuser
) -> None:
    now = datetime.now(UTC)
    for offset in (0, 5, -3600, -1, 6):
        await write(database_for("api"), tenant.organization_id, 2)
        frozen = functools.partial(_shifted, now, seconds=offset)
        await drain(Sequencer(database_for("sequencer"), SIGNER, frozen), tenant.organization_id)
    await read_sound_log(outsider, tenant.organization_id)  # compares every sequenced_at with the one before
    latest = await outsider.fetchval(
        "SELECT max(sequenced_at) FROM audit.leaves WHERE organization_id = $1", tenant.organization_id
    )
    assert latest == now + timedelta(seconds=6)


class _UndoneError(Exception):
    pass


async def _write_or_undo(database: Database, organization_id: UUID, *, is_undone: bool) -> None:
    with contextlib.suppress(_UndoneError):
        async with database.tenant(organization_id) as tx:
            await trail.record(tx, AuditAction.ISSUE_STATUS_CHANGED)
            if is_undone:
                raise _UndoneError


async def _check_half_rolled_back(
    database: Database, tenant: TenantFixture, sequencer: Sequencer, outsider: Superuser, *, transactions: int
) -> None:
    await drain(sequencer, tenant.organization_id)
    before = len((await read_sound_log(outsider, tenant.organization_id)).entries)
    choices = [index % 2 == 0 for index in range(transactions)]
    random.Random(8).shuffle(choices)
    remaining = iter(choices)

    async def writer() -> None:
        for is_undone in remaining:
            await _write_or_undo(database, tenant.organization_id, is_undone=is_undone)

    async with running(sequencer):
        await asyncio.gather(*(writer() for _ in range(4)))
    await drain(sequencer, tenant.organization_id)
    log = await read_sound_log(outsider, tenant.organization_id)
    assert (len(log.entries) - before, log.pending) == (choices.count(False), 0)


async def test_two_thousand_transactions_half_rolled_back_leave_as_many_leaves_as_commits(
    database_for: DatabaseFor, tenant: TenantFixture, sequencer: Sequencer, outsider: Superuser
) -> None:
    await _check_half_rolled_back(database_for("api"), tenant, sequencer, outsider, transactions=2_000)


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_ten_thousand_transactions_half_rolled_back_leave_as_many_leaves_as_commits(
    database_for: DatabaseFor, tenant: TenantFixture, sequencer: Sequencer, outsider: Superuser
) -> None:
    await _check_half_rolled_back(database_for("api"), tenant, sequencer, outsider, transactions=10_000)


async def _check_kills(
    database: Database, tenant: TenantFixture, sequencer: Sequencer, outsider: Superuser, spawn: SpawnSequencer, *, kills: int
) -> None:
    await drain(sequencer, tenant.organization_id)
    expected = list((await read_sound_log(outsider, tenant.organization_id)).record_ids)
    moments = random.Random(9)
    grown = 0
    for _ in range(kills):
        expected += await write(database, tenant.organization_id, 40)
        size = await _size(outsider, tenant.organization_id)
        process_id = await asyncio.to_thread(spawn)
        await asyncio.sleep(moments.uniform(0, 0.25))
        os.kill(process_id, signal.SIGKILL)
        grown += await _size(outsider, tenant.organization_id) > size
    async with asyncio.timeout(30):  # the database may still be busy with what the last one had asked for
        while await outsider.fetchval("SELECT count(*) FROM audit.pending WHERE organization_id = $1", tenant.organization_id):
            await drain(sequencer, tenant.organization_id)
    log = await read_sound_log(outsider, tenant.organization_id)
    assert sorted(log.record_ids) == sorted(expected)
    assert grown > 0, "every sequencer died before its first batch: the moments prove nothing"


async def _size(outsider: Superuser, organization_id: UUID) -> int:
    statement = "SELECT coalesce(max(size), 0) FROM audit.checkpoints WHERE organization_id = $1"
    return int(await outsider.fetchval(statement, organization_id))


async def test_killing_the_sequencer_at_forty_moments_leaves_no_gap_and_no_duplicate(
    database_for: DatabaseFor,
    tenant: TenantFixture,
    sequencer: Sequencer,
    outsider: Superuser,
    spawn_sequencer: SpawnSequencer,
) -> None:
    await _check_kills(database_for("api"), tenant, sequencer, outsider, spawn_sequencer, kills=40)


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_killing_the_sequencer_at_two_hundred_moments_leaves_no_gap_and_no_duplicate(
    database_for: DatabaseFor,
    tenant: TenantFixture,
    sequencer: Sequencer,
    outsider: Superuser,
    spawn_sequencer: SpawnSequencer,
) -> None:
    await _check_kills(database_for("api"), tenant, sequencer, outsider, spawn_sequencer, kills=200)


async def test_two_sequencers_at_once_share_the_work_without_harm(
    database_for: DatabaseFor, make_tenant: MakeTenant, sequencer: Sequencer, outsider: Superuser
) -> None:
    tenants = [await make_tenant() for _ in range(3)]
    written: dict[UUID, list[UUID]] = {each.organization_id: [] for each in tenants}
    async with running(sequencer, Sequencer(database_for("sequencer"), SIGNER, lambda: datetime.now(UTC))):
        for _ in range(30):
            for organization_id in written:
                written[organization_id] += await write(database_for("api"), organization_id, 4)
    for organization_id, ids in written.items():
        await drain(sequencer, organization_id)
        assert set(ids) <= set((await read_sound_log(outsider, organization_id)).record_ids)


async def test_bytes_that_are_no_record_take_their_place_and_stop_nothing(
    database_for: DatabaseFor, tenant: TenantFixture, sequencer: Sequencer, outsider: Superuser
) -> None:
    bad = {"organization_id": tenant.organization_id, "record_id": new_uuid7(), "action_number": 1, "entry": b"\x00\xff no JSON"}
    async with database_for("api").tenant(tenant.organization_id) as tx:
        await tx.execute(insert(pending).values(**bad))
    good = await write(database_for("api"), tenant.organization_id, 1)
    await drain(sequencer, tenant.organization_id)
    log = await read_sound_log(outsider, tenant.organization_id)
    assert log.record_ids[-2:] == [bad["record_id"], good[0]]
    assert (
        await outsider.fetchval("SELECT action_number FROM audit.leaves WHERE record_id = $1", bad["record_id"])
        == UNREADABLE_ACTION
    )


async def test_one_tenant_that_cannot_be_sequenced_delays_no_other(
    database_for: DatabaseFor, make_tenant: MakeTenant, sequencer: Sequencer, attacker: Superuser, outsider: Superuser
) -> None:
    broken, sound = await make_tenant(), await make_tenant()
    await write(database_for("api"), broken.organization_id, 1)
    await drain(sequencer, broken.organization_id)
    await attacker.execute("UPDATE audit.trees SET range_hashes = '{}' WHERE organization_id = $1", broken.organization_id)
    failures = metrics.audit_sequencer_failures._value.get()
    sequenced = metrics.audit_sequenced_records._value.get()
    await write(database_for("api"), broken.organization_id, 1)
    written = await write(database_for("api"), sound.organization_id, 5)
    async with running(sequencer):
        await asyncio.sleep(0.3)
    assert set(written) <= set((await read_sound_log(outsider, sound.organization_id)).record_ids)
    assert metrics.audit_sequencer_failures._value.get() > failures
    assert metrics.audit_sequenced_records._value.get() >= sequenced + 5
    assert await outsider.fetchval("SELECT count(*) FROM audit.pending WHERE organization_id = $1", broken.organization_id) == 1
    await attacker.execute("DELETE FROM audit.pending WHERE organization_id = $1", broken.organization_id)
