"""What routes depend on: one tenant transaction per request, and the rule of who may pass.

`scope="function"` is essential: the transaction commits before the answer leaves.  With FastAPI's default the 200 would
be sent first and a failing commit would be a lie.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import Depends, Request
from fastapi.params import Depends as DependsMark

from dashboard_api import authentication, checkpoint_wait, credentials
from dashboard_api.acting import acting_of
from dashboard_api.authentication import KeyProof, Proof, SessionProof
from dashboard_api.refusals import NotFoundError, ScopeMissingError
from dashboard_api.wiring import ApiDependencies, dependencies_of
from identity import api_keys, sessions
from identity.actor import Actor
from identity.scopes import Scope
from tenancy.scope import TenantTransaction

_Thing = TypeVar("_Thing")


@dataclass(frozen=True, slots=True)
class Tenant:
    """The asker and the open transaction of the asker's organization."""

    actor: Actor
    tx: TenantTransaction
    proof: Proof
    high_assurance: list[UUID] = field(default_factory=list)

    def await_checkpoint(self, record_id: UUID) -> None:
        """Answer only when a checkpoint of the audit log covers this record, which is after the commit."""
        self.high_assurance.append(record_id)


async def wiring(request: Request) -> ApiDependencies:
    return dependencies_of(request)


async def open_tenant(request: Request) -> AsyncIterator[Tenant]:
    """Authenticate and open the transaction; it commits when the endpoint returned, and rolls back if it raised.

    Raises CheckpointLateError after the commit if a record that needs a checkpoint does not get one in time.
    """
    dependencies = dependencies_of(request)
    proof = await authentication.identify(request, dependencies)
    if isinstance(proof, SessionProof):
        credentials.check_cookie_change(request, dependencies.settings, method=request.method)
    acting = await acting_of(request, proof, dependencies=dependencies)
    async with dependencies.database.tenant(proof.organization_id, user_id=proof.user_id, acting=acting) as tx:
        actor = await authentication.actor_of(tx, proof)
        await _touch(tx, proof, dependencies)
        tenant = Tenant(actor=actor, tx=tx, proof=proof)
        yield tenant
    await checkpoint_wait.until_covered(dependencies.database, proof.organization_id, record_ids=tenant.high_assurance)


async def _touch(tx: TenantTransaction, proof: Proof, dependencies: ApiDependencies) -> None:
    match proof:
        case SessionProof(session):
            await sessions.touch(tx, session, now=dependencies.clock())
        case KeyProof(key):
            await api_keys.touch(tx, key.key_id, now=dependencies.clock())


Wiring = Annotated[ApiDependencies, Depends(wiring)]
CurrentTenant = Annotated[Tenant, Depends(open_tenant, scope="function")]


class Access(StrEnum):
    SCOPE = "scope"
    SIGNED_IN = "signed_in"
    PUBLIC = "public"


@dataclass(frozen=True)
class AccessRule:
    """Who may call a route; every route carries exactly one, and a test walks them."""

    access: Access
    scope: Scope | None = None
    reason: str = ""


@dataclass(frozen=True)
class _ScopeGuard:
    rule: AccessRule

    async def __call__(self, tenant: CurrentTenant) -> None:
        if self.rule.scope is not None and not tenant.actor.may(self.rule.scope):
            raise ScopeMissingError(self.rule.scope)


@dataclass(frozen=True)
class _Mark:
    rule: AccessRule

    async def __call__(self) -> None:
        """Nothing to check: the mark is for readers, the test and the OpenAPI document."""


def requires(scope: Scope) -> DependsMark:
    """Only actors with this scope pass."""
    return DependsMark(_ScopeGuard(AccessRule(Access.SCOPE, scope=scope)), scope="function")


def signed_in() -> DependsMark:
    """Every actor of an organization passes, whatever the scopes."""
    return DependsMark(_ScopeGuard(AccessRule(Access.SIGNED_IN)), scope="function")


def public(reason: str) -> DependsMark:
    """Anybody passes; the reason says why that is right."""
    return DependsMark(_Mark(AccessRule(Access.PUBLIC, reason=reason)))


def checks_itself(scope: Scope) -> DependsMark:
    """The route checks this scope in its own code, because a WebSocket outlives a transaction."""
    return DependsMark(_Mark(AccessRule(Access.SCOPE, scope=scope)))


def rule_of(marks: list[DependsMark]) -> AccessRule | None:
    """The rule among a route's dependencies; None if there is none or more than one."""
    rules = [mark.dependency.rule for mark in marks if isinstance(mark.dependency, _ScopeGuard | _Mark)]
    return rules[0] if len(rules) == 1 else None


def found(thing: _Thing | None) -> _Thing:
    """The thing; raises NotFoundError for None."""
    if thing is None:
        raise NotFoundError
    return thing
