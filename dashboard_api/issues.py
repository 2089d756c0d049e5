"""Issues: found, looked at, resolved."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter, BackgroundTasks, Query
from pydantic import Field

from audit import trail
from audit.actions import AuditAction
from audit.record import AuditTarget
from dashboard_api import pagination
from dashboard_api.audit_marks import audited
from dashboard_api.dependencies import CurrentTenant, Wiring, found, requires
from dashboard_api.issue_answers import (
    Issue,
    IssueDetail,
    IssuePage,
    IssueStatus,
    describe_detail,
    describe_list,
)
from dashboard_api.issue_hints import publish_changes
from dashboard_api.pagination import Cursor, Limit
from dashboard_api.path_ids import ProjectInPath, parse_id
from dashboard_api.periods import length_of
from dashboard_api.refusals import InvalidCursorError
from dashboard_api.schema import Answer, Body, Period
from eventstore import issues, search_query
from eventstore.issue_state import Status
from eventstore.issues import IssueKey, IssueSearch, IssueSort
from identity.scopes import Scope
from tenancy import projects
from tenancy.scope import TenantTransaction

router = APIRouter(prefix="/api/v1", tags=["issues"])

MAX_BULK = 1000
_BIGINT_MAX = 2**63 - 1


class IssuePosition(msgspec.Struct, frozen=True, array_like=True):
    """What an issue list's cursor holds."""

    sort: IssueSort
    value: Annotated[datetime, msgspec.Meta(tz=True)] | Annotated[int, msgspec.Meta(ge=0, le=_BIGINT_MAX)]
    issue_id: UUID


class IssueUpdate(Body):
    status: IssueStatus


class IssueBulkUpdate(Body):
    issue_ids: list[UUID] = Field(min_length=1, max_length=MAX_BULK)
    status: IssueStatus


class IssueBulkResult(Answer):
    updated: int


@router.get(
    "/projects/{project_id}/issues",  # noqa: FAST003  # ProjectInPath takes it
    dependencies=[requires(Scope.ISSUE_READ), audited(AuditAction.ISSUES_LISTED)],
)
async def list_issues(
    project: ProjectInPath,
    tenant: CurrentTenant,
    wiring: Wiring,
    query: Annotated[
        str, Query(max_length=search_query.MAX_LENGTH, description="`is:unresolved level:error key:value words`")
    ] = "",
    cursor: Cursor = None,
    limit: Limit = pagination.DEFAULT_LIMIT,
    sort: IssueSort = IssueSort.LAST_SEEN,
    period: Annotated[Period | None, Query(description="Only issues seen within this time.")] = None,
) -> IssuePage:
    """A page of the project's issues, the newest or most frequent first; `total` counts up to 1000."""
    now = wiring.clock()
    since = None if period is None else now - length_of(period)
    wanted = IssueSearch(project.project_id, search_query.parse(query), since)
    after = None if cursor is None else _position(cursor, sort)
    listed = await issues.list_page(tenant.tx, wanted, sort=sort, after=after, limit=limit + 1)
    page = listed[:limit]
    total = await issues.count(tenant.tx, wanted)
    await trail.record(
        tenant.tx,
        AuditAction.ISSUES_LISTED,
        target=AuditTarget("project", str(project.project_id)),
        details={"returned": len(page)},
        personal={"query": query} if query else {},  # people are searched for by their addresses
    )
    return IssuePage(
        items=await describe_list(tenant.tx, page, project=project, now=now),
        next_cursor=_cursor(page[-1], sort) if len(listed) > limit else None,
        total=total.count,
        total_is_capped=total.is_capped,
    )


@router.post(
    "/projects/{project_id}/issues/bulk",  # noqa: FAST003  # ProjectInPath takes it
    dependencies=[requires(Scope.ISSUE_WRITE), audited(AuditAction.ISSUE_STATUS_CHANGED)],
)
async def update_issues(
    project: ProjectInPath, body: IssueBulkUpdate, tenant: CurrentTenant, wiring: Wiring, tasks: BackgroundTasks
) -> IssueBulkResult:
    """Set the status of many issues of one project; `updated` counts those which really changed."""
    changed = await issues.set_status(
        tenant.tx, body.issue_ids, status=Status(body.status.value), now=wiring.clock(), project_id=project.project_id
    )
    tasks.add_task(publish_changes, wiring.redis, tenant.actor.organization_id, changed)
    return IssueBulkResult(updated=len(changed))


@router.get("/issues/{issue_id}", dependencies=[requires(Scope.ISSUE_READ), audited(AuditAction.ISSUE_OPENED)])
async def get_issue(issue_id: str, tenant: CurrentTenant, wiring: Wiring) -> IssueDetail:
    """One issue with the bars of its tags and its history."""
    issue = found(await issues.get(tenant.tx, parse_id(issue_id)))
    await _record_opened(tenant.tx, issue)
    return await describe_detail(tenant.tx, issue, project=await _project_of(tenant.tx, issue), now=wiring.clock())


@router.patch("/issues/{issue_id}", dependencies=[requires(Scope.ISSUE_WRITE), audited(AuditAction.ISSUE_STATUS_CHANGED)])
async def update_issue(issue_id: str, body: IssueUpdate, tenant: CurrentTenant, wiring: Wiring, tasks: BackgroundTasks) -> Issue:
    """Resolve, ignore or reopen one issue."""
    wanted = parse_id(issue_id)
    now = wiring.clock()
    changed = await issues.set_status(tenant.tx, [wanted], status=Status(body.status.value), now=now)
    issue = found(await issues.get(tenant.tx, wanted))
    if not changed:
        await _record_opened(tenant.tx, issue)  # the answer shows it all the same
    tasks.add_task(publish_changes, wiring.redis, tenant.actor.organization_id, changed)
    (described,) = await describe_list(tenant.tx, [issue], project=await _project_of(tenant.tx, issue), now=now)
    return described


async def _record_opened(tx: TenantTransaction, issue: issues.Issue) -> None:
    await trail.record(
        tx,
        AuditAction.ISSUE_OPENED,
        target=AuditTarget("issue", str(issue.issue_id)),
        details={"project_id": str(issue.project_id)},
    )


async def _project_of(tx: TenantTransaction, issue: issues.Issue) -> projects.Project:
    return found(await projects.get(tx, issue.project_id))


def _cursor(last: issues.Issue, sort: IssueSort) -> str:
    key = issues.key_of(last, sort)
    return pagination.encode(IssuePosition(sort, key.value, key.issue_id))


def _position(cursor: str, sort: IssueSort) -> IssueKey:
    """Raises InvalidCursorError, also for the cursor of another order."""
    position = pagination.decode(cursor, IssuePosition)
    is_number = isinstance(position.value, int)
    if position.sort is not sort or is_number is not (sort is IssueSort.EVENTS):
        raise InvalidCursorError
    return IssueKey(position.value, position.issue_id)
