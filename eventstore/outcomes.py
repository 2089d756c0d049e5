"""What became of items, per DSN key and hour: every item is counted in exactly one row."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import text

from protocol.outcome import Outcome
from tenancy.scope import TenantTransaction


class OutcomeKey(msgspec.Struct, frozen=True):
    project_id: int
    key_id: UUID
    hour: datetime  # of receipt, by the edge's clock
    category: str
    outcome: Outcome
    reason: str


_ADD = text("""
    INSERT INTO eventstore.outcome_hourly AS t
        (organization_id, project_id, key_id, hour, category, outcome, reason, quantity)
    SELECT CAST(:organization_id AS uuid), n.project_id, n.key_id, n.hour, n.category, n.outcome, n.reason, n.quantity
    FROM unnest(CAST(:project_id AS bigint[]), CAST(:key_id AS uuid[]), CAST(:hour AS timestamptz[]),
                CAST(:category AS text[]), CAST(:outcome AS text[]), CAST(:reason AS text[]), CAST(:quantity AS bigint[]))
         AS n(project_id, key_id, hour, category, outcome, reason, quantity)
    ORDER BY n.project_id, n.key_id, n.hour, n.category, n.outcome, n.reason
    ON CONFLICT (organization_id, project_id, key_id, hour, category, outcome, reason) DO UPDATE
    SET quantity = t.quantity + excluded.quantity
""")

_KEY_FIELDS = OutcomeKey.__struct_fields__


def hour_of(received_at: datetime) -> datetime:
    return received_at.replace(minute=0, second=0, microsecond=0)


async def add(tx: TenantTransaction, quantities: Mapping[OutcomeKey, int]) -> None:
    """Add a batch's outcomes; rows are locked in the order of the key.  Last in a transaction: its rows are the hottest."""
    if not quantities:
        return
    parameters: dict[str, object] = {name: [getattr(key, name) for key in quantities] for name in _KEY_FIELDS}
    parameters["quantity"] = list(quantities.values())
    parameters["organization_id"] = tx.organization_id
    await tx.execute(_ADD, parameters)
