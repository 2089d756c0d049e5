"""Audit records as the tests look at them: those that wait and those in the tree, in the order in which they were made."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from audit import explorer
from audit.explorer import RecordFilter
from audit.tables import pending
from tests.conftest import DatabaseFor


@dataclass(frozen=True)
class Recorded:
    action: str
    record: dict[str, Any]

    @property
    def target(self) -> tuple[str, str] | None:
        target = self.record["target"]
        return None if target is None else (target["kind"], target["id"])


async def recorded(database_for: DatabaseFor, organization_id: UUID, action: str | None = None) -> list[Recorded]:
    """All records of an organization, or those of one action, oldest first."""
    async with database_for("sequencer").tenant(organization_id) as tx:
        waiting = [msgspec.json.decode(row.entry) for row in await tx.execute(select(pending.c.entry))]
        sequenced = [
            msgspec.to_builtins(row.record)
            for row in await explorer.search(tx, RecordFilter(), before=None, limit=100_000)
            if row.record is not None
        ]
    records = sorted([*sequenced, *waiting], key=lambda record: record["id"])
    return [Recorded(record["action"], record) for record in records if action in {None, record["action"]}]
