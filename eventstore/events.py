"""Events for those who look at them: pages of an issue's events, one event with its sealed body, and its neighbours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import Row, literal, select, tuple_

from eventstore.tables import events
from tenancy.scope import TenantTransaction


class EventRow(msgspec.Struct, frozen=True):
    """One line of a list; `summary` is the small JSON that the worker made for lists."""

    event_id: UUID
    project_id: int
    issue_id: UUID
    occurred_at: datetime
    received_at: datetime
    title: str
    level: str
    environment: str
    release: str | None
    summary: dict[str, object]


class StoredEvent(msgspec.Struct, frozen=True):
    """An event with its body as it lies in the database, sealed."""

    event_id: UUID
    project_id: int
    issue_id: UUID
    received_at: datetime
    body_format: int
    body_key_version: int
    body: bytes


class Neighbours(msgspec.Struct, frozen=True):
    """Other events of the same issue, in the order in which they were received."""

    previous_event_id: UUID | None
    next_event_id: UUID | None
    oldest_event_id: UUID
    latest_event_id: UUID


@dataclass(frozen=True, slots=True)
class EventKey:
    """Where a page ended."""

    received_at: datetime
    event_id: UUID


_ROW_COLUMNS = tuple(events.c[name] for name in EventRow.__struct_fields__)
_STORED_COLUMNS = tuple(events.c[name] for name in StoredEvent.__struct_fields__)
_position = tuple_(events.c.received_at, events.c.event_id)
_NEWEST_FIRST = (events.c.received_at.desc(), events.c.event_id.desc())
_OLDEST_FIRST = (events.c.received_at, events.c.event_id)


async def list_page(tx: TenantTransaction, issue_id: UUID, *, after: EventKey | None, limit: int) -> list[EventRow]:
    """Up to `limit` events of an issue behind `after`, newest first."""
    statement = select(*_ROW_COLUMNS).where(events.c.issue_id == issue_id)
    if after is not None:
        statement = statement.where(_position < tuple_(literal(after.received_at), literal(after.event_id)))
    result = await tx.execute(statement.order_by(*_NEWEST_FIRST).limit(limit))
    return [EventRow(**row._mapping) for row in result]  # noqa: SLF001  # SQLAlchemy's public name for it


async def find(tx: TenantTransaction, event_id: UUID, *, project_ids: Sequence[int]) -> StoredEvent | None:
    """The event in one of these projects; the last received if several projects know the id.

    The primary key starts with the project, so naming all projects keeps this an index lookup.
    """
    statement = select(*_STORED_COLUMNS).where(events.c.project_id.in_(project_ids), events.c.event_id == event_id)
    return _as_stored((await tx.execute(statement.order_by(events.c.received_at.desc()).limit(1))).one_or_none())


async def latest_of_issue(tx: TenantTransaction, issue_id: UUID) -> StoredEvent | None:
    statement = select(*_STORED_COLUMNS).where(events.c.issue_id == issue_id).order_by(*_NEWEST_FIRST).limit(1)
    return _as_stored((await tx.execute(statement)).one_or_none())


async def neighbours(tx: TenantTransaction, event: StoredEvent) -> Neighbours:
    """Before, behind, first and last; one statement of four index lookups."""
    here = tuple_(literal(event.received_at), literal(event.event_id))
    of_issue = select(events.c.event_id).where(events.c.issue_id == event.issue_id).limit(1)
    statement = select(
        of_issue.where(_position < here).order_by(*_NEWEST_FIRST).scalar_subquery().label("previous_event_id"),
        of_issue.where(_position > here).order_by(*_OLDEST_FIRST).scalar_subquery().label("next_event_id"),
        of_issue.order_by(*_OLDEST_FIRST).scalar_subquery().label("oldest_event_id"),
        of_issue.order_by(*_NEWEST_FIRST).scalar_subquery().label("latest_event_id"),
    )
    row = (await tx.execute(statement)).one()
    return Neighbours(**row._mapping)  # noqa: SLF001  # SQLAlchemy's public name for it


def _as_stored(row: Row[tuple[object, ...]] | None) -> StoredEvent | None:
    return None if row is None else StoredEvent(**row._mapping)  # noqa: SLF001  # SQLAlchemy's public name for it
