"""API keys: people make them for programs, within their own rights."""

from datetime import datetime, timedelta
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from audit.actions import AuditAction
from dashboard_api.audit_marks import audited
from dashboard_api.dependencies import CurrentTenant, Tenant, Wiring, requires
from dashboard_api.path_ids import parse_id
from dashboard_api.refusals import NotFoundError, PersonNeededError, ScopeNotGrantableError
from dashboard_api.schema import Answer, Body, Name
from identity import api_keys
from identity.actor import ActorKind
from identity.scopes import Scope

router = APIRouter(prefix="/api/v1/api-keys", tags=["API keys"])

DEFAULT_DAYS = 90
MAX_DAYS = api_keys.MAX_LIFETIME.days


class ApiKey(Answer):
    id: UUID
    name: str
    scopes: list[Scope]
    created_by: UUID
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


class ApiKeyList(Answer):
    items: list[ApiKey]


class ApiKeyCreate(Body):
    """`expires_in_days` is 90 unless said otherwise, at most 365; null means 90 too."""

    name: Name
    scopes: list[Scope] = Field(min_length=1, max_length=len(Scope))
    expires_in_days: int | None = Field(default=None, ge=1, le=MAX_DAYS)


class ApiKeyCreated(ApiKey):
    """`secret` is the whole key; it is shown this once."""

    secret: str


@router.get("", dependencies=[requires(Scope.API_KEY_READ)])
async def list_api_keys(tenant: CurrentTenant) -> ApiKeyList:
    """Keys which are not revoked, newest first: all of them for those who run the organization, else one's own."""
    keys = await api_keys.list_all(tenant.tx, created_by=_own_only(tenant))
    return ApiKeyList(items=[ApiKey.model_validate(_fields(key)) for key in keys if key.revoked_at is None])


@router.post("", status_code=201, dependencies=[requires(Scope.API_KEY_WRITE), audited(AuditAction.API_KEY_CREATED)])
async def create_api_key(body: ApiKeyCreate, tenant: CurrentTenant, wiring: Wiring) -> ApiKeyCreated:
    """Make a key with some of one's own scopes."""
    if tenant.actor.kind is not ActorKind.USER:
        raise PersonNeededError
    scopes = frozenset(body.scopes)
    if not scopes <= tenant.actor.scopes:
        raise ScopeNotGrantableError
    created = await api_keys.create(
        tenant.tx,
        name=body.name,
        scopes=scopes,
        created_by=tenant.actor.user_id,
        now=wiring.clock(),
        expires_in=timedelta(days=body.expires_in_days or DEFAULT_DAYS),
    )
    return ApiKeyCreated.model_validate(_fields(created.key) | {"secret": created.secret.reveal()})


@router.delete("/{key_id}", status_code=204, dependencies=[requires(Scope.API_KEY_WRITE), audited(AuditAction.API_KEY_REVOKED)])
async def revoke_api_key(key_id: str, tenant: CurrentTenant, wiring: Wiring) -> Response:
    """End a key at once and for good."""
    is_known = await api_keys.revoke(tenant.tx, parse_id(key_id), now=wiring.clock(), created_by=_own_only(tenant))
    if not is_known:
        raise NotFoundError
    return Response(status_code=204)


def _own_only(tenant: Tenant) -> UUID | None:
    return None if tenant.actor.may(Scope.ORG_WRITE) else tenant.actor.user_id


def _fields(key: api_keys.ApiKey) -> dict[str, object]:
    return {
        "id": key.key_id,
        "name": key.name,
        "scopes": sorted(key.scopes),
        "created_by": key.created_by,
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "last_used_at": key.last_used_at,
    }
