"""Projects: what SDKs send to."""

from datetime import datetime

import msgspec
from sqlalchemy import insert, select, update

from audit import trail
from audit.actions import AuditAction
from audit.record import AuditTarget, Change
from runtime.identifiers import new_project_id
from tenancy.scope import TenantTransaction
from tenancy.tables import project_counters, projects


class Project(msgspec.Struct, frozen=True):
    project_id: int
    slug: str
    name: str
    platform: str | None
    created_at: datetime


_COLUMNS = (projects.c.project_id, projects.c.slug, projects.c.name, projects.c.platform, projects.c.created_at)


async def create(tx: TenantTransaction, *, name: str, slug: str, platform: str | None, now: datetime) -> Project:
    """Make a project with a random id.  Raises IntegrityError if the slug is taken in this organization."""
    project = Project(project_id=new_project_id(), slug=slug, name=name, platform=platform, created_at=now)
    await tx.execute(insert(projects).values(organization_id=tx.organization_id, **msgspec.structs.asdict(project)))
    await tx.execute(
        insert(project_counters).values(organization_id=tx.organization_id, project_id=project.project_id, last_issue_number=0)
    )
    await trail.record(
        tx,
        AuditAction.PROJECT_CREATED,
        target=AuditTarget("project", str(project.project_id)),
        changes={"name": Change(None, name), "slug": Change(None, slug), "platform": Change(None, platform)},
    )
    return project


async def get(tx: TenantTransaction, project_id: int) -> Project | None:
    row = (await tx.execute(select(*_COLUMNS).where(projects.c.project_id == project_id))).one_or_none()
    return None if row is None else Project(**row._mapping)  # noqa: SLF001  # SQLAlchemy's public name for it


async def list_all(tx: TenantTransaction) -> list[Project]:
    """All projects of the organization, by name."""
    result = await tx.execute(select(*_COLUMNS).order_by(projects.c.name, projects.c.project_id))
    return [Project(**row._mapping) for row in result]  # noqa: SLF001  # SQLAlchemy's public name for it


async def take_issue_numbers(tx: TenantTransaction, project_id: int, *, count: int) -> int:
    """The first of `count` consecutive issue numbers, never given out again.

    Locks the project's counter row to the end of the transaction: take numbers for new issues only, projects in order.
    """
    statement = (
        update(project_counters)
        .where(project_counters.c.project_id == project_id)
        .values(last_issue_number=project_counters.c.last_issue_number + count)
        .returning(project_counters.c.last_issue_number)
    )
    last: int = (await tx.execute(statement)).scalar_one()
    return last - count + 1
