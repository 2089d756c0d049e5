"""The organization that is open, its members, and going over to another one."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Response

from audit import trail
from audit.actions import AuditAction
from audit.record import AuditTarget
from dashboard_api import credentials
from dashboard_api.audit_marks import audited
from dashboard_api.authentication import SessionProof
from dashboard_api.dependencies import CurrentTenant, Wiring, found, requires, signed_in
from dashboard_api.refusals import NotFoundError, PersonNeededError
from dashboard_api.schema import Answer, Body
from identity import login
from identity.scopes import Role, Scope
from tenancy import members, organizations

router = APIRouter(prefix="/api/v1", tags=["organizations"])


class Organization(Answer):
    id: UUID
    slug: str
    name: str
    created_at: datetime


class Member(Answer):
    id: UUID
    user_id: UUID
    email: str
    display_name: str
    role: Role
    created_at: datetime


class MemberList(Answer):
    items: list[Member]


class OrganizationChoice(Body):
    organization_id: UUID


@router.get("/organization", dependencies=[requires(Scope.ORG_READ)])
async def get_organization(tenant: CurrentTenant) -> Organization:
    """The organization which the session or key is for."""
    organization = found(await organizations.get(tenant.tx))
    return Organization(
        id=organization.organization_id,
        slug=organization.slug,
        name=organization.name,
        created_at=organization.created_at,
    )


@router.get("/organization/members", dependencies=[requires(Scope.MEMBER_READ), audited(AuditAction.MEMBERS_LISTED)])
async def list_members(tenant: CurrentTenant) -> MemberList:
    """Its members, oldest membership first."""
    listed = await members.list_all(tenant.tx)
    target = AuditTarget("organization", str(tenant.tx.organization_id))
    await trail.record(tenant.tx, AuditAction.MEMBERS_LISTED, target=target, details={"returned": len(listed)})
    return MemberList(
        items=[
            Member(
                id=member.member_id,
                user_id=member.user_id,
                email=member.email,
                display_name=member.display_name,
                role=Role(member.role.value),
                created_at=member.created_at,
            )
            for member in listed
        ]
    )


@router.post("/auth/organization", status_code=204, dependencies=[signed_in(), audited(AuditAction.USER_SIGNED_IN)])
async def switch_organization(body: OrganizationChoice, tenant: CurrentTenant, wiring: Wiring) -> Response:
    """Go over to another of one's organizations; the session's token is a new one from here on."""
    if not isinstance(tenant.proof, SessionProof):
        raise PersonNeededError
    token = await login.switch_organization(
        tenant.tx,
        wiring.database,
        session=tenant.proof.session,
        organization_id=body.organization_id,
        audit_keys=wiring.audit_keys,
        now=wiring.clock(),
    )
    if token is None:
        raise NotFoundError
    response = Response(status_code=204)
    credentials.set_session_cookie(response, token, wiring.settings)
    return response
