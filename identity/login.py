"""Signing up and signing in with a password."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from identity import login_throttle, passwords, sessions, users
from runtime.clock import Clock
from runtime.identifiers import new_uuid7
from runtime.keyring import LocalKeyring
from runtime.redis_client import RedisClient
from runtime.secrets import Secret
from tenancy import members, organizations
from tenancy.scope import Database
from tenancy.slugs import slug_of


@dataclass(frozen=True, slots=True)
class SignedUp:
    user_id: UUID
    organization_id: UUID


@dataclass(frozen=True, slots=True)
class SignedIn:
    token: Secret
    user_id: UUID
    organization_id: UUID | None  # None for a person who is no member of any organization


@dataclass(frozen=True, slots=True)
class WrongCredentials:
    """Says on purpose not whether the address, the password or the account was wrong."""


@dataclass(frozen=True, slots=True)
class TooManyTries:
    retry_after: timedelta


@dataclass(frozen=True, slots=True)
class Credentials:
    email: str
    password: Secret
    peer: str  # the client's address, for counting tries
    user_agent: str


async def sign_up(
    database: Database,
    keyring: LocalKeyring,
    *,
    clock: Clock,
    email: str,
    password: Secret,
    display_name: str,
    organization_name: str,
) -> SignedUp:
    """Make a person, an organization with its data keys and the person's ownership, all or nothing.

    Raises EmailTakenError, EmailInvalidError, PasswordTooWeakError.
    """
    now = clock()
    signed_up = SignedUp(user_id=new_uuid7(now), organization_id=new_uuid7(now))
    password_hash = await passwords.hash_password(password)
    async with database.tenant(signed_up.organization_id, user_id=signed_up.user_id) as tx:
        user = await users.create(
            tx, user_id=signed_up.user_id, email=email, display_name=display_name, password_hash=password_hash, now=now
        )
        await organizations.create(
            tx, name=organization_name, slug=slug_of(organization_name, default="organization"), now=now, keyring=keyring
        )
        await members.add(tx, user_id=user.user_id, email=user.email, display_name=display_name, role=members.Role.OWNER, now=now)
    return signed_up


async def sign_in(
    database: Database, redis: RedisClient, *, clock: Clock, credentials: Credentials
) -> SignedIn | WrongCredentials | TooManyTries:
    """A new session for the right password; an unknown address takes as long as a wrong password."""
    retry_after = await login_throttle.take(redis, email=credentials.email, peer=credentials.peer)
    if retry_after is not None:
        return TooManyTries(retry_after)
    async with database.system(reason="find login") as tx:
        record = await users.find_login(tx, credentials.email)
    is_usable = record is not None and record.disabled_at is None
    verdict = await passwords.verify(credentials.password, record.password_hash if record and is_usable else None)
    if record is None or not verdict.is_valid:
        return WrongCredentials()
    new_hash = await passwords.rehash(credentials.password) if verdict.needs_rehash else None
    signed_in = await _open_session(database, record.user_id, clock=clock, user_agent=credentials.user_agent, new_hash=new_hash)
    await login_throttle.forgive(redis, email=credentials.email, peer=credentials.peer)
    return signed_in


async def _open_session(database: Database, user_id: UUID, *, clock: Clock, user_agent: str, new_hash: str | None) -> SignedIn:
    now = clock()
    async with database.system(reason="sign in", user_id=user_id) as tx:
        if new_hash is not None:
            await users.replace_password_hash(tx, user_id, password_hash=new_hash)
        await sessions.end_dead(tx, user_id=user_id, now=now)
        memberships = await organizations.list_memberships(tx)
        organization_id = memberships[0].organization_id if memberships else None
        token = await sessions.create(tx, user_id=user_id, organization_id=organization_id, user_agent=user_agent, now=now)
    return SignedIn(token=token, user_id=user_id, organization_id=organization_id)


async def sign_out(database: Database, session: sessions.Session) -> None:
    """End the session; its token is worthless from here on."""
    async with database.system(reason="sign out", user_id=session.user_id) as tx:
        await sessions.end(tx, session)


async def switch_organization(
    database: Database, session: sessions.Session, *, organization_id: UUID, now: datetime
) -> Secret | None:
    """The token of a session for another of the person's organizations, in place of this one; None for a stranger there."""
    async with database.system(reason="switch organization", user_id=session.user_id) as tx:
        memberships = await organizations.list_memberships(tx)
        if organization_id not in {membership.organization_id for membership in memberships}:
            return None
        return await sessions.rotate(tx, session, organization_id=organization_id, now=now)
