"""Exports of the log as jobs: asked for in a transaction, made by the scheduler, kept for a day.

A job that a killed process left is taken up again: its heartbeat has stopped.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec
from sqlalchemy import Row, and_, insert, or_, select, text, update

from audit import trail
from audit.actions import AuditAction
from audit.explorer import RecordFilter, filter_of
from audit.record import AuditTarget
from audit.tables import exports, leaves
from audit.transaction import TenantScope, Transaction
from runtime.identifiers import new_uuid7

KEPT = timedelta(hours=24)
HEARTBEAT_LOST = timedelta(minutes=2)
MAX_ATTEMPTS = 3
_LIST_ORGANIZATIONS = text("SELECT audit.list_export_organizations(:moment) AS organization_id")


class ExportState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    EXPIRED = "expired"


class ExportJob(msgspec.Struct, frozen=True):
    """`progress` is in per cent; `size_bytes` is that of the bundle, not of its sealed file."""

    export_id: UUID
    record_id: UUID
    requested_by: UUID | None
    wanted: RecordFilter
    with_disclosures: bool
    state: ExportState
    progress: int
    attempts: int
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime | None
    key_version: int | None
    size_bytes: int | None

    def has_file(self, now: datetime) -> bool:
        return self.state is ExportState.DONE and self.expires_at is not None and now < self.expires_at


_COLUMNS = tuple(exports.c["filters" if name == "wanted" else name] for name in ExportJob.__struct_fields__)


async def request(tx: TenantScope, wanted: RecordFilter, *, with_disclosures: bool, now: datetime) -> ExportJob:
    """Ask for an export and record it; work begins when a checkpoint covers that record."""
    export_id = new_uuid7(now)
    fields = wanted.as_fields()
    record_id = await trail.record(
        tx,
        AuditAction.AUDIT_EXPORTED,
        target=AuditTarget("audit_export", str(export_id)),
        details={"filters": {**fields}, "with_disclosures": with_disclosures},
    )
    row = {
        "organization_id": tx.organization_id,
        "export_id": export_id,
        "record_id": record_id,
        "requested_by": tx.acting.actor_id,
        "filters": fields,
        "with_disclosures": with_disclosures,
        "state": ExportState.WAITING.value,
        "progress": 0,
        "attempts": 0,
        "created_at": now,
    }
    result = await tx.execute(insert(exports).values(row).returning(*_COLUMNS))
    return _as_job(result.one())


async def get(tx: TenantScope, export_id: UUID) -> ExportJob | None:
    row = (await tx.execute(select(*_COLUMNS).where(exports.c.export_id == export_id))).one_or_none()
    return None if row is None else _as_job(row)


async def list_latest(tx: TenantScope, *, limit: int) -> list[ExportJob]:
    """The newest exports, whatever became of them."""
    newest = select(*_COLUMNS).order_by(exports.c.created_at.desc(), exports.c.export_id.desc()).limit(limit)
    return [_as_job(row) for row in await tx.execute(newest)]


async def list_organizations(tx: Transaction, *, now: datetime) -> list[UUID]:
    """Those with an export to make or to expire."""
    return [row.organization_id for row in await tx.execute(_LIST_ORGANIZATIONS, {"moment": now})]


async def claim(tx: TenantScope, *, now: datetime) -> ExportJob | None:
    """Take the oldest export that can be worked on; one that was tried too often fails here instead."""
    is_abandoned = and_(exports.c.state == ExportState.RUNNING.value, exports.c.heartbeat_at <= now - HEARTBEAT_LOST)
    is_covered = select(leaves.c.record_id).where(leaves.c.record_id == exports.c.record_id).exists()
    oldest = (
        select(exports.c.export_id, exports.c.attempts)
        .where(or_(exports.c.state == ExportState.WAITING.value, is_abandoned), is_covered)
        .order_by(exports.c.created_at)
        .limit(1)
        .with_for_update(skip_locked=True, of=exports)
    )
    row = (await tx.execute(oldest)).one_or_none()
    if row is None:
        return None
    if row.attempts >= MAX_ATTEMPTS:
        await fail(tx, row.export_id, now=now)
        return None
    values = {"state": ExportState.RUNNING.value, "attempts": row.attempts + 1, "heartbeat_at": now, "progress": 0}
    statement = update(exports).where(exports.c.export_id == row.export_id).values(values).returning(*_COLUMNS)
    return _as_job((await tx.execute(statement)).one())


async def report_progress(tx: TenantScope, export_id: UUID, *, percent: int, now: datetime) -> None:
    """Also a heartbeat."""
    await _update(tx, export_id, progress=max(0, min(percent, 99)), heartbeat_at=now)


async def beat(tx: TenantScope, export_id: UUID, *, now: datetime) -> None:
    """Say that somebody still works on the job."""
    await _update(tx, export_id, heartbeat_at=now)


async def finish(tx: TenantScope, export_id: UUID, *, size_bytes: int, key_version: int, now: datetime) -> None:
    await _update(
        tx,
        export_id,
        state=ExportState.DONE.value,
        progress=100,
        finished_at=now,
        expires_at=now + KEPT,
        size_bytes=size_bytes,
        key_version=key_version,
    )


async def fail(tx: TenantScope, export_id: UUID, *, now: datetime) -> None:
    await _update(tx, export_id, state=ExportState.FAILED.value, finished_at=now)


async def release(tx: TenantScope, export_id: UUID) -> None:
    """Give a job back after a failure which may pass."""
    await _update(tx, export_id, state=ExportState.WAITING.value)


async def expire(tx: TenantScope, *, now: datetime) -> list[UUID]:
    """The exports whose time has ended now; whoever calls deletes their files."""
    is_over = and_(exports.c.state == ExportState.DONE.value, exports.c.expires_at <= now)
    statement = update(exports).where(is_over).values(state=ExportState.EXPIRED.value).returning(exports.c.export_id)
    return [row.export_id for row in await tx.execute(statement)]


async def _update(tx: TenantScope, export_id: UUID, **values: object) -> None:
    await tx.execute(update(exports).where(exports.c.export_id == export_id).values(values))


def _as_job(row: Row[tuple[object, ...]]) -> ExportJob:
    values: Sequence[object] = row
    fields = dict(zip(ExportJob.__struct_fields__, values, strict=True))
    return ExportJob(**{**fields, "wanted": filter_of(row.filters), "state": ExportState(row.state)})  # type: ignore[arg-type]  # a row's columns are of its struct's types
