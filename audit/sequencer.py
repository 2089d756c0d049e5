"""Gives committed records their place: one tree per organization, one signed checkpoint per batch.

Everything of a batch happens in one transaction, so a killed sequencer leaves neither a gap nor a duplicate.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert as upsert

from audit import leaf, leaf_rows, merkle
from audit.checkpoint import Checkpoint, Signer, format_checkpoint
from audit.leaf_rows import Batch, LeafRow, NodeRow
from audit.merkle import CompactRange
from audit.tables import pending, trees, verifier_keys
from audit.transaction import TenantScope, Transactions
from runtime.clock import Clock

MAX_BATCH = 2000
_LIST_PENDING = text("SELECT audit.list_pending_organizations() AS organization_id")
# One sequencer per organization at a time, whatever the number of processes; released with the transaction.  The next statement
# sees what the previous holder committed (READ COMMITTED takes a snapshot per statement).
_LEAD = text("SELECT pg_try_advisory_xact_lock(hashtextextended('audit|' || CAST(:organization_id AS text), 0))")


class Sequenced(msgspec.Struct, frozen=True):
    """One batch; `waited_since` holds when each of its records was written."""

    organization_id: UUID
    tree_size: int
    waited_since: tuple[datetime, ...]

    @property
    def is_full(self) -> bool:
        return len(self.waited_since) >= MAX_BATCH


class _Waiting(msgspec.Struct, frozen=True):
    record_id: UUID
    entry: bytes
    created_at: datetime


def origin_of(signer_name: str, organization_id: UUID) -> str:
    """The name of one tenant's log, first line of its checkpoints."""
    return f"{signer_name}/{organization_id}"


class Sequencer:
    """Sequences what is pending; several may run, one of them leads each organization at a time."""

    def __init__(self, transactions: Transactions, signer: Signer, clock: Clock) -> None:
        self._transactions = transactions
        self._signer = signer
        self._clock = clock
        self._named: set[UUID] = set()  # organizations whose log knows our public key

    async def list_pending(self) -> list[UUID]:
        """The organizations whose records wait."""
        async with self._transactions.system(reason="find pending audit records") as tx:
            return [row.organization_id for row in await tx.execute(_LIST_PENDING)]

    async def sequence(self, organization_id: UUID) -> Sequenced | None:
        """Sequence up to MAX_BATCH records; None if nothing waits or another sequencer leads this organization."""
        async with self._transactions.tenant(organization_id) as tx:
            return await self._sequence(tx)

    async def run_once(self) -> list[Sequenced]:
        """One batch of every organization that has records waiting."""
        done = [await self.sequence(organization_id) for organization_id in await self.list_pending()]
        return [sequenced for sequenced in done if sequenced is not None]

    async def _sequence(self, tx: TenantScope) -> Sequenced | None:
        is_leader = (await tx.execute(_LEAD, {"organization_id": str(tx.organization_id)})).scalar_one()
        waiting = await _take_pending(tx) if is_leader else []
        if not waiting:
            return None
        tree, last_moment = await _load_tree(tx)
        moment = max(self._clock(), last_moment) if last_moment is not None else self._clock()
        leaves, nodes = _grow(tree, waiting, moment)
        note = self._sign(tx.organization_id, tree)
        await leaf_rows.write(tx, Batch(moment, leaves, nodes, tree.size, tree.root(), tree.hashes, note))
        await self._name_key(tx, tree.size)
        return Sequenced(tx.organization_id, tree.size, tuple(item.created_at for item in waiting))

    def _sign(self, organization_id: UUID, tree: CompactRange) -> str:
        origin = origin_of(self._signer.verifier.name, organization_id)
        return self._signer.sign(format_checkpoint(Checkpoint(origin=origin, size=tree.size, root=tree.root())))

    async def _name_key(self, tx: TenantScope, size: int) -> None:
        """Say once per tenant which public key signs, so that exporters can name it."""
        if tx.organization_id in self._named:
            return
        key = upsert(verifier_keys).values(organization_id=tx.organization_id, vkey=self._signer.verifier.vkey(), first_size=size)
        inserted = await tx.execute(key.on_conflict_do_nothing())
        if inserted.rowcount == 0:  # it was committed before
            self._named.add(tx.organization_id)


def _grow(tree: CompactRange, waiting: Sequence[_Waiting], moment: datetime) -> tuple[list[LeafRow], list[NodeRow]]:
    """Append every record to the tree; the rows of its leaves and of the nodes which that completes."""
    leaf_part: list[LeafRow] = []
    node_part: list[NodeRow] = []
    for item in waiting:
        entry, columns = leaf.make(item.entry, record_id=item.record_id, index=tree.size, sequenced_at=moment)
        hashed = merkle.leaf_hash(entry)
        leaf_part.append(LeafRow(tree.size, item.record_id, entry, hashed, columns))
        node_part += [NodeRow(level, index, node) for level, index, node in tree.append(hashed)]
    return leaf_part, node_part


async def _take_pending(tx: TenantScope) -> list[_Waiting]:
    """Remove the oldest waiting records, in order; they come back if this transaction does not commit."""
    oldest = select(pending.c.record_id).order_by(pending.c.record_id).limit(MAX_BATCH)  # version 7 ids: ordered by time
    statement = delete(pending).where(pending.c.record_id.in_(oldest))
    rows = await tx.execute(statement.returning(pending.c.record_id, pending.c.entry, pending.c.created_at))
    return sorted((_Waiting(row.record_id, row.entry, row.created_at) for row in rows), key=lambda item: item.record_id)


async def _load_tree(tx: TenantScope) -> tuple[CompactRange, datetime | None]:
    row = (await tx.execute(select(trees.c.size, trees.c.range_hashes, trees.c.sequenced_at))).one_or_none()
    return (CompactRange(), None) if row is None else (CompactRange(row.size, row.range_hashes), row.sequenced_at)
