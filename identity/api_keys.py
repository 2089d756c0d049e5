"""API keys: made by a member, shown once, stored as SHA-256 of 190 random bits, never stronger than the member."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import Row, func, insert, or_, select, update

from audit import trail
from audit.actions import AuditAction
from audit.canonical import CanonicalValue
from audit.record import AuditTarget, Change, format_moment
from identity import token_format
from identity.scopes import Scope, known_scopes
from identity.tables import api_keys
from runtime.identifiers import new_uuid7
from runtime.secrets import Secret
from tenancy.scope import SystemTransaction, TenantTransaction

TOUCH_INTERVAL = timedelta(minutes=1)  # last_used_at is written at most this often
MAX_LIFETIME = timedelta(days=365)


class ApiKey(msgspec.Struct, frozen=True):
    key_id: UUID
    lookup_id: str
    name: str
    scopes: frozenset[Scope]
    created_by: UUID
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


class NewApiKey(msgspec.Struct, frozen=True):
    """`secret` is the full text of the key; it cannot be had again."""

    key: ApiKey
    secret: Secret


class VerifiedKey(msgspec.Struct, frozen=True):
    """A key that is right, alive and known; its rights today depend on its creator's role today."""

    key_id: UUID
    organization_id: UUID
    created_by: UUID
    scopes: frozenset[Scope]


_COLUMNS = tuple(api_keys.c[name] for name in ApiKey.__struct_fields__)
_FOUND = ("organization_id", "key_id", "secret_hash", "scopes", "created_by", "expires_at", "revoked_at")


async def create(
    tx: TenantTransaction,
    *,
    name: str,
    scopes: frozenset[Scope],
    created_by: UUID,
    now: datetime,
    expires_in: timedelta | None = None,
) -> NewApiKey:
    """Make a key; the caller has checked that its creator has these scopes."""
    lookup_id = _random_text(token_format.LOOKUP_ID_LENGTH)
    secret = _random_text(token_format.SECRET_LENGTH)
    key = ApiKey(
        key_id=new_uuid7(now),
        lookup_id=lookup_id,
        name=name,
        scopes=scopes,
        created_by=created_by,
        created_at=now,
        expires_at=None if expires_in is None else now + expires_in,
        last_used_at=None,
        revoked_at=None,
    )
    row = msgspec.structs.asdict(key) | {"scopes": sorted(scopes), "secret_hash": _hash(secret)}
    await tx.execute(insert(api_keys).values(organization_id=tx.organization_id, **row))
    granted: list[CanonicalValue] = [scope.value for scope in sorted(scopes)]
    changes = {"name": Change(None, name), "scopes": Change(None, granted), "expires_at": Change(None, _text(key.expires_at))}
    await trail.record(tx, AuditAction.API_KEY_CREATED, target=_target(key.key_id), changes=changes)
    return NewApiKey(key=key, secret=Secret(token_format.compose(lookup_id=lookup_id, secret=secret)))


async def list_all(tx: TenantTransaction, *, created_by: UUID | None = None) -> list[ApiKey]:
    """The keys of the organization, or of one of its members, newest first, revoked ones too."""
    statement = select(*_COLUMNS)
    if created_by is not None:
        statement = statement.where(api_keys.c.created_by == created_by)
    result = await tx.execute(statement.order_by(api_keys.c.created_at.desc(), api_keys.c.key_id.desc()))
    return [_as_key(row) for row in result]


async def revoke(tx: TenantTransaction, key_id: UUID, *, now: datetime, created_by: UUID | None = None) -> bool:
    """End a key now and for good; False if there is no such key (of this member).  Revoking twice keeps the first time."""
    found = select(api_keys.c.revoked_at).where(api_keys.c.key_id == key_id).with_for_update()
    if created_by is not None:
        found = found.where(api_keys.c.created_by == created_by)
    row = (await tx.execute(found)).one_or_none()
    if row is None:
        return False
    if row.revoked_at is None:
        await tx.execute(update(api_keys).where(api_keys.c.key_id == key_id).values(revoked_at=now))
        changes = {"revoked_at": Change(None, _text(now))}
        await trail.record(tx, AuditAction.API_KEY_REVOKED, target=_target(key_id), changes=changes)
    return True


async def verify(tx: SystemTransaction, parsed: token_format.ParsedKey, *, now: datetime) -> VerifiedKey | None:
    """The key behind a well-formed text, before a tenant is known; None if unknown, wrong, expired or revoked."""
    found = func.identity.find_api_key(parsed.lookup_id).table_valued(*_FOUND)
    rows = (await tx.execute(select(*(found.c[name] for name in _FOUND)))).all()
    offered = _hash(parsed.secret)
    for row in rows:  # lookup ids are random, not unique
        if hmac.compare_digest(row.secret_hash, offered):
            is_alive = row.revoked_at is None and (row.expires_at is None or now < row.expires_at)
            return VerifiedKey(row.key_id, row.organization_id, row.created_by, known_scopes(row.scopes)) if is_alive else None
    return None


async def touch(tx: TenantTransaction, key_id: UUID, *, now: datetime) -> None:
    """Note that the key is in use; writes at most once a minute."""
    is_due = or_(api_keys.c.last_used_at.is_(None), api_keys.c.last_used_at <= now - TOUCH_INTERVAL)
    await tx.execute(update(api_keys).where(api_keys.c.key_id == key_id, is_due).values(last_used_at=now))


def _target(key_id: UUID) -> AuditTarget:
    return AuditTarget("api_key", str(key_id))


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else format_moment(moment)


def _as_key(row: Row[tuple[object, ...]]) -> ApiKey:
    values = dict(row._mapping)  # noqa: SLF001  # SQLAlchemy's public name
    return ApiKey(**(values | {"scopes": known_scopes(row.scopes)}))


def _random_text(length: int) -> str:
    return "".join(secrets.choice(token_format.ALPHABET) for _ in range(length))


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("ascii")).digest()
