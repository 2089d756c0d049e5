from uuid import UUID

import pytest

from identity.actor import ActorKind, api_key_actor, user_actor
from identity.scopes import Role, Scope, known_scopes, scopes_of
from tenancy import members

PERSON = UUID(int=1)
ORGANIZATION = UUID(int=2)


def test_every_role_has_its_line_in_the_matrix_and_is_a_role_of_members() -> None:
    assert {str(role) for role in Role} == {str(role) for role in members.Role}
    assert all(scopes_of(role) for role in Role)


@pytest.mark.parametrize(
    ("role", "scope", "is_allowed"),
    [
        (Role.OWNER, Scope.ORG_WRITE, True),
        (Role.MEMBER, Scope.ISSUE_WRITE, True),
        (Role.MEMBER, Scope.PROJECT_WRITE, False),
        (Role.MANAGER, Scope.PROJECT_WRITE, True),
        (Role.MANAGER, Scope.MEMBER_WRITE, False),
        (Role.AUDITOR, Scope.EVENT_READ, False),
        (Role.AUDITOR, Scope.ISSUE_READ, False),
        (Role.COMPLIANCE_OFFICER, Scope.EVENT_READ, True),
        (Role.COMPLIANCE_OFFICER, Scope.ISSUE_WRITE, False),
        (Role.OWNER, Scope.AUDIT_EXPORT, True),
        (Role.ADMIN, Scope.AUDIT_READ, True),
        (Role.AUDITOR, Scope.AUDIT_READ, True),
        (Role.AUDITOR, Scope.AUDIT_EXPORT, True),
        (Role.COMPLIANCE_OFFICER, Scope.AUDIT_EXPORT, True),
        (Role.MANAGER, Scope.AUDIT_READ, False),
        (Role.MEMBER, Scope.AUDIT_READ, False),
    ],
)
def test_roles_grant_what_the_matrix_says(role: Role, scope: Scope, *, is_allowed: bool) -> None:
    assert user_actor(user_id=PERSON, organization_id=ORGANIZATION, role=role).may(scope) is is_allowed


def test_an_api_key_never_exceeds_what_its_creator_may_today() -> None:
    granted = frozenset({Scope.PROJECT_WRITE, Scope.ISSUE_READ})
    actor = api_key_actor(created_by=PERSON, organization_id=ORGANIZATION, creator_role=Role.MEMBER, granted=granted)

    assert actor.kind is ActorKind.API_KEY
    assert actor.scopes == {Scope.ISSUE_READ}


def test_a_stored_scope_that_no_longer_exists_grants_nothing() -> None:
    assert known_scopes(["issue:read", "admin"]) == {Scope.ISSUE_READ}
