"""Appends records inside the business transaction: what is not recorded does not happen, what did not happen is not recorded."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec
from sqlalchemy import text

from audit import record as records
from audit.actions import AuditAction
from audit.canonical import CanonicalValue
from audit.record import ActorKind, AuditActor, AuditRecord, AuditSource, AuditTarget, Change
from audit.transaction import TenantScope
from runtime.acting import Acting
from runtime.clock import utc_now
from runtime.identifiers import new_uuid7
from runtime.keyring import DataKey, seal

# One statement for any number of records, because every request of the API pays for it.
_APPEND = text(
    "WITH disclosed AS ("
    " INSERT INTO audit.disclosures (organization_id, digest, record_id, key_version, sealed)"
    " SELECT CAST(:organization_id AS uuid), d.digest, d.record_id, CAST(:key_version AS integer), d.sealed"
    " FROM unnest(CAST(:digests AS text[]), CAST(:disclosed_ids AS uuid[]), CAST(:sealed AS bytea[]))"
    " AS d (digest, record_id, sealed))"
    " INSERT INTO audit.pending (organization_id, record_id, action_number, entry)"
    " SELECT CAST(:organization_id AS uuid), p.record_id, p.action_number, p.entry"
    " FROM unnest(CAST(:record_ids AS uuid[]), CAST(:action_numbers AS integer[]), CAST(:entries AS bytea[]))"
    " AS p (record_id, action_number, entry)"
)


class Act(msgspec.Struct, frozen=True):
    """What was done to one thing; `changes` and `details` must hold nothing personal, `personal` becomes salted digests."""

    target: AuditTarget | None = None
    changes: Mapping[str, Change] = {}
    details: Mapping[str, CanonicalValue] = {}
    personal: Mapping[str, str] = {}


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
    act = Act(target=target, changes=changes or {}, details=details or {}, personal=personal or {})
    (record_id,) = await record_all(tx, action, [act])
    return record_id


async def record_all(tx: TenantScope, action: AuditAction, acts: Sequence[Act]) -> list[UUID]:
    """Like `record` for many things at once, in one statement; the ids are in the order of the acts."""
    made = [_record_of(tx.acting, action, act) for act in acts]
    await append(tx, *made)
    return [each.record_id for each in made]


async def append(tx: TenantScope, *made: AuditRecord) -> None:
    """Write records, and the disclosures of their personal fields sealed with the tenant's audit key.

    It takes effect if and only if the caller's transaction commits; the sequencer gives them their places within a second.
    """
    if not made:
        return
    key, organization_id = tx.acting.audit_key, tx.organization_id
    sealed = [(each, records.seal(each, organization_id=organization_id)) for each in made]
    disclosed = [(each.record_id, disclosure) for each, it in sealed for disclosure in it.disclosures if key is not None]
    await tx.execute(
        _APPEND,
        {
            "organization_id": organization_id,
            "record_ids": [each.record_id for each in made],
            "action_numbers": [each.action.number for each in made],
            "entries": [it.entry for _, it in sealed],
            "key_version": None if key is None else key.version,
            "disclosed_ids": [record_id for record_id, _ in disclosed],
            "digests": [disclosure.digest for _, disclosure in disclosed],
            "sealed": [_seal(key, organization_id, disclosure) for _, disclosure in disclosed] if key is not None else [],
        },
    )


def disclosure_place(organization_id: UUID, digest: str) -> bytes:
    """Associated data of a sealed disclosure: it opens for its tenant and digest only."""
    return f"audit-disclosure|{organization_id}|{digest}".encode()


def _record_of(acting: Acting, action: AuditAction, act: Act) -> AuditRecord:
    now, may_be_personal = utc_now(), acting.audit_key is not None
    return AuditRecord(
        record_id=new_uuid7(now),
        occurred_at=now,
        action=action,
        actor=AuditActor(ActorKind(acting.kind.value), acting.actor_id, acting.credential_id),
        source=AuditSource(acting.network, *((acting.address, acting.user_agent) if may_be_personal else (None, None))),
        target=act.target,
        changes=dict(act.changes),
        details=dict(act.details),
        personal=dict(act.personal) if may_be_personal else {},
        reason=acting.reason,
        request_id=acting.request_id,
    )


def _seal(key: DataKey, organization_id: UUID, disclosure: records.Disclosure) -> bytes:
    return seal(key.key, disclosure.text.encode(), associated_data=disclosure_place(organization_id, disclosure.digest))
