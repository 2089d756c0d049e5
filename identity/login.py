"""Signing up and signing in with a password."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from uuid import UUID

import msgspec

from audit import trail
from audit.actions import AuditAction
from audit.record import AuditTarget
from identity import login_throttle, passwords, sessions, users
from runtime.acting import Acting, ActingKind
from runtime.clock import Clock
from runtime.identifiers import new_uuid7
from runtime.keyring import LocalKeyring
from runtime.redis_client import RedisClient
from runtime.secrets import Secret
from tenancy import data_keys, members, organizations
from tenancy.audit_keys import AuditKeys
from tenancy.scope import Database, TenantTransaction
from tenancy.slugs import slug_of

REFUSAL_STEP = timedelta(milliseconds=250)


@dataclass(frozen=True, slots=True)
class SignedUp:
    user_id: UUID
    organization_id: UUID


@dataclass(frozen=True, slots=True)
class SignedIn:
    token: Secret
    user_id: UUID
    organization_id: UUID


@dataclass(frozen=True, slots=True)
class NoOrganization:
    """The password was right, but the person is a member nowhere: there is nothing to open a session for."""


@dataclass(frozen=True, slots=True)
class WrongCredentials:
    """Says on purpose not whether the address, the password or the account was wrong."""


@dataclass(frozen=True, slots=True)
class TooManyTries:
    retry_after: timedelta


@dataclass(frozen=True, slots=True)
class Credentials:
    """`acting` says where the try comes from; nobody is known yet."""

    email: str
    password: Secret
    acting: Acting

    @property
    def peer(self) -> str:
        """The client's address, for counting tries."""
        return self.acting.address or "unknown"


async def sign_up(
    database: Database,
    keyring: LocalKeyring,
    *,
    clock: Clock,
    email: str,
    password: Secret,
    display_name: str,
    organization_name: str,
    acting: Acting,
) -> SignedUp:
    """Make a person, an organization with its data keys and the person's ownership, all or nothing.

    Raises EmailTakenError, EmailInvalidError, PasswordTooWeakError.
    """
    now = clock()
    signed_up = SignedUp(user_id=new_uuid7(now), organization_id=new_uuid7(now))
    password_hash = await passwords.hash_password(password)
    async with database.tenant(signed_up.organization_id, user_id=signed_up.user_id, acting=acting) as tx:
        user = await users.create(
            tx, user_id=signed_up.user_id, email=email, display_name=display_name, password_hash=password_hash, now=now
        )
        await organizations.create(
            tx, name=organization_name, slug=slug_of(organization_name, default="organization"), now=now, keyring=keyring
        )
        # Only now is there a key to seal the owner's address with.
        audit_key = await data_keys.current(tx, data_keys.DataKeyPurpose.AUDIT, keyring)
        tx.acting = msgspec.structs.replace(acting, audit_key=audit_key)
        await members.add(tx, user_id=user.user_id, email=user.email, display_name=display_name, role=members.Role.OWNER, now=now)
    return signed_up


async def sign_in(
    database: Database, redis: RedisClient, *, clock: Clock, audit_keys: AuditKeys, credentials: Credentials
) -> SignedIn | NoOrganization | WrongCredentials | TooManyTries:
    """A new session for the right password; an unknown address takes as long as a wrong password."""
    started = monotonic()
    retry_after = await login_throttle.take(redis, email=credentials.email, peer=credentials.peer)
    if retry_after is not None:
        return TooManyTries(retry_after)
    async with database.system(reason="find login") as tx:
        record = await users.find_login(tx, credentials.email)
    is_usable = record is not None and record.disabled_at is None
    verdict = await passwords.verify(credentials.password, record.password_hash if record and is_usable else None)
    if record is None or not verdict.is_valid:
        if record is not None:
            await _record_refusal(database, record, acting=credentials.acting, audit_keys=audit_keys)
        await _hide_duration(started)
        return WrongCredentials()
    new_hash = await passwords.rehash(credentials.password) if verdict.needs_rehash else None
    signed_in = await _open_session(
        database, record.user_id, now=clock(), acting=credentials.acting, audit_keys=audit_keys, new_hash=new_hash
    )
    await login_throttle.forgive(redis, email=credentials.email, peer=credentials.peer)
    return signed_in


async def _record_refusal(database: Database, record: users.LoginRecord, *, acting: Acting, audit_keys: AuditKeys) -> None:
    """In every organization of the account: each of them may be what somebody is after."""
    async with database.system(reason="find organizations of a refused sign-in", user_id=record.user_id) as tx:
        memberships = await organizations.list_memberships(tx)
    why = "wrong_password" if record.disabled_at is None else "account_disabled"
    for membership in memberships:
        keyed = msgspec.structs.replace(acting, audit_key=await audit_keys.of(membership.organization_id))
        async with database.tenant(membership.organization_id, acting=keyed) as tenant_tx:
            target = AuditTarget("user", str(record.user_id))
            await trail.record(tenant_tx, AuditAction.USER_SIGN_IN_REFUSED, target=target, details={"why": why})


async def _hide_duration(started: float) -> None:
    """Refusals leave on whole steps: that a known account costs some milliseconds more, for its record, is not seen outside."""
    step = REFUSAL_STEP.total_seconds()
    await asyncio.sleep(step - (monotonic() - started) % step)


async def _open_session(
    database: Database, user_id: UUID, *, now: datetime, acting: Acting, audit_keys: AuditKeys, new_hash: str | None
) -> SignedIn | NoOrganization:
    async with database.system(reason="sign in", user_id=user_id) as tx:
        if new_hash is not None:
            await users.replace_password_hash(tx, user_id, password_hash=new_hash)
        await sessions.end_dead(tx, user_id=user_id, now=now)
        memberships = await organizations.list_memberships(tx)
    if not memberships:
        return NoOrganization()
    organization_id = memberships[0].organization_id
    person = msgspec.structs.replace(
        acting, kind=ActingKind.USER, actor_id=user_id, audit_key=await audit_keys.of(organization_id)
    )
    async with database.tenant(organization_id, user_id=user_id, acting=person) as tenant_tx:
        token = await sessions.create(
            tenant_tx, user_id=user_id, organization_id=organization_id, user_agent=acting.user_agent or "", now=now
        )
        tenant_tx.acting = msgspec.structs.replace(person, credential_id=sessions.credential_id_of(token))
        await _record_sign_in(tenant_tx, user_id, method="password")
    return SignedIn(token=token, user_id=user_id, organization_id=organization_id)


async def sign_out(database: Database, session: sessions.Session, *, acting: Acting) -> None:
    """End the session; its token is worthless from here on."""
    if session.organization_id is None:
        async with database.system(reason="sign out", user_id=session.user_id) as tx:
            await sessions.end(tx, session)
        return
    async with database.tenant(session.organization_id, user_id=session.user_id, acting=acting) as tenant_tx:
        await sessions.end(tenant_tx, session)
        await _record_sign_out(tenant_tx, session)


async def switch_organization(
    tx: TenantTransaction,
    database: Database,
    *,
    session: sessions.Session,
    organization_id: UUID,
    audit_keys: AuditKeys,
    now: datetime,
) -> Secret | None:
    """The token of a session for another of the person's organizations, in place of this one; None for a stranger there.

    `tx` is of the organization that is left.  Each organization learns its own half: who leaves, and who comes.
    """
    memberships = await organizations.list_memberships(tx)
    if organization_id not in {membership.organization_id for membership in memberships}:
        return None
    token = await sessions.rotate(tx, session, organization_id=organization_id, now=now)
    await _record_sign_out(tx, session)
    arriving = msgspec.structs.replace(
        tx.acting, credential_id=sessions.credential_id_of(token), audit_key=await audit_keys.of(organization_id)
    )
    async with database.tenant(organization_id, user_id=session.user_id, acting=arriving) as arrival:
        await _record_sign_in(arrival, session.user_id, method="switch")
    return token


async def _record_sign_in(tx: TenantTransaction, user_id: UUID, *, method: str) -> None:
    target = AuditTarget("user", str(user_id))
    await trail.record(tx, AuditAction.USER_SIGNED_IN, target=target, details={"method": method})


async def _record_sign_out(tx: TenantTransaction, session: sessions.Session) -> None:
    await trail.record(tx, AuditAction.USER_SIGNED_OUT, target=AuditTarget("session", session.credential_id))
