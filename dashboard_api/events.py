"""Events: listed by issue, and one in full as the canonical JSON that is stored."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter, Response
from pydantic import JsonValue, WithJsonSchema

from audit import trail
from audit.actions import AuditAction
from audit.record import AuditTarget
from dashboard_api import pagination
from dashboard_api.audit_marks import audited
from dashboard_api.dependencies import CurrentTenant, Tenant, Wiring, found, requires
from dashboard_api.pagination import Cursor, Limit
from dashboard_api.path_ids import parse_id
from dashboard_api.schema import Answer
from dashboard_api.wiring import ApiDependencies
from eventstore import event_body, events, issues
from eventstore.event_body import SealedBody
from identity.scopes import Scope
from protocol.event import Level
from tenancy import data_keys, projects

router = APIRouter(prefix="/api/v1", tags=["events"])

EVENT_SCHEMA_MARK = "x-canonical-event"  # openapi.py puts the schema of protocol.event.Event here


class EventPosition(msgspec.Struct, frozen=True, array_like=True):
    """What an event list's cursor holds."""

    received_at: Annotated[datetime, msgspec.Meta(tz=True)]
    event_id: UUID


class EventListItem(Answer):
    """`event_id` has 32 hex digits; `summary` is the part of the event that is searched and listed."""

    event_id: str
    occurred_at: datetime
    received_at: datetime
    title: str
    level: Level
    environment: str
    release: str | None
    user_label: str | None
    summary: dict[str, JsonValue]


class EventPage(Answer):
    items: list[EventListItem]
    next_cursor: str | None


class EventDetail(Answer):
    """The canonical event, and its neighbours in the issue in the order of receipt."""

    event: Annotated[object, WithJsonSchema({EVENT_SCHEMA_MARK: True})]
    issue_id: UUID
    project_id: str
    previous_event_id: str | None
    next_event_id: str | None
    oldest_event_id: str
    latest_event_id: str


@router.get("/issues/{issue_id}/events", dependencies=[requires(Scope.EVENT_READ), audited(AuditAction.EVENTS_LISTED)])
async def list_events(
    issue_id: str, tenant: CurrentTenant, cursor: Cursor = None, limit: Limit = pagination.DEFAULT_LIMIT
) -> EventPage:
    """The issue's events, last received first."""
    issue = found(await issues.get(tenant.tx, parse_id(issue_id)))
    position = None if cursor is None else pagination.decode(cursor, EventPosition)
    after = None if position is None else events.EventKey(position.received_at, position.event_id)
    listed = await events.list_page(tenant.tx, issue.issue_id, after=after, limit=limit + 1)
    page = listed[:limit]
    await trail.record(
        tenant.tx,
        AuditAction.EVENTS_LISTED,
        target=AuditTarget("issue", str(issue.issue_id)),
        details={"project_id": str(issue.project_id), "returned": len(page)},
    )
    last = EventPosition(page[-1].received_at, page[-1].event_id) if len(listed) > limit else None
    return EventPage(items=[_list_item(row) for row in page], next_cursor=None if last is None else pagination.encode(last))


@router.get(
    "/issues/{issue_id}/events/latest",
    dependencies=[requires(Scope.EVENT_READ), audited(AuditAction.EVENT_OPENED)],
    responses={200: {"model": EventDetail}},
)
async def get_latest_event(issue_id: str, tenant: CurrentTenant, wiring: Wiring) -> Response:
    """The event of the issue that was received last."""
    event = found(await events.latest_of_issue(tenant.tx, parse_id(issue_id)))
    return await _detail(tenant, event, wiring)


@router.get(
    "/events/{event_id}",
    dependencies=[requires(Scope.EVENT_READ), audited(AuditAction.EVENT_OPENED)],
    responses={200: {"model": EventDetail}},
)
async def get_event(event_id: str, tenant: CurrentTenant, wiring: Wiring) -> Response:
    """One event in full; the id has 32 hex digits or is dashed."""
    project_ids = [project.project_id for project in await projects.list_all(tenant.tx)]
    event = found(await events.find(tenant.tx, parse_id(event_id), project_ids=project_ids))
    return await _detail(tenant, event, wiring)


async def _detail(tenant: Tenant, event: events.StoredEvent, wiring: ApiDependencies) -> Response:
    """The stored bytes go out as they are, inside a small frame."""
    key = await data_keys.by_version(tenant.tx, data_keys.DataKeyPurpose.EVENTS, event.body_key_version, keyring=wiring.keyring)
    sealed = SealedBody(body_format=event.body_format, key_version=event.body_key_version, body=event.body)
    raw = event_body.open_body(sealed, key=key, organization_id=tenant.tx.organization_id, event_id=event.event_id)
    await trail.record(
        tenant.tx,
        AuditAction.EVENT_OPENED,
        target=AuditTarget("event", event.event_id.hex),
        details={"issue_id": str(event.issue_id), "project_id": str(event.project_id)},
    )
    around = await events.neighbours(tenant.tx, event)
    frame = {
        "event": msgspec.Raw(raw),
        "issue_id": str(event.issue_id),
        "project_id": str(event.project_id),
        "previous_event_id": _hex(around.previous_event_id),
        "next_event_id": _hex(around.next_event_id),
        "oldest_event_id": around.oldest_event_id.hex,
        "latest_event_id": around.latest_event_id.hex,
    }
    return Response(msgspec.json.encode(frame), media_type="application/json")


def _hex(event_id: UUID | None) -> str | None:
    return None if event_id is None else event_id.hex


def _list_item(row: events.EventRow) -> EventListItem:
    return EventListItem.model_validate(
        {
            "event_id": row.event_id.hex,
            "occurred_at": row.occurred_at,
            "received_at": row.received_at,
            "title": row.title,
            "level": row.level,
            "environment": row.environment,
            "release": row.release,
            "user_label": _user_label(row.summary.get("user")),
            "summary": row.summary,
        }
    )


def _user_label(user: object) -> str | None:
    """The most telling name which scrubbing left."""
    if not isinstance(user, dict):
        return None
    values = (user.get(field) for field in ("username", "email", "name", "id", "ip_address"))
    return next((str(value) for value in values if value), None)
