"""What the counters say about issues: events per hour and day, and the bars of their tags."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import func, select

from eventstore.tables import issue_hourly, issue_tags
from tenancy.scope import TenantTransaction

TREND_HOURS = 24
HISTORY_DAYS = 30
MAX_TAG_KEYS = 60
MAX_TAG_VALUES = 10

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


class HourCount(msgspec.Struct, frozen=True):
    hour: datetime
    count: int


class DayCount(msgspec.Struct, frozen=True):
    day: date  # of UTC
    count: int


class TagValueCount(msgspec.Struct, frozen=True):
    value: str
    count: int


class TagBar(msgspec.Struct, frozen=True):
    """`total` counts all values, `values` holds the most frequent ones."""

    key: str
    total: int
    values: tuple[TagValueCount, ...]


async def trends(tx: TenantTransaction, issue_ids: Sequence[UUID], *, now: datetime) -> dict[UUID, tuple[HourCount, ...]]:
    """The last 24 hours of each issue, oldest first, hours without events as 0; one query for all."""
    hours = _last_hours(now)
    statement = (
        select(issue_hourly.c.issue_id, issue_hourly.c.hour, func.sum(issue_hourly.c.event_count).label("number"))
        .where(issue_hourly.c.issue_id.in_(issue_ids), issue_hourly.c.hour >= hours[0])
        .group_by(issue_hourly.c.issue_id, issue_hourly.c.hour)
    )
    counted = {(row.issue_id, row.hour): int(row.number) for row in await tx.execute(statement)}
    return {issue_id: tuple(HourCount(hour, counted.get((issue_id, hour), 0)) for hour in hours) for issue_id in issue_ids}


async def days(tx: TenantTransaction, issue_id: UUID, *, now: datetime) -> tuple[DayCount, ...]:
    """The last 30 days of one issue in UTC, oldest first, days without events as 0."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    wanted = [today - _DAY * ago for ago in reversed(range(HISTORY_DAYS))]
    day = func.date_trunc("day", issue_hourly.c.hour, "UTC").label("day")
    statement = (
        select(day, func.sum(issue_hourly.c.event_count).label("number"))
        .where(issue_hourly.c.issue_id == issue_id, issue_hourly.c.hour >= wanted[0])
        .group_by(day)
    )
    counted = {row.day: int(row.number) for row in await tx.execute(statement)}
    return tuple(DayCount(moment.date(), counted.get(moment, 0)) for moment in wanted)


async def tag_bars(tx: TenantTransaction, issue_id: UUID) -> list[TagBar]:
    """The issue's tags by key, each with its most frequent values."""
    tags = issue_tags.c
    rank = func.row_number().over(partition_by=tags.key, order_by=(tags.times_seen.desc(), tags.value)).label("rank")
    total = func.sum(tags.times_seen).over(partition_by=tags.key).label("total")
    ranked = select(tags.key, tags.value, tags.times_seen, rank, total).where(tags.issue_id == issue_id).subquery()
    statement = select(ranked).where(ranked.c.rank <= MAX_TAG_VALUES).order_by(ranked.c.key, ranked.c.rank)
    bars: dict[str, list[TagValueCount]] = {}
    totals: dict[str, int] = {}
    for row in await tx.execute(statement.limit(MAX_TAG_KEYS * MAX_TAG_VALUES)):
        bars.setdefault(row.key, []).append(TagValueCount(row.value, row.times_seen))
        totals[row.key] = int(row.total)
    return [TagBar(key, totals[key], tuple(values)) for key, values in bars.items()]


def _last_hours(now: datetime) -> list[datetime]:
    this_hour = now.replace(minute=0, second=0, microsecond=0)
    return [this_hour - _HOUR * ago for ago in reversed(range(TREND_HOURS))]
