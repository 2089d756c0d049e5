"""From a credential to a person or key, before a tenant is known."""

from dataclasses import dataclass
from uuid import UUID

from starlette.requests import HTTPConnection

from dashboard_api import credentials
from dashboard_api.refusals import OrganizationMissingError, UnauthenticatedError
from dashboard_api.wiring import ApiDependencies
from identity import actor, api_keys, sessions, token_format
from identity.actor import Actor
from identity.scopes import Role
from tenancy import members
from tenancy.scope import TenantTransaction


@dataclass(frozen=True, slots=True)
class SessionProof:
    session: sessions.Session

    @property
    def organization_id(self) -> UUID:
        """Raises OrganizationMissingError for a person without any organization."""
        if self.session.organization_id is None:
            raise OrganizationMissingError
        return self.session.organization_id

    @property
    def user_id(self) -> UUID:
        return self.session.user_id


@dataclass(frozen=True, slots=True)
class KeyProof:
    key: api_keys.VerifiedKey

    @property
    def organization_id(self) -> UUID:
        return self.key.organization_id

    @property
    def user_id(self) -> UUID:
        return self.key.created_by


Proof = SessionProof | KeyProof


async def identify(connection: HTTPConnection, dependencies: ApiDependencies) -> Proof:
    """Who shows the credential; a bearer key wins over a cookie.  Raises UnauthenticatedError."""
    bearer = credentials.bearer_of(connection)
    if bearer is not None:
        return await identify_key(bearer, dependencies)
    return SessionProof(await find_session(connection, dependencies))


async def identify_key(text: str, dependencies: ApiDependencies) -> KeyProof:
    """A mistyped or invented key is refused by its checksum, without a query.  Raises UnauthenticatedError."""
    parsed = token_format.parse(text)
    if parsed is None:
        raise UnauthenticatedError
    async with dependencies.database.system(reason="find API key") as tx:
        key = await api_keys.verify(tx, parsed, now=dependencies.clock())
    if key is None:
        raise UnauthenticatedError
    return KeyProof(key)


async def find_session(connection: HTTPConnection, dependencies: ApiDependencies) -> sessions.Session:
    """The living session of the cookie.  Raises UnauthenticatedError."""
    token = credentials.session_token_of(connection, dependencies.settings)
    if token is None:
        raise UnauthenticatedError
    async with dependencies.database.system(reason="find session") as tx:
        session = await sessions.find_alive(tx, token, now=dependencies.clock())
    if session is None:
        raise UnauthenticatedError
    return session


async def actor_of(tx: TenantTransaction, proof: Proof) -> Actor:
    """What the person or key may do today.  Raises UnauthenticatedError for people who are no members any more."""
    member_role = await members.role_of(tx, proof.user_id)
    if member_role is None:
        raise UnauthenticatedError
    role = Role(member_role.value)
    match proof:
        case SessionProof():
            return actor.user_actor(user_id=proof.user_id, organization_id=tx.organization_id, role=role)
        case KeyProof(key):
            return actor.api_key_actor(
                created_by=key.created_by, organization_id=tx.organization_id, creator_role=role, granted=key.scopes
            )
