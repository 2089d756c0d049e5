"""Exactly once: a message takes effect if and only if its row here is new in the same transaction."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import text

from tenancy.scope import TenantTransaction

_CLAIM = text("""
    INSERT INTO processing.processed_messages (organization_id, message_id, received_on)
    SELECT CAST(:organization_id AS uuid), m.message_id, m.received_on
    FROM unnest(CAST(:message_id AS uuid[]), CAST(:received_on AS date[])) AS m(message_id, received_on)
    ORDER BY m.message_id
    ON CONFLICT DO NOTHING
    RETURNING message_id
""")


async def claim(tx: TenantTransaction, messages: Iterable[tuple[UUID, date]]) -> set[UUID]:
    """Those of the messages (id, day of receipt) that never took effect before; waits for a rival that has them in hand."""
    wanted = list(messages)
    if not wanted:
        return set()
    result = await tx.execute(
        _CLAIM,
        {
            "organization_id": tx.organization_id,
            "message_id": [message_id for message_id, _ in wanted],
            "received_on": [received_on for _, received_on in wanted],
        },
    )
    return {row.message_id for row in result}
