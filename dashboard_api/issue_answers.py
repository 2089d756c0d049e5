"""Issues as the API shows them."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from dashboard_api.schema import Answer
from eventstore import issue_history, issues
from protocol.event import Level
from tenancy import projects
from tenancy.scope import TenantTransaction


class IssueStatus(StrEnum):
    """The words of eventstore.issue_state.Status, under the name that clients know."""

    UNRESOLVED = "unresolved"
    RESOLVED = "resolved"
    IGNORED = "ignored"


class IssueSubstatus(StrEnum):
    NEW = "new"
    ONGOING = "ongoing"
    REGRESSED = "regressed"
    NONE = "none"


class HourlyCount(Answer):
    hour: datetime
    count: int


class DailyCount(Answer):
    """A day of UTC."""

    day: date
    count: int


class TagValueCount(Answer):
    value: str
    count: int


class TagBar(Answer):
    """`total` counts all values, `values` lists the most frequent ones."""

    key: str
    total: int
    values: list[TagValueCount]


class Issue(Answer):
    """`short_id` is for people ("SHOP-17"), `trend` holds the last 24 hours, oldest first."""

    id: UUID
    short_id: str
    project_id: str
    title: str
    culprit: str
    type: str | None
    value: str | None
    level: Level
    platform: str
    status: IssueStatus
    substatus: IssueSubstatus
    event_count: int
    user_count: int
    first_seen: datetime
    last_seen: datetime
    first_release: str | None
    last_release: str | None
    trend: list[HourlyCount]


class IssueDetail(Issue):
    tags: list[TagBar]
    hourly: list[HourlyCount]
    daily: list[DailyCount]
    regressed_at: datetime | None
    status_changed_at: datetime


class IssuePage(Answer):
    items: list[Issue]
    next_cursor: str | None
    total: int
    total_is_capped: bool


async def describe_list(
    tx: TenantTransaction, listed: Sequence[issues.Issue], *, project: projects.Project, now: datetime
) -> list[Issue]:
    """The issues of one project with their trends; one query for all of them."""
    trends = await issue_history.trends(tx, [issue.issue_id for issue in listed], now=now)
    return [Issue.model_validate(_fields(issue, project, trends[issue.issue_id])) for issue in listed]


async def describe_detail(tx: TenantTransaction, issue: issues.Issue, *, project: projects.Project, now: datetime) -> IssueDetail:
    """Everything that one issue's page shows besides its events."""
    trend = (await issue_history.trends(tx, [issue.issue_id], now=now))[issue.issue_id]
    bars = await issue_history.tag_bars(tx, issue.issue_id)
    days = await issue_history.days(tx, issue.issue_id, now=now)
    fields = _fields(issue, project, trend)
    return IssueDetail.model_validate(
        fields
        | {
            "tags": [
                TagBar(
                    key=bar.key,
                    total=bar.total,
                    values=[TagValueCount(value=each.value, count=each.count) for each in bar.values],
                )
                for bar in bars
            ],
            "hourly": fields["trend"],
            "daily": [DailyCount(day=each.day, count=each.count) for each in days],
            "regressed_at": issue.regressed_at,
            "status_changed_at": issue.status_changed_at,
        }
    )


def _fields(issue: issues.Issue, project: projects.Project, trend: Sequence[issue_history.HourCount]) -> dict[str, object]:
    return {
        "id": issue.issue_id,
        "short_id": f"{project.slug.upper()}-{issue.number}",
        "project_id": str(issue.project_id),
        "title": issue.title,
        "culprit": issue.culprit,
        "type": issue.type,
        "value": issue.value,
        "level": issue.level,
        "platform": issue.platform,
        "status": issue.status,
        "substatus": issue.substatus,
        "event_count": issue.event_count,
        "user_count": issue.user_count,
        "first_seen": issue.first_seen,
        "last_seen": issue.last_seen,
        "first_release": issue.first_release,
        "last_release": issue.last_release,
        "trend": [HourlyCount(hour=each.hour, count=each.count) for each in trend],
    }
