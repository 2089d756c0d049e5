"""Reads one tenant's log by place: ranges, entries, hashes and checkpoints."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import Executable, func, select, text

from audit import explorer
from audit.explorer import RecordFilter, SignedCheckpoint
from audit.tables import checkpoints, leaves, nodes
from audit.tiles import Tile
from audit.transaction import TenantScope

_READ_NODES = text(
    "SELECT n.level, n.node_index, n.hash FROM unnest(CAST(:levels AS smallint[]), CAST(:indexes AS bigint[])) AS w (level, node_index)"
    " JOIN audit.nodes n ON n.level = w.level AND n.node_index = w.node_index"
)

Nodes = Mapping[tuple[int, int], bytes]


class PlacedEntry(msgspec.Struct, frozen=True):
    index: int
    record_id: UUID
    entry: bytes  # the hashed bytes


class Bounds(msgspec.Struct, frozen=True):
    """Leaves [first, last]; none if last < first."""

    first: int
    last: int


class LogGapError(Exception):
    """A hash of the tree is missing: the database was tampered with or restored in part."""

    def __init__(self, missing: int) -> None:
        super().__init__(f"{missing} hashes of the audit tree are missing; run `errata audit verify --live`")


async def checkpoint_at_most(tx: TenantScope, size: int) -> SignedCheckpoint | None:
    """The newest checkpoint of at most `size` leaves; the oldest of all if there is none."""
    columns = select(checkpoints.c.size, checkpoints.c.note, checkpoints.c.created_at)
    below = columns.where(checkpoints.c.size <= size).order_by(checkpoints.c.size.desc()).limit(1)
    row = (await tx.execute(below)).one_or_none() or (
        await tx.execute(columns.order_by(checkpoints.c.size).limit(1))
    ).one_or_none()
    return None if row is None else SignedCheckpoint(row.size, row.note, row.created_at)


async def bounds(tx: TenantScope, *, since: datetime | None, until: datetime | None, size: int) -> Bounds:
    """Which of the first `size` leaves were sequenced in [since, until): one range, because the time never runs backwards."""
    first, last = 0, size - 1
    if since is not None:
        found = select(leaves.c.leaf_index).where(leaves.c.sequenced_at >= since, leaves.c.leaf_index < size)
        first = await _one(tx, found.order_by(leaves.c.sequenced_at, leaves.c.leaf_index).limit(1), otherwise=size)
    if until is not None:
        found = select(leaves.c.leaf_index).where(leaves.c.sequenced_at < until, leaves.c.leaf_index < size)
        last = await _one(tx, found.order_by(leaves.c.sequenced_at.desc(), leaves.c.leaf_index.desc()).limit(1), otherwise=-1)
    return Bounds(first, max(last, first - 1))


async def pruned_below(tx: TenantScope) -> int:
    """The first index whose entry is still kept; 0 for an empty log."""
    kept = select(leaves.c.leaf_index).where(leaves.c.entry.is_not(None)).order_by(leaves.c.leaf_index).limit(1)
    return await _one(tx, kept, otherwise=0)


async def count(tx: TenantScope, wanted: RecordFilter, *, within: Bounds) -> int:
    """How many entries of the range pass the filter."""
    statement = select(func.count()).select_from(leaves).where(leaves.c.leaf_index.between(within.first, within.last))
    return int((await tx.execute(statement.where(*explorer.conditions(wanted)))).scalar_one())


async def entries(tx: TenantScope, wanted: RecordFilter, *, within: Bounds, limit: int) -> list[PlacedEntry]:
    """The first entries of the range that pass the filter, in order."""
    statement = select(leaves.c.leaf_index, leaves.c.record_id, leaves.c.entry)
    statement = statement.where(leaves.c.leaf_index.between(within.first, within.last), leaves.c.entry.is_not(None))
    rows = await tx.execute(statement.where(*explorer.conditions(wanted)).order_by(leaves.c.leaf_index).limit(limit))
    return [PlacedEntry(row.leaf_index, row.record_id, row.entry) for row in rows]


async def read_nodes(tx: TenantScope, wanted: Collection[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
    """Hashes of complete subtrees by (level, index), in one query.  Raises LogGapError if one is missing."""
    ordered = sorted(wanted)
    rows = await tx.execute(_READ_NODES, {"levels": [level for level, _ in ordered], "indexes": [index for _, index in ordered]})
    found: dict[tuple[int, int], bytes] = {(row.level, row.node_index): row.hash for row in rows}
    if len(found) != len(ordered):
        raise LogGapError(len(ordered) - len(found))
    return found


async def read_tile(tx: TenantScope, tile: Tile) -> bytes:
    """The hashes of one tile, side by side.  Raises LogGapError if one is missing."""
    statement = select(nodes.c.hash).where(
        nodes.c.level == tile.node_level, nodes.c.node_index.between(tile.first_node, tile.first_node + tile.width - 1)
    )
    hashes = [row.hash for row in await tx.execute(statement.order_by(nodes.c.node_index))]
    if len(hashes) != tile.width:
        raise LogGapError(tile.width - len(hashes))
    return b"".join(hashes)


async def _one(tx: TenantScope, statement: Executable, *, otherwise: int) -> int:
    found = (await tx.execute(statement)).scalar_one_or_none()
    return otherwise if found is None else int(found)
