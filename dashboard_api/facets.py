"""What the search bar of a project can offer."""

from fastapi import APIRouter

from audit import trail
from audit.actions import AuditAction
from audit.record import AuditTarget
from dashboard_api.audit_marks import audited
from dashboard_api.dependencies import CurrentTenant, requires
from dashboard_api.path_ids import ProjectInPath
from dashboard_api.schema import Answer
from eventstore import facets
from identity.scopes import Scope
from protocol.event import Level

router = APIRouter(prefix="/api/v1/projects/{project_id}/facets", tags=["issues"])


class TagFacet(Answer):
    key: str
    values: list[str]


class Facets(Answer):
    levels: list[Level]
    environments: list[str]
    releases: list[str]
    tags: list[TagFacet]


@router.get("", dependencies=[requires(Scope.ISSUE_READ), audited(AuditAction.FACETS_LISTED)])
async def get_facets(project: ProjectInPath, tenant: CurrentTenant) -> Facets:
    """Levels, environments and releases (last seen first), and the tags of the most recently seen issues."""
    await trail.record(tenant.tx, AuditAction.FACETS_LISTED, target=AuditTarget("project", str(project.project_id)))
    known = await facets.of_project(tenant.tx, project.project_id)
    return Facets(
        levels=list(Level),
        environments=list(known.environments),
        releases=list(known.releases),
        tags=[TagFacet(key=tag.key, values=list(tag.values)) for tag in known.tags],
    )
