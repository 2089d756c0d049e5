"""What an actor may do: verbs on nouns, and the one matrix from a member's role to scopes."""

from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    OWNER = "owner"
    ADMIN = "admin"
    MANAGER = "manager"
    MEMBER = "member"
    AUDITOR = "auditor"
    COMPLIANCE_OFFICER = "compliance_officer"


class Scope(StrEnum):
    ORG_READ = "org:read"
    ORG_WRITE = "org:write"
    MEMBER_READ = "member:read"
    MEMBER_WRITE = "member:write"
    PROJECT_READ = "project:read"
    PROJECT_WRITE = "project:write"
    KEY_READ = "key:read"  # DSN keys
    KEY_WRITE = "key:write"
    ISSUE_READ = "issue:read"
    ISSUE_WRITE = "issue:write"
    EVENT_READ = "event:read"
    OUTCOME_READ = "outcome:read"
    API_KEY_READ = "api_key:read"
    API_KEY_WRITE = "api_key:write"
    AUDIT_READ = "audit:read"
    AUDIT_EXPORT = "audit:export"


_READING = frozenset({Scope.ORG_READ, Scope.MEMBER_READ, Scope.PROJECT_READ, Scope.OUTCOME_READ})
_TRIAGE = _READING | {
    Scope.KEY_READ,
    Scope.ISSUE_READ,
    Scope.ISSUE_WRITE,
    Scope.EVENT_READ,
    Scope.API_KEY_READ,
    Scope.API_KEY_WRITE,
}
_AUDITING = frozenset({Scope.AUDIT_READ, Scope.AUDIT_EXPORT})
_RUNNING_PROJECTS = _TRIAGE | {Scope.PROJECT_WRITE, Scope.KEY_WRITE}
_EVERYTHING = frozenset(Scope)

# An auditor sees how the organization is run, not what its users' errors contain; a compliance officer must find people in events.
SCOPES_OF_ROLE: MappingProxyType[Role, frozenset[Scope]] = MappingProxyType(
    {
        Role.OWNER: _EVERYTHING,
        Role.ADMIN: _EVERYTHING,
        Role.MANAGER: _RUNNING_PROJECTS,
        Role.MEMBER: _TRIAGE,
        Role.AUDITOR: _READING | _AUDITING | {Scope.KEY_READ, Scope.API_KEY_READ},
        Role.COMPLIANCE_OFFICER: _READING | _AUDITING | {Scope.ISSUE_READ, Scope.EVENT_READ},
    }
)


def scopes_of(role: Role) -> frozenset[Scope]:
    """Everything a member with this role may do."""
    return SCOPES_OF_ROLE[role]


def known_scopes(names: list[str]) -> frozenset[Scope]:
    """The scopes among `names`; a stored name that no longer exists grants nothing."""
    return frozenset(scope for scope in Scope if scope in names)
