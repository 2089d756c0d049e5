"""What became of a project's items: sums over the hourly outcomes."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import func, select

from eventstore.tables import outcome_hourly
from protocol.outcome import DataCategory, Outcome
from tenancy.scope import TenantTransaction

_EVENT_CATEGORIES = (DataCategory.ERROR.value, DataCategory.DEFAULT.value, DataCategory.SECURITY.value)


class OutcomeSum(msgspec.Struct, frozen=True):
    category: str
    outcome: str
    reason: str
    quantity: int


async def sums(tx: TenantTransaction, project_id: int, *, since: datetime) -> list[OutcomeSum]:
    """Everything counted since then, by category, outcome and reason; the first hour counts in full."""
    columns = outcome_hourly.c
    statement = (
        select(columns.category, columns.outcome, columns.reason, func.sum(columns.quantity).label("quantity"))
        .where(columns.project_id == project_id, columns.hour >= since.replace(minute=0, second=0, microsecond=0))
        .group_by(columns.category, columns.outcome, columns.reason)
        .order_by(columns.category, columns.outcome, columns.reason)
    )
    return [OutcomeSum(row.category, row.outcome, row.reason, int(row.quantity)) for row in await tx.execute(statement)]


async def accepted_events(tx: TenantTransaction, project_ids: Sequence[int], *, since: datetime) -> dict[int, int]:
    """Stored events of each project since then; the first hour counts in full, projects without any are absent."""
    columns = outcome_hourly.c
    statement = (
        select(columns.project_id, func.sum(columns.quantity).label("quantity"))
        .where(
            columns.project_id.in_(project_ids),
            columns.hour >= since.replace(minute=0, second=0, microsecond=0),
            columns.outcome == Outcome.ACCEPTED.value,
            columns.category.in_(_EVENT_CATEGORIES),
        )
        .group_by(columns.project_id)
    )
    return {row.project_id: int(row.quantity) for row in await tx.execute(statement)}
