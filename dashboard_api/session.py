"""Signing in and out, and who is signed in."""

from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import Field

from audit.actions import AuditAction
from dashboard_api import acting, authentication, credentials
from dashboard_api.audit_marks import audited
from dashboard_api.authentication import SessionProof
from dashboard_api.dependencies import CurrentTenant, Wiring, found, public, signed_in
from dashboard_api.refusals import OrganizationMissingError, TooManyTriesError, UnauthenticatedError, WrongCredentialsError
from dashboard_api.schema import Answer, Body
from dashboard_api.wiring import ApiDependencies
from identity import login as identity_login
from identity import users
from identity.scopes import Role, Scope, scopes_of
from identity.sessions import Session as StoredSession
from runtime.secrets import Secret
from tenancy import organizations

router = APIRouter(prefix="/api/v1/auth", tags=["session"])


class LoginRequest(Body):
    email: str = Field(min_length=1, max_length=users.MAX_EMAIL_LENGTH)
    password: str = Field(min_length=1, max_length=1000, repr=False)


class SessionUser(Answer):
    id: UUID
    email: str
    display_name: str


class SessionOrganization(Answer):
    id: UUID
    slug: str
    name: str


class OrganizationMembership(Answer):
    id: UUID
    slug: str
    name: str
    role: Role


class Session(Answer):
    """For an API key: the person who made it, and the key's own scopes."""

    user: SessionUser
    organization: SessionOrganization
    role: Role
    scopes: list[Scope]
    organizations: list[OrganizationMembership]


@router.post("/login", dependencies=[public("this is where people sign in"), audited(AuditAction.USER_SIGNED_IN)])
async def login(body: LoginRequest, request: Request, response: Response, wiring: Wiring) -> Session:
    """Sign in with a password; sets the session cookie and ends the session that the browser had before."""
    credentials.check_origin(request, wiring.settings)
    tried = identity_login.Credentials(email=body.email, password=Secret(body.password), acting=acting.anonymous(request))
    outcome = await identity_login.sign_in(
        wiring.database, wiring.redis, clock=wiring.clock, audit_keys=wiring.audit_keys, credentials=tried
    )
    match outcome:
        case identity_login.WrongCredentials():
            raise WrongCredentialsError
        case identity_login.TooManyTries(retry_after):
            raise TooManyTriesError(retry_after)
        case identity_login.NoOrganization():
            raise OrganizationMissingError
        case identity_login.SignedIn(token, user_id, organization_id):
            await _end_previous(request, wiring)
            session = await _describe(wiring, user_id=user_id, organization_id=organization_id)
            credentials.set_session_cookie(response, token, wiring.settings)
            return session


@router.post(
    "/logout",
    status_code=204,
    dependencies=[public("without a session there is nothing to end"), audited(AuditAction.USER_SIGNED_OUT)],
)
async def logout(request: Request, wiring: Wiring) -> Response:
    """End the session of the cookie, here and at rest."""
    response = Response(status_code=204)
    if credentials.session_token_of(request, wiring.settings) is not None:
        credentials.check_cookie_change(request, wiring.settings, method=request.method)
        await _end_previous(request, wiring)
    credentials.clear_session_cookie(response, wiring.settings)
    return response


@router.get("/session", dependencies=[signed_in()])
async def get_session(tenant: CurrentTenant, wiring: Wiring) -> Session:
    """Who is asking, in which organization, with which rights."""
    session = await _describe(wiring, user_id=tenant.actor.user_id, organization_id=tenant.actor.organization_id)
    return session.model_copy(update={"scopes": sorted(tenant.actor.scopes)})


async def _end_previous(request: Request, wiring: ApiDependencies) -> None:
    """End the session that the request's cookie names, if there is a living one."""
    session = await _living_session(request, wiring)
    if session is not None:
        who = await acting.acting_of(request, SessionProof(session), dependencies=wiring)
        await identity_login.sign_out(wiring.database, session, acting=who)


async def _living_session(request: Request, wiring: ApiDependencies) -> StoredSession | None:
    try:
        return await authentication.find_session(request, wiring)
    except UnauthenticatedError:
        return None


async def _describe(wiring: ApiDependencies, *, user_id: UUID, organization_id: UUID) -> Session:
    async with wiring.database.system(reason="describe session", user_id=user_id) as tx:
        user = found(await users.get(tx, user_id))
        memberships = await organizations.list_memberships(tx)
    current = found(next((each for each in memberships if each.organization_id == organization_id), None))
    role = Role(current.role)
    return Session(
        user=SessionUser(id=user.user_id, email=user.email, display_name=user.display_name),
        organization=SessionOrganization(id=current.organization_id, slug=current.slug, name=current.name),
        role=role,
        scopes=sorted(scopes_of(role)),
        organizations=[
            OrganizationMembership(id=each.organization_id, slug=each.slug, name=each.name, role=Role(each.role))
            for each in memberships
        ],
    )
