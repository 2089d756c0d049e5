"""Messages that failed three times: put aside still sealed, counted as dead, kept for people to look at and replay."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert

from eventstore import outcomes
from eventstore.outcomes import OutcomeKey, hour_of
from processing import processed_messages
from processing.preparation import StreamMessage
from processing.tables import dead_letters
from protocol.outcome import OutcomeCount
from tenancy.scope import TenantTransaction


async def bury(
    tx: TenantTransaction,
    message: StreamMessage,
    *,
    deliveries: int,
    error_class: str,
    items: Iterable[OutcomeCount],
    now: datetime,
) -> bool:
    """Put the message aside and count its items as dead; False, and no effect, if it took effect before."""
    header = message.header
    if not await processed_messages.claim(tx, [(header.message_id, message.received_at.date())]):
        return False
    await tx.execute(
        insert(dead_letters)
        .values(
            organization_id=tx.organization_id,
            message_id=header.message_id,
            project_id=header.project_id,
            received_at=message.received_at,
            failed_at=now,
            deliveries=deliveries,
            error_class=error_class,
            stream_header=message.header_bytes,
            sealed_payload=message.sealed_payload,
        )
        .on_conflict_do_nothing()
    )
    quantities: Counter[OutcomeKey] = Counter()
    for item in items:
        key = OutcomeKey(
            project_id=header.project_id,
            key_id=header.key_id,
            hour=hour_of(message.received_at),
            category=item.category,
            outcome=item.outcome,
            reason=item.reason,
        )
        quantities[key] += item.quantity
    await outcomes.add(tx, quantities)
    return True
