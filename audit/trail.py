"""Appends records inside the business transaction: what is not recorded does not happen, what did not happen is not recorded."""

from sqlalchemy import insert

from audit import record as records
from audit.record import AuditRecord
from audit.tables import disclosures, pending
from audit.transaction import TenantScope
from runtime.keyring import DataKey, seal


async def append(tx: TenantScope, record: AuditRecord, *, key: DataKey) -> None:
    """Write one record, and the disclosures of its personal fields sealed with the tenant's audit key.

    It takes effect if and only if the caller's transaction commits; the sequencer gives it its place within a second.
    """
    sealed = records.seal(record, organization_id=tx.organization_id)
    await tx.execute(
        insert(pending).values(
            organization_id=tx.organization_id,
            record_id=record.record_id,
            action_number=record.action.number,
            entry=sealed.entry,
        )
    )
    if sealed.disclosures:
        await tx.execute(
            insert(disclosures),
            [
                {
                    "organization_id": tx.organization_id,
                    "digest": disclosure.digest,
                    "record_id": record.record_id,
                    "key_version": key.version,
                    "sealed": seal(
                        key.key, disclosure.text.encode(), associated_data=disclosure_place(tx.organization_id, disclosure.digest)
                    ),
                }
                for disclosure in sealed.disclosures
            ],
        )


def disclosure_place(organization_id: object, digest: str) -> bytes:
    """Associated data of a sealed disclosure: it opens for its tenant and digest only."""
    return f"audit-disclosure|{organization_id}|{digest}".encode()
