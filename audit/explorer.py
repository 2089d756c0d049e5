"""Reads the log: sequenced records by what they are about, newest first, and what their digests stand for."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, func, select

from audit.actions import BY_LABEL, AuditAction
from audit.record import Disclosure, format_moment, parse_moment
from audit.tables import checkpoints, disclosures, leaves, verifier_keys
from audit.trail import disclosure_place
from audit.transaction import TenantScope
from runtime.keyring import DataKey, open_sealed


class RecordFilter(msgspec.Struct, frozen=True):
    """What is looked for; None does not narrow.  `since` and `until` (not included) are the sequencer's times."""

    action: AuditAction | None = None
    actor_id: UUID | None = None
    target_kind: str | None = None
    target_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def as_fields(self) -> dict[str, str]:
        """Text of what is set, as exports and records about searches keep it."""
        found = {
            "action": None if self.action is None else self.action.label,
            "actor": None if self.actor_id is None else str(self.actor_id),
            "target_kind": self.target_kind,
            "target_id": self.target_id,
            "since": None if self.since is None else format_moment(self.since),
            "until": None if self.until is None else format_moment(self.until),
        }
        return {name: value for name, value in found.items() if value is not None}


def filter_of(fields: Mapping[str, str]) -> RecordFilter:
    """What `as_fields` wrote.  Raises KeyError or ValueError for anything else."""
    return RecordFilter(
        action=BY_LABEL[fields["action"]] if "action" in fields else None,
        actor_id=UUID(fields["actor"]) if "actor" in fields else None,
        target_kind=fields.get("target_kind"),
        target_id=fields.get("target_id"),
        since=parse_moment(fields["since"]) if "since" in fields else None,
        until=parse_moment(fields["until"]) if "until" in fields else None,
    )


class StoredActor(msgspec.Struct, frozen=True):
    kind: str
    id: UUID | None
    credential: str | None


class StoredSource(msgspec.Struct, frozen=True):
    network: str | None


class StoredTarget(msgspec.Struct, frozen=True):
    kind: str
    id: str


class StoredChange(msgspec.Struct, frozen=True):
    before: object
    after: object


class StoredRecord(msgspec.Struct, frozen=True):
    """A record as audit.record.seal writes it; `personal` holds digests."""

    id: UUID
    occurred_at: datetime
    action: str
    actor: StoredActor
    source: StoredSource
    target: StoredTarget | None
    changes: dict[str, StoredChange]
    details: dict[str, object]
    personal: list[str]
    reason: str | None
    request_id: str | None


class SequencedRecord(msgspec.Struct, frozen=True):
    """A record with its place; `record` is None for what was no record when it was sequenced."""

    index: int
    record_id: UUID
    sequenced_at: datetime
    leaf_hash: bytes
    record: StoredRecord | None


class _Leaf(msgspec.Struct, frozen=True):
    record: StoredRecord | None = None  # absent beside `malformed`


class SealedDisclosure(msgspec.Struct, frozen=True):
    record_id: UUID
    digest: str
    key_version: int
    sealed: bytes


class SignedCheckpoint(msgspec.Struct, frozen=True):
    size: int
    note: str
    created_at: datetime


async def search(tx: TenantScope, wanted: RecordFilter, *, before: int | None, limit: int) -> list[SequencedRecord]:
    """Up to `limit` records with an index below `before`, the newest first."""
    columns = leaves.c
    statement = select(columns.leaf_index, columns.record_id, columns.sequenced_at, columns.leaf_hash, columns.entry)
    if before is not None:
        statement = statement.where(columns.leaf_index < before)
    is_kept = columns.entry.is_not(None)  # retention prunes entries and keeps their hashes
    statement = statement.where(is_kept, *conditions(wanted)).order_by(columns.leaf_index.desc()).limit(limit)
    return [
        SequencedRecord(row.leaf_index, row.record_id, row.sequenced_at, row.leaf_hash, _parse(row.entry))
        for row in await tx.execute(statement)
    ]


def conditions(wanted: RecordFilter) -> list[ColumnElement[bool]]:
    """What a leaf must fulfil."""
    columns = leaves.c
    found: list[ColumnElement[bool]] = []
    if wanted.action is not None:
        found.append(columns.action_number == wanted.action.number)
    if wanted.actor_id is not None:
        found.append(columns.actor_id == wanted.actor_id)
    if wanted.target_kind is not None:
        found.append(columns.target_kind == wanted.target_kind)
    if wanted.target_id is not None:
        found.append(columns.target_id == wanted.target_id)
    if wanted.since is not None:
        found.append(columns.sequenced_at >= wanted.since)
    if wanted.until is not None:
        found.append(columns.sequenced_at < wanted.until)
    return found


async def disclosures_of(tx: TenantScope, record_ids: Sequence[UUID]) -> list[SealedDisclosure]:
    """What is still disclosed of these records; an erased field is simply not among them."""
    columns = disclosures.c
    statement = select(columns.record_id, columns.digest, columns.key_version, columns.sealed)
    rows = await tx.execute(statement.where(columns.record_id.in_(record_ids)))
    return [SealedDisclosure(row.record_id, row.digest, row.key_version, row.sealed) for row in rows]


def open_disclosure(disclosure: SealedDisclosure, *, key: DataKey, organization_id: UUID) -> Disclosure:
    """The disclosure as text.  Raises SealBrokenError for another tenant's key or another place."""
    place = disclosure_place(organization_id, disclosure.digest)
    return Disclosure(disclosure.digest, open_sealed(key.key, disclosure.sealed, associated_data=place).decode())


async def latest_checkpoint(tx: TenantScope) -> SignedCheckpoint | None:
    """The newest signed checkpoint; None while nothing was ever recorded."""
    columns = checkpoints.c
    statement = select(columns.size, columns.note, columns.created_at).order_by(columns.size.desc()).limit(1)
    row = (await tx.execute(statement)).one_or_none()
    return None if row is None else SignedCheckpoint(row.size, row.note, row.created_at)


async def vkeys(tx: TenantScope) -> list[str]:
    """The public keys that signed this log, newest first, as signed-note tools take them."""
    statement = select(verifier_keys.c.vkey).order_by(verifier_keys.c.first_size.desc(), verifier_keys.c.vkey)
    return [row.vkey for row in await tx.execute(statement)]


async def are_covered(tx: TenantScope, record_ids: Sequence[UUID]) -> bool:
    """Whether a checkpoint covers every one of these records: leaves and their checkpoint are one transaction."""
    counted = select(func.count()).select_from(leaves).where(leaves.c.record_id.in_(record_ids))
    return int((await tx.execute(counted)).scalar_one()) == len(set(record_ids))


def _parse(entry: bytes) -> StoredRecord | None:
    return msgspec.json.decode(entry, type=_Leaf).record
