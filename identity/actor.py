"""Who is asking, in which organization, and with which rights: made once per request, never changed."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from identity.scopes import Role, Scope, scopes_of


class ActorKind(StrEnum):
    USER = "user"
    API_KEY = "api_key"


@dataclass(frozen=True, slots=True)
class Actor:
    """For an API key `user_id` and `role` are those of the person who made it."""

    kind: ActorKind
    user_id: UUID
    organization_id: UUID
    role: Role
    scopes: frozenset[Scope]

    def may(self, scope: Scope) -> bool:
        return scope in self.scopes


def user_actor(*, user_id: UUID, organization_id: UUID, role: Role) -> Actor:
    """A member who is signed in has every scope of the role."""
    return Actor(kind=ActorKind.USER, user_id=user_id, organization_id=organization_id, role=role, scopes=scopes_of(role))


def api_key_actor(*, created_by: UUID, organization_id: UUID, creator_role: Role, granted: frozenset[Scope]) -> Actor:
    """A key never exceeds what its creator may do today, whatever it was granted once."""
    return Actor(
        kind=ActorKind.API_KEY,
        user_id=created_by,
        organization_id=organization_id,
        role=creator_role,
        scopes=granted & scopes_of(creator_role),
    )
