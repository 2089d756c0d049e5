"""The audit log for those who check it: records, and the signed checkpoint which fixes them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter
from pydantic import JsonValue

from audit import explorer, trail
from audit.actions import AuditAction
from audit.explorer import SequencedRecord
from dashboard_api import pagination
from dashboard_api.audit_disclosures import ERASED, AuditPersonalField, personal_fields
from dashboard_api.audit_filters import AuditFilterInQuery
from dashboard_api.audit_marks import audited, unaudited
from dashboard_api.dependencies import CurrentTenant, Wiring, found, requires
from dashboard_api.pagination import Cursor, Limit
from dashboard_api.schema import Answer
from identity.scopes import Scope

router = APIRouter(prefix="/api/v1/audit", tags=["audit"])

# What the sequencer could not read has its place in the tree all the same.
_NO_RECORD: dict[str, object] = {
    "action": "unreadable",
    "actor": {"kind": "unknown", "id": None, "credential": None},
    "network": None,
    "target": None,
    "changes": {},
    "details": {},
    "personal": [],
    "reason": None,
    "request_id": None,
}


class AuditPosition(msgspec.Struct, frozen=True, array_like=True):
    """What a record list's cursor holds."""

    index: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]


class AuditActor(Answer):
    """`id` is pseudonymous: a member's user id; `credential` names the session or key."""

    kind: str
    id: UUID | None
    credential: str | None


class AuditTarget(Answer):
    kind: str
    id: str


class AuditChange(Answer):
    before: JsonValue
    after: JsonValue


class AuditRecord(Answer):
    """`personal` shows what digests stand for, or that it was erased; `leaf_hash` (hex) is what proofs are about."""

    index: int
    id: UUID
    occurred_at: datetime
    sequenced_at: datetime
    action: str
    actor: AuditActor
    network: str | None
    target: AuditTarget | None
    changes: dict[str, AuditChange]
    details: dict[str, JsonValue]
    personal: list[AuditPersonalField]
    reason: str | None
    request_id: str | None
    leaf_hash: str


class AuditRecordPage(Answer):
    items: list[AuditRecord]
    next_cursor: str | None


class AuditCheckpoint(Answer):
    """`note` is a C2SP signed note; compare `vkeys` with what you were given elsewhere, they are no root of trust."""

    size: int
    note: str
    created_at: datetime
    vkeys: list[str]


@router.get("/records", dependencies=[requires(Scope.AUDIT_READ), audited(AuditAction.AUDIT_SEARCHED)])
async def list_audit_records(
    wanted: AuditFilterInQuery,
    tenant: CurrentTenant,
    wiring: Wiring,
    cursor: Cursor = None,
    limit: Limit = pagination.DEFAULT_LIMIT,
) -> AuditRecordPage:
    """What was recorded, the last sequenced first."""
    before = None if cursor is None else pagination.decode(cursor, AuditPosition).index
    listed = await explorer.search(tenant.tx, wanted, before=before, limit=limit + 1)
    page = listed[:limit]
    personal = await personal_fields(tenant.tx, [row.record_id for row in page], keyring=wiring.keyring)
    await trail.record(tenant.tx, AuditAction.AUDIT_SEARCHED, details={"filters": {**wanted.as_fields()}, "returned": len(page)})
    return AuditRecordPage(
        items=[_describe(row, personal) for row in page],
        next_cursor=pagination.encode(AuditPosition(page[-1].index)) if len(listed) > limit else None,
    )


@router.get("/checkpoint", dependencies=[requires(Scope.AUDIT_READ), unaudited("a size and a hash, made to be published")])
async def get_audit_checkpoint(tenant: CurrentTenant) -> AuditCheckpoint:
    """The newest signed statement of the log's size and root, at most a second old."""
    latest = found(await explorer.latest_checkpoint(tenant.tx))
    return AuditCheckpoint(
        size=latest.size, note=latest.note, created_at=latest.created_at, vkeys=await explorer.vkeys(tenant.tx)
    )


def _describe(row: SequencedRecord, personal: Mapping[str, AuditPersonalField]) -> AuditRecord:
    record = row.record
    fields: dict[str, object] = {
        "index": row.index,
        "id": row.record_id,
        "sequenced_at": row.sequenced_at,
        "leaf_hash": row.leaf_hash.hex(),
    }
    if record is None:
        return AuditRecord.model_validate(fields | _NO_RECORD | {"occurred_at": row.sequenced_at})
    built = msgspec.to_builtins(record, builtin_types=(UUID, datetime))
    shown = {
        name: built[name] for name in ("occurred_at", "action", "actor", "target", "changes", "details", "reason", "request_id")
    }
    disclosed = [personal.get(digest, ERASED) for digest in record.personal]
    return AuditRecord.model_validate(fields | shown | {"network": record.source.network, "personal": disclosed})
