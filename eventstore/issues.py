"""Issues for those who look at them: pages by keyset, one by id, and the change of their status."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec
from sqlalchemy import BigInteger, Row, bindparam, func, literal, select, tuple_, update
from sqlalchemy.dialects.postgresql import ARRAY

from audit import trail
from audit.actions import AuditAction
from audit.record import AuditTarget, Change
from audit.trail import Act
from eventstore import search
from eventstore.issue_state import Status, Substatus
from eventstore.search_query import SearchQuery
from eventstore.tables import issues
from tenancy.scope import TenantTransaction

COUNT_CAP = 1000  # nobody reads further; an exact count of a large tenant would cost more than the page


class IssueSort(StrEnum):
    LAST_SEEN = "last_seen"
    FIRST_SEEN = "first_seen"
    EVENTS = "events"


class Issue(msgspec.Struct, frozen=True):
    issue_id: UUID
    project_id: int
    number: int
    type: str | None
    value: str | None
    title: str
    culprit: str
    level: str
    platform: str
    status: str
    substatus: str
    first_seen: datetime
    last_seen: datetime
    event_count: int
    user_count: int
    first_release: str | None
    last_release: str | None
    status_changed_at: datetime
    regressed_at: datetime | None


@dataclass(frozen=True, slots=True)
class IssueSearch:
    """Which issues of a project; `since` bounds when they were last seen."""

    project_id: int
    query: SearchQuery = field(default_factory=SearchQuery)
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class IssueKey:
    """Where a page ended: the sorted value and the issue's id."""

    value: datetime | int
    issue_id: UUID


class CappedCount(msgspec.Struct, frozen=True):
    count: int
    is_capped: bool


_COLUMNS = tuple(issues.c[name] for name in Issue.__struct_fields__)
_SORT_COLUMN = {
    IssueSort.LAST_SEEN: issues.c.last_seen,
    IssueSort.FIRST_SEEN: issues.c.first_seen,
    IssueSort.EVENTS: issues.c.event_count,
}


def key_of(issue: Issue, sort: IssueSort) -> IssueKey:
    """The keyset position of an issue under this order."""
    match sort:
        case IssueSort.LAST_SEEN:
            return IssueKey(issue.last_seen, issue.issue_id)
        case IssueSort.FIRST_SEEN:
            return IssueKey(issue.first_seen, issue.issue_id)
        case IssueSort.EVENTS:
            return IssueKey(issue.event_count, issue.issue_id)


async def list_page(
    tx: TenantTransaction, wanted: IssueSearch, *, sort: IssueSort, after: IssueKey | None, limit: int
) -> list[Issue]:
    """Up to `limit` issues behind `after`, the newest or most frequent first."""
    column = _SORT_COLUMN[sort]
    statement = select(*_COLUMNS).where(*search.matching(wanted.project_id, wanted.query, since=wanted.since))
    if after is not None:
        statement = statement.where(tuple_(column, issues.c.issue_id) < tuple_(literal(after.value), literal(after.issue_id)))
    result = await tx.execute(statement.order_by(column.desc(), issues.c.issue_id.desc()).limit(limit))
    return [_as_issue(row) for row in result]


async def count(tx: TenantTransaction, wanted: IssueSearch) -> CappedCount:
    """How many issues are found, counted up to COUNT_CAP."""
    found = select(literal(1)).where(*search.matching(wanted.project_id, wanted.query, since=wanted.since)).limit(COUNT_CAP + 1)
    number = int((await tx.execute(select(func.count()).select_from(found.subquery()))).scalar_one())
    return CappedCount(min(number, COUNT_CAP), number > COUNT_CAP)


async def count_unresolved(tx: TenantTransaction, project_ids: Sequence[int]) -> dict[int, int]:
    """Unresolved issues of each project, counted up to COUNT_CAP."""
    wanted_ids = bindparam("project_ids", list(project_ids), type_=ARRAY(BigInteger))
    wanted = func.unnest(wanted_ids, type_=BigInteger).table_valued("project_id").render_derived()
    found = (
        select(literal(1))
        .where(issues.c.project_id == wanted.c.project_id, issues.c.status == Status.UNRESOLVED.value)
        .limit(COUNT_CAP)
        .correlate(wanted)
        .subquery()
    )
    counted = select(func.count().label("number")).select_from(found).lateral()
    result = await tx.execute(
        select(wanted.c.project_id, counted.c.number).select_from(wanted.join(counted, literal(value=True)))
    )
    return {row.project_id: row.number for row in result}


async def get(tx: TenantTransaction, issue_id: UUID) -> Issue | None:
    row = (await tx.execute(select(*_COLUMNS).where(issues.c.issue_id == issue_id))).one_or_none()
    return None if row is None else _as_issue(row)


async def set_status(
    tx: TenantTransaction, issue_ids: Sequence[UUID], *, status: Status, now: datetime, project_id: int | None = None
) -> list[Issue]:
    """The issues whose status changed; those which had it already, of another project, or of nobody, are left out.

    What people decide ends "new" and "regressed": an issue opened again by hand is ongoing.
    """
    wanted = select(issues.c.issue_id, issues.c.status, issues.c.substatus).where(
        issues.c.issue_id.in_(issue_ids), issues.c.status != status.value
    )
    if project_id is not None:
        wanted = wanted.where(issues.c.project_id == project_id)
    before = wanted.order_by(issues.c.issue_id).with_for_update().cte("before")  # one order for all who lock, so no deadlock
    substatus = Substatus.ONGOING if status is Status.UNRESOLVED else Substatus.NONE
    statement = (
        update(issues)
        .where(issues.c.issue_id == before.c.issue_id)
        .values(status=status.value, substatus=substatus.value, status_changed_at=now)
        .returning(*_COLUMNS, before.c.status.label("old_status"), before.c.substatus.label("old_substatus"))
    )
    rows = (await tx.execute(statement)).all()
    acts = [
        Act(
            target=AuditTarget("issue", str(row.issue_id)),
            changes={"status": Change(row.old_status, row.status), "substatus": Change(row.old_substatus, row.substatus)},
            details={"project_id": str(row.project_id)},
        )
        for row in rows
    ]
    await trail.record_all(tx, AuditAction.ISSUE_STATUS_CHANGED, acts)
    return [Issue(**{name: getattr(row, name) for name in Issue.__struct_fields__}) for row in rows]


def _as_issue(row: Row[tuple[object, ...]]) -> Issue:
    return Issue(**row._mapping)  # noqa: SLF001  # SQLAlchemy's public name for it
