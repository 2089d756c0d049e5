"""A search query as conditions on issues; only leakproof operators, so that row-level security leaves the indexes in use.

Free text is the exception: it goes through a definer function which gives ids only, and they are joined again here.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select

from eventstore.new_event import MAX_TAG_VALUE_CHARACTERS
from eventstore.search_query import ConditionFilter, IssueCondition, SearchQuery, TagFilter
from eventstore.tables import issue_tags, issues

MAX_TEXT_MATCHES = 10_000  # the newest ones; the definer function gives no more

_STATUSES = {IssueCondition.UNRESOLVED, IssueCondition.RESOLVED, IssueCondition.IGNORED}  # the rest are substatuses


def matching(project_id: int, query: SearchQuery, *, since: datetime | None) -> list[ColumnElement[bool]]:
    """What must hold for an issue of the project to be found; `since` bounds when it was last seen."""
    conditions: list[ColumnElement[bool]] = [issues.c.project_id == project_id]
    if since is not None:
        conditions.append(issues.c.last_seen >= since)
    conditions += [_condition(wanted) for wanted in query.conditions]
    conditions += [
        (issues.c.level != wanted.level) if wanted.is_negated else (issues.c.level == wanted.level) for wanted in query.levels
    ]
    conditions += [_tag(wanted) for wanted in query.tags]
    conditions += [_text(project_id, words) for words in query.texts]
    return conditions


def _condition(wanted: ConditionFilter) -> ColumnElement[bool]:
    column = issues.c.status if wanted.condition in _STATUSES else issues.c.substatus
    return (column != wanted.condition.value) if wanted.is_negated else (column == wanted.condition.value)


def _tag(wanted: TagFilter) -> ColumnElement[bool]:
    statement = select(issue_tags.c.issue_id).where(
        issue_tags.c.organization_id == issues.c.organization_id,
        issue_tags.c.issue_id == issues.c.issue_id,
        issue_tags.c.project_id == issues.c.project_id,
        issue_tags.c.key == wanted.key,
    )
    if wanted.value is not None:
        statement = statement.where(issue_tags.c.value == wanted.value[:MAX_TAG_VALUE_CHARACTERS])
    found = exists(statement)
    return ~found if wanted.is_negated else found


def _text(project_id: int, words: str) -> ColumnElement[bool]:
    return issues.c.issue_id.in_(select(func.eventstore.search_issue_ids(project_id, words, MAX_TEXT_MATCHES)))
