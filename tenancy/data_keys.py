"""A tenant's own encryption keys, one per purpose, wrapped at rest."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import insert, select

from runtime.keyring import DataKey, LocalKeyring, wrap_context
from tenancy.scope import TenantTransaction
from tenancy.tables import data_keys


class DataKeyPurpose(StrEnum):
    QUEUE = "queue"  # payloads between edge and workers
    EVENTS = "events"  # bodies of events at rest
    SUBJECTS = "subjects"  # keyed hashes by which people are counted and found
    AUDIT = "audit"  # disclosures of personal fields in audit records


class DataKeyMissingError(Exception):
    def __init__(self, purpose: str, version: int | None) -> None:
        super().__init__(f"no data key for {purpose}, version {version or 'any'}")


async def create_all(tx: TenantTransaction, *, now: datetime, keyring: LocalKeyring) -> None:
    """Make version 1 of the key of every purpose; called once, when the organization is made."""
    rows = [
        {
            "organization_id": tx.organization_id,
            "purpose": purpose.value,
            "version": 1,
            "wrapped_key": keyring.new_data_key(tx.organization_id, purpose.value, 1),
            "created_at": now,
        }
        for purpose in DataKeyPurpose
    ]
    await tx.execute(insert(data_keys), rows)


async def current(tx: TenantTransaction, purpose: DataKeyPurpose, keyring: LocalKeyring) -> DataKey:
    """The newest key of a purpose, unwrapped.  Raises DataKeyMissingError, SealBrokenError."""
    statement = (
        select(data_keys.c.version, data_keys.c.wrapped_key)
        .where(data_keys.c.purpose == purpose.value)
        .order_by(data_keys.c.version.desc())
        .limit(1)
    )
    row = (await tx.execute(statement)).one_or_none()
    if row is None:
        raise DataKeyMissingError(purpose.value, None)
    return DataKey(row.version, _unwrap(tx, purpose, row.version, row.wrapped_key, keyring))


async def by_version(tx: TenantTransaction, purpose: DataKeyPurpose, version: int, *, keyring: LocalKeyring) -> DataKey:
    """One key of a purpose, unwrapped.  Raises DataKeyMissingError, SealBrokenError."""
    statement = select(data_keys.c.wrapped_key).where(data_keys.c.purpose == purpose.value, data_keys.c.version == version)
    row = (await tx.execute(statement)).one_or_none()
    if row is None:
        raise DataKeyMissingError(purpose.value, version)
    return DataKey(version, _unwrap(tx, purpose, version, row.wrapped_key, keyring))


def _unwrap(tx: TenantTransaction, purpose: DataKeyPurpose, version: int, wrapped: bytes, keyring: LocalKeyring) -> bytes:
    return keyring.unwrap(wrapped, context=wrap_context(tx.organization_id, purpose.value, version))
