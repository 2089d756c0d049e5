"""DSN keys: the public, write-only keys by which SDKs send."""

import secrets
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec
from sqlalchemy import insert, select

from audit import trail
from audit.actions import AuditAction
from audit.record import AuditTarget, Change
from runtime.identifiers import new_uuid7
from tenancy.scope import TenantTransaction
from tenancy.tables import dsn_keys


class DsnKeyState(StrEnum):
    ACTIVE = "active"
    GRACE = "grace"
    DISABLED = "disabled"


class DsnKey(msgspec.Struct, frozen=True):
    key_id: UUID
    project_id: int
    public_key: str  # 32 hex digits: the form that SDKs check
    label: str
    state: DsnKeyState
    grace_until: datetime | None
    created_at: datetime


_COLUMNS = tuple(dsn_keys.c[name] for name in DsnKey.__struct_fields__)


async def create(tx: TenantTransaction, project_id: int, *, label: str, now: datetime) -> DsnKey:
    """Make an active key with 128 random bits."""
    key = DsnKey(
        key_id=new_uuid7(now),
        project_id=project_id,
        public_key=secrets.token_hex(16),
        label=label,
        state=DsnKeyState.ACTIVE,
        grace_until=None,
        created_at=now,
    )
    await tx.execute(insert(dsn_keys).values(organization_id=tx.organization_id, **msgspec.structs.asdict(key)))
    await trail.record(
        tx,
        AuditAction.DSN_KEY_CREATED,
        target=AuditTarget("dsn_key", str(key.key_id)),
        changes={"label": Change(None, label), "state": Change(None, key.state.value)},
        details={"project_id": str(project_id)},
    )
    return key


async def list_for_project(tx: TenantTransaction, project_id: int) -> list[DsnKey]:
    """All keys of a project, oldest first."""
    statement = select(*_COLUMNS).where(dsn_keys.c.project_id == project_id).order_by(dsn_keys.c.created_at, dsn_keys.c.key_id)
    return [msgspec.convert(dict(zip(DsnKey.__struct_fields__, row, strict=True)), DsnKey) for row in await tx.execute(statement)]


async def list_active(tx: TenantTransaction) -> list[DsnKey]:
    """All active keys of all projects, oldest first."""
    statement = (
        select(*_COLUMNS).where(dsn_keys.c.state == DsnKeyState.ACTIVE.value).order_by(dsn_keys.c.created_at, dsn_keys.c.key_id)
    )
    return [msgspec.convert(dict(zip(DsnKey.__struct_fields__, row, strict=True)), DsnKey) for row in await tx.execute(statement)]
