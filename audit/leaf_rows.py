"""Writes a batch: its leaves, the nodes they complete, the tree and its checkpoint, in one statement whatever the size of the batch."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import text

from audit.leaf import LeafColumns
from audit.transaction import TenantScope

# Arrays and one round trip: with many tenants the sequencer's time is the sum of its round trips.
_WRITE = text(
    "WITH written_leaves AS ("
    " INSERT INTO audit.leaves (organization_id, leaf_index, record_id, sequenced_at, occurred_at, action_number, actor_id,"
    " target_kind, target_id, entry, leaf_hash)"
    " SELECT CAST(:organization_id AS uuid), l.leaf_index, l.record_id, CAST(:moment AS timestamptz), l.occurred_at, l.action_number,"
    " l.actor_id, l.target_kind, l.target_id, l.entry, l.leaf_hash"
    " FROM unnest(CAST(:leaf_index AS bigint[]), CAST(:record_id AS uuid[]), CAST(:occurred_at AS timestamptz[]),"
    " CAST(:action_number AS integer[]), CAST(:actor_id AS uuid[]), CAST(:target_kind AS text[]), CAST(:target_id AS text[]),"
    " CAST(:entry AS bytea[]), CAST(:leaf_hash AS bytea[]))"
    " AS l (leaf_index, record_id, occurred_at, action_number, actor_id, target_kind, target_id, entry, leaf_hash)"
    "), written_nodes AS ("
    " INSERT INTO audit.nodes (organization_id, level, node_index, hash)"
    " SELECT CAST(:organization_id AS uuid), n.level, n.node_index, n.hash"
    " FROM unnest(CAST(:level AS smallint[]), CAST(:node_index AS bigint[]), CAST(:hash AS bytea[])) AS n (level, node_index, hash)"
    "), written_checkpoint AS ("
    " INSERT INTO audit.checkpoints (organization_id, size, root, note, created_at)"
    " VALUES (CAST(:organization_id AS uuid), CAST(:size AS bigint), CAST(:root AS bytea), CAST(:note AS text),"
    " CAST(:moment AS timestamptz))"
    ") INSERT INTO audit.trees (organization_id, size, range_hashes, sequenced_at)"
    " VALUES (CAST(:organization_id AS uuid), CAST(:size AS bigint), CAST(:range_hashes AS bytea[]), CAST(:moment AS timestamptz))"
    " ON CONFLICT (organization_id) DO UPDATE"
    " SET size = excluded.size, range_hashes = excluded.range_hashes, sequenced_at = excluded.sequenced_at"
)


class LeafRow(msgspec.Struct, frozen=True):
    leaf_index: int
    record_id: UUID
    entry: bytes
    leaf_hash: bytes
    columns: LeafColumns


class NodeRow(msgspec.Struct, frozen=True):
    level: int
    node_index: int
    hash: bytes


class Batch(msgspec.Struct, frozen=True):
    """Everything that one batch adds, and the tree after it."""

    moment: datetime
    leaves: Sequence[LeafRow]
    nodes: Sequence[NodeRow]
    size: int
    root: bytes
    range_hashes: Sequence[bytes]
    note: str


async def write(tx: TenantScope, batch: Batch) -> None:
    leaves, nodes = batch.leaves, batch.nodes
    await tx.execute(
        _WRITE,
        {
            "organization_id": tx.organization_id,
            "moment": batch.moment,
            "leaf_index": [row.leaf_index for row in leaves],
            "record_id": [row.record_id for row in leaves],
            "occurred_at": [row.columns.occurred_at for row in leaves],
            "action_number": [row.columns.action_number for row in leaves],
            "actor_id": [row.columns.actor_id for row in leaves],
            "target_kind": [row.columns.target_kind for row in leaves],
            "target_id": [row.columns.target_id for row in leaves],
            "entry": [row.entry for row in leaves],
            "leaf_hash": [row.leaf_hash for row in leaves],
            "level": [row.level for row in nodes],
            "node_index": [row.node_index for row in nodes],
            "hash": [row.hash for row in nodes],
            "size": batch.size,
            "root": batch.root,
            "note": batch.note,
            "range_hashes": list(batch.range_hashes),
        },
    )
