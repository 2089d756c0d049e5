"""What a search bar can offer for a project: environments, releases, and the tags of what happened lately."""

import msgspec
from sqlalchemy import func, select

from eventstore.tables import environments, issue_tags, issues, releases
from tenancy.scope import TenantTransaction

MAX_NAMES = 100
MAX_TAG_KEYS = 50
MAX_TAG_VALUES = 10
SAMPLED_ISSUES = 500  # the most recently seen: bounds the cost for projects with many issues

_OWN_FILTERS = ("environment", "release", "level")


class TagFacet(msgspec.Struct, frozen=True):
    key: str
    values: tuple[str, ...]  # most frequent first


class Facets(msgspec.Struct, frozen=True):
    environments: tuple[str, ...]  # last seen first
    releases: tuple[str, ...]
    tags: tuple[TagFacet, ...]


async def of_project(tx: TenantTransaction, project_id: int) -> Facets:
    return Facets(
        environments=await _environments(tx, project_id),
        releases=await _releases(tx, project_id),
        tags=await _tags(tx, project_id),
    )


async def _environments(tx: TenantTransaction, project_id: int) -> tuple[str, ...]:
    statement = select(environments.c.name).where(environments.c.project_id == project_id)
    result = await tx.execute(statement.order_by(environments.c.last_seen.desc(), environments.c.name).limit(MAX_NAMES))
    return tuple(row.name for row in result)


async def _releases(tx: TenantTransaction, project_id: int) -> tuple[str, ...]:
    statement = select(releases.c.version).where(releases.c.project_id == project_id)
    result = await tx.execute(statement.order_by(releases.c.last_seen.desc(), releases.c.version).limit(MAX_NAMES))
    return tuple(row.version for row in result)


async def _tags(tx: TenantTransaction, project_id: int) -> tuple[TagFacet, ...]:
    recent = (
        select(issues.c.issue_id)
        .where(issues.c.project_id == project_id)
        .order_by(issues.c.last_seen.desc(), issues.c.issue_id.desc())
        .limit(SAMPLED_ISSUES)
    )
    seen = func.sum(issue_tags.c.times_seen)
    rank = func.row_number().over(partition_by=issue_tags.c.key, order_by=(seen.desc(), issue_tags.c.value)).label("rank")
    ranked = (
        select(issue_tags.c.key, issue_tags.c.value, rank)
        .where(issue_tags.c.issue_id.in_(recent), issue_tags.c.key.not_in(_OWN_FILTERS))
        .group_by(issue_tags.c.key, issue_tags.c.value)
        .subquery()
    )
    statement = select(ranked.c.key, ranked.c.value).where(ranked.c.rank <= MAX_TAG_VALUES).order_by(ranked.c.key, ranked.c.rank)
    values: dict[str, list[str]] = {}
    for row in await tx.execute(statement.limit(MAX_TAG_KEYS * MAX_TAG_VALUES)):
        values.setdefault(row.key, []).append(row.value)
    return tuple(TagFacet(key, tuple(found)) for key, found in values.items())
