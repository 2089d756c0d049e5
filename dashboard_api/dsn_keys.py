"""The DSN keys of a project."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter

from dashboard_api.dependencies import CurrentTenant, Wiring, requires
from dashboard_api.dsn import dsn_of
from dashboard_api.path_ids import ProjectInPath
from dashboard_api.schema import Answer
from identity.scopes import Scope
from tenancy import dsn_keys

router = APIRouter(prefix="/api/v1/projects/{project_id}/keys", tags=["DSN keys"])


class DsnKey(Answer):
    id: UUID
    label: str
    state: dsn_keys.DsnKeyState
    dsn: str
    created_at: datetime


class DsnKeyList(Answer):
    items: list[DsnKey]


@router.get("", dependencies=[requires(Scope.KEY_READ)])
async def list_dsn_keys(project: ProjectInPath, tenant: CurrentTenant, wiring: Wiring) -> DsnKeyList:
    """All keys of the project, oldest first."""
    keys = await dsn_keys.list_for_project(tenant.tx, project.project_id)
    return DsnKeyList(
        items=[
            DsnKey(
                id=key.key_id,
                label=key.label,
                state=key.state,
                dsn=dsn_of(key, wiring.settings.ingest_url),
                created_at=key.created_at,
            )
            for key in keys
        ]
    )
