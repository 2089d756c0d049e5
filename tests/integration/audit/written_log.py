"""Writes audit records through the product's own door and looks at the log from outside, as a superuser."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

import asyncpg

from audit import trail
from audit.actions import AuditAction
from audit.checkpoint import Checkpoint, Signer, open_note, parse_checkpoint
from audit.record import AuditTarget
from tenancy.scope import Database
from tests.conftest import DATABASE
from tests.unit.audit.naive_tree import NaiveTree

Superuser: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
SIGNER = Signer("errata.test/audit", bytes(range(32)))


@asynccontextmanager
async def superuser(admin_url: str, *, without_triggers: bool = False) -> AsyncIterator[Superuser]:
    """A superuser's connection to the product's database; whoever has one can also switch the triggers off."""
    connection = await asyncpg.connect(admin_url.replace("+asyncpg", "").replace("/postgres?", f"/{DATABASE}?"))
    try:
        if without_triggers:
            await connection.execute("SET session_replication_role = replica")
        yield connection
    finally:
        await connection.close()


async def write(
    database: Database, organization_id: UUID, count: int, *, action: AuditAction = AuditAction.ISSUE_OPENED
) -> list[UUID]:
    """Records of one transaction; their ids."""
    async with database.tenant(organization_id) as tx:
        return [await trail.record(tx, action, target=AuditTarget("issue", f"i-{number}")) for number in range(count)]


@dataclass(frozen=True)
class StoredLog:
    entries: list[bytes]
    record_ids: list[UUID]
    pending: int
    checkpoints: list[Checkpoint]


async def read_sound_log(connection: Superuser, organization_id: UUID) -> StoredLog:
    """Everything of one tenant's log, after every part of it was compared with a tree computed from the entries alone."""
    leaves = await connection.fetch("SELECT * FROM audit.leaves WHERE organization_id = $1 ORDER BY leaf_index", organization_id)
    assert [row["leaf_index"] for row in leaves] == list(range(len(leaves))), "no gap, no duplicate"
    assert len({row["record_id"] for row in leaves}) == len(leaves)
    moments = [row["sequenced_at"] for row in leaves]
    assert moments == sorted(moments)
    naive = NaiveTree([row["entry"] for row in leaves])
    await _check_nodes(connection, organization_id, naive, size=len(leaves))
    checkpoints = await _read_checkpoints(connection, organization_id)
    assert [found.size for found in checkpoints if found.root != naive.root(found.size)] == []
    tree = await connection.fetchrow("SELECT size FROM audit.trees WHERE organization_id = $1", organization_id)
    assert (tree["size"] if tree else 0) == len(leaves) == (checkpoints[-1].size if checkpoints else 0)
    pending = await connection.fetchval("SELECT count(*) FROM audit.pending WHERE organization_id = $1", organization_id)
    return StoredLog([row["entry"] for row in leaves], [row["record_id"] for row in leaves], pending, checkpoints)


async def _check_nodes(connection: Superuser, organization_id: UUID, naive: NaiveTree, *, size: int) -> None:
    nodes = await connection.fetch("SELECT level, node_index, hash FROM audit.nodes WHERE organization_id = $1", organization_id)
    expected = {(level, index) for level in range(size.bit_length()) for index in range(size >> level)}
    assert {(row["level"], row["node_index"]) for row in nodes} == expected
    for row in nodes:
        start, width = row["node_index"] << row["level"], 1 << row["level"]
        assert row["hash"] == naive.range_hash(start, start + width)


async def _read_checkpoints(connection: Superuser, organization_id: UUID) -> list[Checkpoint]:
    rows = await connection.fetch(
        "SELECT size, root, note FROM audit.checkpoints WHERE organization_id = $1 ORDER BY size", organization_id
    )
    found = [parse_checkpoint(open_note(row["note"], (SIGNER.verifier,))) for row in rows]
    assert [(row["size"], row["root"]) for row in rows] == [(item.size, item.root) for item in found]
    assert {item.origin for item in found} <= {f"errata.test/audit/{organization_id}"}
    return found
