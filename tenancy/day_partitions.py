"""Day partitions of the large tables, made ahead by the scheduler, never by what a client sends."""

from datetime import date

from sqlalchemy import text

from tenancy.scope import SystemTransaction


async def ensure(tx: SystemTransaction, *, first: date, last: date) -> int:
    """Make every missing partition from `first` to `last`, both included; returns how many were made."""
    result = await tx.execute(text("SELECT tenancy.ensure_day_partitions(:first, :last)"), {"first": first, "last": last})
    return int(result.scalar_one())
