"""Appends records inside the business transaction: what is not recorded does not happen, what did not happen is not recorded."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import insert

from audit import record as records
from audit.actions import AuditAction
from audit.canonical import CanonicalValue
from audit.record import ActorKind, AuditActor, AuditRecord, AuditSource, AuditTarget, Change
from audit.tables import disclosures, pending
from audit.transaction import TenantScope
from runtime.clock import utc_now
from runtime.identifiers import new_uuid7
from runtime.keyring import seal


async def record(
    tx: TenantScope,
    action: AuditAction,
    *,
    target: AuditTarget | None = None,
    changes: Mapping[str, Change] | None = None,
    details: Mapping[str, CanonicalValue] | None = None,
    personal: Mapping[str, str] | None = None,
) -> UUID:
    """Record what the transaction's actor does; returns the record's id.

    `personal` fields become salted digests; `changes` and `details` must hold nothing personal.  Without a key to seal their
    disclosures with, personal fields are left out: a record without an address beats an address in clear.
    """
    now, acting = utc_now(), tx.acting
    entry = AuditRecord(
        record_id=new_uuid7(now),
        occurred_at=now,
        action=action,
        actor=AuditActor(ActorKind(acting.kind.value), acting.actor_id, acting.credential_id),
        source=AuditSource(acting.network, *((acting.address, acting.user_agent) if acting.audit_key else (None, None))),
        target=target,
        changes=dict(changes or {}),
        details=dict(details or {}),
        personal=dict(personal or {}) if acting.audit_key else {},
        reason=acting.reason,
        request_id=acting.request_id,
    )
    await append(tx, entry)
    return entry.record_id


async def append(tx: TenantScope, record: AuditRecord) -> None:
    """Write one record, and the disclosures of its personal fields sealed with the tenant's audit key.

    It takes effect if and only if the caller's transaction commits; the sequencer gives it its place within a second.
    """
    key = tx.acting.audit_key
    sealed = records.seal(record, organization_id=tx.organization_id)
    await tx.execute(
        insert(pending).values(
            organization_id=tx.organization_id,
            record_id=record.record_id,
            action_number=record.action.number,
            entry=sealed.entry,
        )
    )
    if key is not None and sealed.disclosures:
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
