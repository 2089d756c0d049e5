"""Members: which people belong to an organization, and in what role."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec
from sqlalchemy import insert, select, update

from audit import trail
from audit.actions import AuditAction
from audit.record import AuditTarget, Change
from runtime.identifiers import new_uuid7
from tenancy.scope import TenantTransaction
from tenancy.tables import members


class Role(StrEnum):
    OWNER = "owner"
    ADMIN = "admin"
    MANAGER = "manager"
    MEMBER = "member"
    AUDITOR = "auditor"
    COMPLIANCE_OFFICER = "compliance_officer"


class Member(msgspec.Struct, frozen=True):
    member_id: UUID
    user_id: UUID
    email: str
    display_name: str
    role: Role
    created_at: datetime


_COLUMNS = tuple(members.c[name] for name in Member.__struct_fields__)


async def add(tx: TenantTransaction, *, user_id: UUID, email: str, display_name: str, role: Role, now: datetime) -> Member:
    """Make a person a member.  Raises IntegrityError if the person is one already."""
    member = Member(new_uuid7(now), user_id, email, display_name, role, now)
    await tx.execute(insert(members).values(organization_id=tx.organization_id, **msgspec.structs.asdict(member)))
    await trail.record(
        tx,
        AuditAction.MEMBER_ADDED,
        target=_target(user_id),
        changes={"role": Change(None, role.value)},
        details={"member_id": str(member.member_id)},
        personal={"email": email, "display_name": display_name},
    )
    return member


async def change_role(tx: TenantTransaction, user_id: UUID, *, role: Role) -> bool:
    """Give a member another role; False for a stranger.  The role that the member has already is left alone, unrecorded."""
    statement = select(members.c.role).where(members.c.user_id == user_id).with_for_update()
    row = (await tx.execute(statement)).one_or_none()
    if row is None:
        return False
    if row.role != role.value:
        await tx.execute(update(members).where(members.c.user_id == user_id).values(role=role.value))
        changes = {"role": Change(row.role, role.value)}
        await trail.record(tx, AuditAction.MEMBER_ROLE_CHANGED, target=_target(user_id), changes=changes)
    return True


async def list_all(tx: TenantTransaction) -> list[Member]:
    result = await tx.execute(select(*_COLUMNS).order_by(members.c.created_at, members.c.member_id))
    return [msgspec.convert(dict(zip(Member.__struct_fields__, row, strict=True)), Member) for row in result]


async def role_of(tx: TenantTransaction, user_id: UUID) -> Role | None:
    """The person's role here; None for a stranger."""
    row = (await tx.execute(select(members.c.role).where(members.c.user_id == user_id))).one_or_none()
    return None if row is None else Role(row.role)


def _target(user_id: UUID) -> AuditTarget:
    return AuditTarget("user", str(user_id))
