"""Reads every row of one tenant's log as it stands in the database, for live verification: nothing here is believed."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import func, select, text

from audit.leaf import LeafColumns
from audit.tables import checkpoints, leaves, nodes, trees
from audit.transaction import TenantScope

_READ_NODES = text(
    "SELECT n.level, n.node_index, n.hash FROM unnest(CAST(:levels AS smallint[]), CAST(:indexes AS bigint[])) AS w (level, node_index)"
    " JOIN audit.nodes n ON n.level = w.level AND n.node_index = w.node_index"
)


class LeafRow(msgspec.Struct, frozen=True):
    index: int
    record_id: UUID
    sequenced_at: datetime
    columns: LeafColumns
    entry: bytes | None  # None: pruned
    leaf_hash: bytes


class CheckpointRow(msgspec.Struct, frozen=True):
    size: int
    root: bytes
    note: str


class State(msgspec.Struct, frozen=True):
    """How long the log claims to be, in one snapshot, so that a sequencer at work confuses nobody."""

    leaves_end: int  # the highest index and one
    tree_size: int
    range_hashes: tuple[bytes, ...]
    newest_checkpoint: int  # its size
    nodes: int

    @property
    def end(self) -> int:
        return max(self.leaves_end, self.tree_size)


async def read_leaves(tx: TenantScope, *, start: int, end: int) -> list[LeafRow]:
    """The rows with an index in [start, end), in order."""
    statement = select(leaves).where(leaves.c.leaf_index >= start, leaves.c.leaf_index < end).order_by(leaves.c.leaf_index)
    return [
        LeafRow(
            row.leaf_index,
            row.record_id,
            row.sequenced_at,
            LeafColumns(row.occurred_at, row.action_number, row.actor_id, row.target_kind, row.target_id, row.record_id),
            row.entry,
            row.leaf_hash,
        )
        for row in await tx.execute(statement)
    ]


async def read_nodes(tx: TenantScope, places: Sequence[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
    """The stored hashes at these (level, index); what is missing is not in the answer."""
    parameters = {"levels": [level for level, _ in places], "indexes": [index for _, index in places]}
    return {(row.level, row.node_index): row.hash for row in await tx.execute(_READ_NODES, parameters)}


async def read_checkpoints(tx: TenantScope, *, above: int, up_to: int) -> list[CheckpointRow]:
    """Stored checkpoints with a size in (above, up_to], in order."""
    statement = select(checkpoints.c.size, checkpoints.c.root, checkpoints.c.note)
    statement = statement.where(checkpoints.c.size > above, checkpoints.c.size <= up_to).order_by(checkpoints.c.size)
    return [CheckpointRow(row.size, row.root, row.note) for row in await tx.execute(statement)]


async def read_state(tx: TenantScope) -> State:
    statement = select(
        select(func.coalesce(func.max(leaves.c.leaf_index) + 1, 0)).scalar_subquery().label("leaves_end"),
        select(func.coalesce(func.max(trees.c.size), 0)).scalar_subquery().label("tree_size"),
        select(trees.c.range_hashes).limit(1).scalar_subquery().label("range_hashes"),
        select(func.coalesce(func.max(checkpoints.c.size), 0)).scalar_subquery().label("newest_checkpoint"),
        select(func.count()).select_from(nodes).scalar_subquery().label("nodes"),
    )
    row = (await tx.execute(statement)).one()
    return State(row.leaves_end, row.tree_size, tuple(row.range_hashes or ()), row.newest_checkpoint, row.nodes)
