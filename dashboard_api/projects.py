"""Projects: what SDKs send to, with their DSN and their size."""

from datetime import datetime, timedelta

from fastapi import APIRouter

from audit.actions import AuditAction
from dashboard_api.audit_marks import audited
from dashboard_api.dependencies import CurrentTenant, Wiring, found, requires
from dashboard_api.dsn import dsn_of
from dashboard_api.path_ids import ProjectInPath
from dashboard_api.schema import Answer, Body, Name
from dashboard_api.wiring import ApiDependencies
from eventstore import issues, outcome_report
from identity.scopes import Scope
from tenancy import dsn_keys, projects
from tenancy.scope import TenantTransaction
from tenancy.slugs import slug_of

router = APIRouter(prefix="/api/v1/projects", tags=["projects"])

_DAY = timedelta(hours=24)


class Project(Answer):
    """`id` is a 15-digit number as text; `unresolved_count` counts up to 1000; `dsn` is null without an active key."""

    id: str
    slug: str
    name: str
    platform: str | None
    created_at: datetime
    dsn: str | None
    unresolved_count: int
    events_24h: int


class ProjectList(Answer):
    items: list[Project]


class ProjectCreate(Body):
    name: Name
    platform: Name | None = None


@router.get("", dependencies=[requires(Scope.PROJECT_READ)])
async def list_projects(tenant: CurrentTenant, wiring: Wiring) -> ProjectList:
    """All projects of the organization, by name."""
    return ProjectList(items=await _describe(tenant.tx, await projects.list_all(tenant.tx), wiring))


@router.post("", status_code=201, dependencies=[requires(Scope.PROJECT_WRITE), audited(AuditAction.PROJECT_CREATED)])
async def create_project(body: ProjectCreate, tenant: CurrentTenant, wiring: Wiring) -> Project:
    """Make a project with its first DSN key; the slug is made from the name."""
    taken = {project.slug for project in await projects.list_all(tenant.tx)}
    slug = _free_slug(slug_of(body.name, default="project"), taken)
    now = wiring.clock()
    project = await projects.create(tenant.tx, name=body.name, slug=slug, platform=body.platform, now=now)
    await dsn_keys.create(tenant.tx, project.project_id, label="Default", now=now)
    return found(next(iter(await _describe(tenant.tx, [project], wiring)), None))


@router.get("/{project_id}", dependencies=[requires(Scope.PROJECT_READ)])  # noqa: FAST003  # ProjectInPath takes it
async def get_project(project: ProjectInPath, tenant: CurrentTenant, wiring: Wiring) -> Project:
    """One project."""
    return found(next(iter(await _describe(tenant.tx, [project], wiring)), None))


def _free_slug(wanted: str, taken: set[str]) -> str:
    if wanted not in taken:
        return wanted
    return next(slug for number in range(2, len(taken) + 3) if (slug := f"{wanted}-{number}") not in taken)


async def _describe(tx: TenantTransaction, listed: list[projects.Project], wiring: ApiDependencies) -> list[Project]:
    ids = [project.project_id for project in listed]
    unresolved = await issues.count_unresolved(tx, ids)
    accepted = await outcome_report.accepted_events(tx, ids, since=wiring.clock() - _DAY)
    dsns = {key.project_id: dsn_of(key, wiring.settings.ingest_url) for key in reversed(await dsn_keys.list_active(tx))}
    return [
        Project(
            id=str(project.project_id),
            slug=project.slug,
            name=project.name,
            platform=project.platform,
            created_at=project.created_at,
            dsn=dsns.get(project.project_id),
            unresolved_count=unresolved.get(project.project_id, 0),
            events_24h=accepted.get(project.project_id, 0),
        )
        for project in listed
    ]
