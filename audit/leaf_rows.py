"""Writes the rows of a batch: one statement per table whatever the size of the batch."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import text

from audit.leaf import LeafColumns
from audit.transaction import TenantScope

# Arrays instead of one round trip or thousands of parameters: about a third of the time of executemany for 2,000 rows.
_INSERT_LEAVES = text(
    "INSERT INTO audit.leaves (organization_id, leaf_index, record_id, sequenced_at, occurred_at, action_number, actor_id,"
    " target_kind, target_id, entry, leaf_hash)"
    " SELECT :organization_id, given.* FROM unnest(CAST(:leaf_index AS bigint[]), CAST(:record_id AS uuid[]),"
    " CAST(:sequenced_at AS timestamptz[]), CAST(:occurred_at AS timestamptz[]), CAST(:action_number AS integer[]),"
    " CAST(:actor_id AS uuid[]), CAST(:target_kind AS text[]), CAST(:target_id AS text[]), CAST(:entry AS bytea[]),"
    " CAST(:leaf_hash AS bytea[])) AS given"
)
_INSERT_NODES = text(
    "INSERT INTO audit.nodes (organization_id, level, node_index, hash)"
    " SELECT :organization_id, given.* FROM unnest(CAST(:level AS smallint[]), CAST(:node_index AS bigint[]),"
    " CAST(:hash AS bytea[])) AS given"
)


class LeafRow(msgspec.Struct, frozen=True):
    leaf_index: int
    record_id: UUID
    sequenced_at: datetime
    entry: bytes
    leaf_hash: bytes
    columns: LeafColumns


class NodeRow(msgspec.Struct, frozen=True):
    level: int
    node_index: int
    hash: bytes


async def insert_leaves(tx: TenantScope, rows: Sequence[LeafRow]) -> None:
    await tx.execute(
        _INSERT_LEAVES,
        {
            "organization_id": tx.organization_id,
            "leaf_index": [row.leaf_index for row in rows],
            "record_id": [row.record_id for row in rows],
            "sequenced_at": [row.sequenced_at for row in rows],
            "occurred_at": [row.columns.occurred_at for row in rows],
            "action_number": [row.columns.action_number for row in rows],
            "actor_id": [row.columns.actor_id for row in rows],
            "target_kind": [row.columns.target_kind for row in rows],
            "target_id": [row.columns.target_id for row in rows],
            "entry": [row.entry for row in rows],
            "leaf_hash": [row.leaf_hash for row in rows],
        },
    )


async def insert_nodes(tx: TenantScope, rows: Sequence[NodeRow]) -> None:
    await tx.execute(
        _INSERT_NODES,
        {
            "organization_id": tx.organization_id,
            "level": [row.level for row in rows],
            "node_index": [row.node_index for row in rows],
            "hash": [row.hash for row in rows],
        },
    )
