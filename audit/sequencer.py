"""Gives committed records their place: one tree per organization, one signed checkpoint per batch.

Everything of a batch happens in one transaction, so a killed sequencer leaves neither a gap nor a duplicate.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import Row, delete, insert, select, text
from sqlalchemy.dialects.postgresql import insert as upsert

from audit import canonical, merkle
from audit import record as records
from audit.canonical import CanonicalValue
from audit.checkpoint import Checkpoint, Signer, format_checkpoint
from audit.merkle import CompactRange
from audit.tables import checkpoints, leaves, nodes, pending, trees
from audit.transaction import TenantScope, Transactions
from runtime.clock import Clock

MAX_BATCH = 2000
_LIST_PENDING = text("SELECT audit.list_pending_organizations() AS organization_id")
# One sequencer per organization at a time, whatever the number of processes; released with the transaction.
_LEAD = text("SELECT pg_advisory_xact_lock(hashtextextended('audit|' || CAST(:organization_id AS text), 0))")


class Sequenced(msgspec.Struct, frozen=True):
    organization_id: UUID
    records: int
    tree_size: int


def origin_of(signer_name: str, organization_id: UUID) -> str:
    """The name of one tenant's log, first line of its checkpoints."""
    return f"{signer_name}/{organization_id}"


class Sequencer:
    """Sequences what is pending; `run_once` is called about every 200 ms."""

    def __init__(self, transactions: Transactions, signer: Signer, clock: Clock) -> None:
        self._transactions = transactions
        self._signer = signer
        self._clock = clock

    async def run_once(self) -> list[Sequenced]:
        """Sequence up to MAX_BATCH records of every organization that has any."""
        async with self._transactions.system(reason="find pending audit records") as tx:
            organizations = [row.organization_id for row in await tx.execute(_LIST_PENDING)]
        done: list[Sequenced] = []
        for organization_id in organizations:
            async with self._transactions.tenant(organization_id) as tenant:
                sequenced = await self._sequence(tenant)
            if sequenced is not None:
                done.append(sequenced)
        return done

    async def _sequence(self, tx: TenantScope) -> Sequenced | None:
        await tx.execute(_LEAD, {"organization_id": str(tx.organization_id)})
        waiting = await _take_pending(tx)
        if not waiting:
            return None
        tree, last_moment = await _load_tree(tx)
        moment = max(self._clock(), last_moment) if last_moment is not None else self._clock()
        await _append_leaves(tx, tree, waiting, moment)
        await _save_tree(tx, tree, moment)
        await self._write_checkpoint(tx, tree, moment)
        return Sequenced(tx.organization_id, len(waiting), tree.size)

    async def _write_checkpoint(self, tx: TenantScope, tree: CompactRange, moment: datetime) -> None:
        origin = origin_of(self._signer.verifier.name, tx.organization_id)
        note = self._signer.sign(format_checkpoint(Checkpoint(origin=origin, size=tree.size, root=tree.root())))
        await tx.execute(
            insert(checkpoints).values(
                organization_id=tx.organization_id, size=tree.size, root=tree.root(), note=note, created_at=moment
            )
        )


async def _take_pending(tx: TenantScope) -> Sequence[Row[tuple[UUID, bytes]]]:
    """Remove the oldest waiting records; they come back if this transaction does not commit."""
    oldest = select(pending.c.record_id).order_by(pending.c.created_at, pending.c.record_id).limit(MAX_BATCH)
    statement = delete(pending).where(pending.c.record_id.in_(oldest)).returning(pending.c.record_id, pending.c.entry)
    return sorted((await tx.execute(statement)).all(), key=lambda row: row.record_id)


async def _load_tree(tx: TenantScope) -> tuple[CompactRange, datetime | None]:
    row = (await tx.execute(select(trees.c.size, trees.c.range_hashes, trees.c.sequenced_at))).one_or_none()
    return (CompactRange(), None) if row is None else (CompactRange(row.size, row.range_hashes), row.sequenced_at)


async def _append_leaves(
    tx: TenantScope, tree: CompactRange, waiting: Sequence[Row[tuple[UUID, bytes]]], moment: datetime
) -> None:
    leaf_rows: list[dict[str, object]] = []
    node_rows: list[dict[str, object]] = []
    for row in waiting:
        entry = records.leaf_entry(row.entry, index=tree.size, sequenced_at=moment)
        leaf_rows.append(_leaf_row(tx.organization_id, tree.size, row, entry, moment))
        node_rows += [
            {"organization_id": tx.organization_id, "level": level, "node_index": index, "hash": node}
            for level, index, node in tree.append(merkle.leaf_hash(entry))
        ]
    await tx.execute(insert(leaves), leaf_rows)
    await tx.execute(insert(nodes), node_rows)


def _leaf_row(
    organization_id: UUID, index: int, row: Row[tuple[UUID, bytes]], entry: bytes, moment: datetime
) -> dict[str, object]:
    """The columns beside the entry are for searching; the entry alone is what counts."""
    record = _object(canonical.decode(row.entry))
    actor, target = _object(record["actor"]), record["target"]
    actor_id = actor["id"]
    return {
        "organization_id": organization_id,
        "leaf_index": index,
        "record_id": row.record_id,
        "sequenced_at": moment,
        "occurred_at": datetime.fromisoformat(str(record["occurred_at"])),
        "action_number": record["action_number"],
        "actor_id": None if actor_id is None else UUID(str(actor_id)),
        "target_kind": None if target is None else _object(target)["kind"],
        "target_id": None if target is None else _object(target)["id"],
        "entry": entry,
        "leaf_hash": merkle.leaf_hash(entry),
    }


async def _save_tree(tx: TenantScope, tree: CompactRange, moment: datetime) -> None:
    values = {"size": tree.size, "range_hashes": list(tree.hashes), "sequenced_at": moment}
    statement = upsert(trees).values(organization_id=tx.organization_id, **values)
    await tx.execute(statement.on_conflict_do_update(index_elements=[trees.c.organization_id], set_=values))


def _object(value: CanonicalValue) -> dict[str, CanonicalValue]:
    if not isinstance(value, dict):
        raise canonical.NotCanonicalError("$", "a record is an object")
    return value
