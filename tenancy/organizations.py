"""Organizations: the tenants."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import insert, select, text

from audit import trail
from audit.actions import AuditAction
from audit.canonical import CanonicalValue
from audit.record import AuditTarget, Change
from runtime.keyring import LocalKeyring
from tenancy import data_keys
from tenancy.data_keys import DataKeyPurpose
from tenancy.scope import SystemTransaction, TenantTransaction
from tenancy.tables import organizations


class Organization(msgspec.Struct, frozen=True):
    organization_id: UUID
    slug: str
    name: str
    created_at: datetime


class Membership(msgspec.Struct, frozen=True):
    """An organization as one of its members sees it."""

    organization_id: UUID
    slug: str
    name: str
    role: str


async def create(tx: TenantTransaction, *, name: str, slug: str, now: datetime, keyring: LocalKeyring) -> Organization:
    """Make the organization whose id the transaction already carries, with its data keys."""
    await tx.execute(insert(organizations).values(organization_id=tx.organization_id, slug=slug, name=name, created_at=now))
    await data_keys.create_all(tx, now=now, keyring=keyring)
    target = AuditTarget("organization", str(tx.organization_id))
    changes = {"name": Change(None, name), "slug": Change(None, slug)}
    await trail.record(tx, AuditAction.ORGANIZATION_CREATED, target=target, changes=changes)
    purposes: list[CanonicalValue] = [purpose.value for purpose in DataKeyPurpose]
    await trail.record(tx, AuditAction.DATA_KEYS_CREATED, target=target, details={"purposes": purposes, "version": 1})
    return Organization(tx.organization_id, slug, name, now)


async def get(tx: TenantTransaction) -> Organization | None:
    """The organization of this transaction; None when it was never made or is deleted."""
    columns = organizations.c
    statement = select(columns.organization_id, columns.slug, columns.name, columns.created_at).where(
        columns.deleted_at.is_(None)
    )
    row = (await tx.execute(statement)).one_or_none()
    return None if row is None else Organization(row.organization_id, row.slug, row.name, row.created_at)


async def list_all_ids(tx: SystemTransaction) -> list[UUID]:
    """Every tenant's id, for jobs that then open one tenant transaction each."""
    result = await tx.execute(text("SELECT tenancy.list_organization_ids() AS organization_id"))
    return [row.organization_id for row in result]


async def list_memberships(tx: SystemTransaction | TenantTransaction) -> list[Membership]:
    """The organizations of the person whom the transaction's context names."""
    result = await tx.execute(text("SELECT organization_id, slug, name, role FROM tenancy.list_my_memberships()"))
    return [Membership(row.organization_id, row.slug, row.name, row.role) for row in result]
