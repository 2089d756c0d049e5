"""Sessions of signed-in people: an opaque 256-bit token in the cookie, its SHA-256 at rest."""

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import delete, func, insert, select, update

from identity.tables import sessions
from runtime.secrets import Secret
from tenancy.scope import SystemTransaction, TenantTransaction

TOKEN_BYTES = 32
ABSOLUTE_LIFETIME = timedelta(days=7)
IDLE_LIFETIME = timedelta(hours=8)
TOUCH_INTERVAL = timedelta(minutes=1)  # last_seen_at is written at most this often
MAX_USER_AGENT_LENGTH = 300
_MAX_TOKEN_LENGTH = 64  # base64url of 32 bytes has 43 characters


class Session(msgspec.Struct, frozen=True):
    token_hash: bytes
    user_id: UUID
    organization_id: UUID | None
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime

    @property
    def credential_id(self) -> str:
        """Names the session in audit records; neither the token nor its hash can be had from it."""
        return _credential_id(self.token_hash)


def credential_id_of(token: Secret) -> str:
    """The `credential_id` of the session with this token."""
    return _credential_id(_hash(token))


def is_alive(session: Session, now: datetime) -> bool:
    """Neither past its absolute end nor idle for too long."""
    return now < session.expires_at and now - session.last_seen_at < IDLE_LIFETIME


async def create(
    tx: SystemTransaction | TenantTransaction, *, user_id: UUID, organization_id: UUID | None, user_agent: str, now: datetime
) -> Secret:
    """The token of a new session; this is the only time it exists here.  The transaction must name `user_id`."""
    token = Secret(secrets.token_urlsafe(TOKEN_BYTES))
    row = {
        "token_hash": _hash(token),
        "user_id": user_id,
        "organization_id": organization_id,
        "created_at": now,
        "last_seen_at": now,
        "expires_at": now + ABSOLUTE_LIFETIME,
        "user_agent": user_agent.replace("\0", "")[:MAX_USER_AGENT_LENGTH],
    }
    await tx.execute(insert(sessions).values(row))
    return token


async def find_alive(tx: SystemTransaction, token: Secret, *, now: datetime) -> Session | None:
    """The session of a token, before it is known who asks; None if there is none or it has ended."""
    if len(token.reveal()) > _MAX_TOKEN_LENGTH:
        return None
    token_hash = _hash(token)
    names = ("user_id", "organization_id", "created_at", "last_seen_at", "expires_at")
    found = func.identity.find_session(token_hash).table_valued(*names)
    row = (await tx.execute(select(*(found.c[name] for name in names)))).one_or_none()
    if row is None:
        return None
    session = Session(token_hash, row.user_id, row.organization_id, row.created_at, row.last_seen_at, row.expires_at)
    return session if is_alive(session, now) else None


async def touch(tx: TenantTransaction, session: Session, *, now: datetime) -> None:
    """Note that the session is in use; writes at most once a minute.  The transaction must name the session's user."""
    if now - session.last_seen_at < TOUCH_INTERVAL:
        return
    statement = (
        update(sessions)
        .where(sessions.c.token_hash == session.token_hash, sessions.c.last_seen_at <= now - TOUCH_INTERVAL)
        .values(last_seen_at=now)
    )
    await tx.execute(statement)


async def rotate(tx: TenantTransaction, session: Session, *, organization_id: UUID, now: datetime) -> Secret:
    """A new token in place of the old one, which is worthless from here on; the absolute end stays."""
    token = Secret(secrets.token_urlsafe(TOKEN_BYTES))
    values = {"token_hash": _hash(token), "organization_id": organization_id, "last_seen_at": now}
    await tx.execute(update(sessions).where(sessions.c.token_hash == session.token_hash).values(values))
    return token


async def end(tx: SystemTransaction | TenantTransaction, session: Session) -> None:
    """End one session.  The transaction must name the session's user."""
    await tx.execute(delete(sessions).where(sessions.c.token_hash == session.token_hash))


async def end_dead(tx: SystemTransaction | TenantTransaction, *, user_id: UUID, now: datetime) -> None:
    """Delete what has ended of one person's sessions.  The transaction must name the person."""
    is_dead = (sessions.c.expires_at <= now) | (sessions.c.last_seen_at <= now - IDLE_LIFETIME)
    await tx.execute(delete(sessions).where(sessions.c.user_id == user_id, is_dead))


def _credential_id(token_hash: bytes) -> str:
    return hashlib.sha256(b"audit credential|" + token_hash).hexdigest()[:32]


def _hash(token: Secret) -> bytes:
    return hashlib.sha256(token.reveal().encode()).digest()
