"""Dead letters are kept for a week, so that people can look at them and replay them; then they are gone."""

from datetime import datetime, timedelta

from sqlalchemy import delete

from processing.tables import dead_letters
from tenancy.scope import TenantTransaction

LIFETIME = timedelta(days=7)


async def expire(tx: TenantTransaction, *, now: datetime) -> int:
    """Delete the organization's dead letters that are older than LIFETIME; returns how many."""
    statement = delete(dead_letters).where(dead_letters.c.failed_at < now - LIFETIME)
    return (await tx.execute(statement)).rowcount
