"""People: one row per e-mail address, visible only to a transaction which names that person."""

import re
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError

from identity.tables import users
from tenancy.scope import SystemTransaction, TenantTransaction

MAX_EMAIL_LENGTH = 254  # RFC 5321, 4.5.3.1.3, less the angle brackets

_EMAIL_SHAPE = re.compile(r"[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+")
_UNIQUE_EMAIL = "users_email_normalized_key"


class EmailTakenError(Exception):
    def __init__(self) -> None:
        super().__init__("there is a user with this e-mail address")


class EmailInvalidError(Exception):
    def __init__(self) -> None:
        super().__init__("this is no e-mail address")


class User(msgspec.Struct, frozen=True):
    user_id: UUID
    email: str
    display_name: str
    created_at: datetime


class LoginRecord(msgspec.Struct, frozen=True):
    """What a password is checked against; `password_hash` is None for people who sign in otherwise."""

    user_id: UUID
    password_hash: str | None
    disabled_at: datetime | None


_COLUMNS = (users.c.user_id, users.c.email, users.c.display_name, users.c.created_at)


def normalize_email(email: str) -> str:
    """The form in which addresses are compared.  Raises EmailInvalidError."""
    trimmed = email.strip()
    if len(trimmed) > MAX_EMAIL_LENGTH or not _EMAIL_SHAPE.fullmatch(trimmed):
        raise EmailInvalidError
    return trimmed.casefold()


async def create(
    tx: SystemTransaction | TenantTransaction,
    *,
    user_id: UUID,
    email: str,
    display_name: str,
    password_hash: str | None,
    now: datetime,
) -> User:
    """Make a person.  The transaction must name `user_id` as its user.  Raises EmailTakenError, EmailInvalidError."""
    user = User(user_id=user_id, email=email.strip(), display_name=display_name, created_at=now)
    row = {**msgspec.structs.asdict(user), "email_normalized": normalize_email(email), "password_hash": password_hash}
    try:
        await tx.execute(insert(users).values(row))
    except IntegrityError as error:
        if _UNIQUE_EMAIL in str(error.orig):
            raise EmailTakenError from error
        raise
    return user


async def get(tx: SystemTransaction | TenantTransaction, user_id: UUID) -> User | None:
    """The person, if the transaction names this person as its user."""
    row = (await tx.execute(select(*_COLUMNS).where(users.c.user_id == user_id))).one_or_none()
    return None if row is None else User(row.user_id, row.email, row.display_name, row.created_at)


async def find_login(tx: SystemTransaction, email: str) -> LoginRecord | None:
    """By exact address, before it is known who asks; None for an unknown or impossible address."""
    try:
        wanted = normalize_email(email)
    except EmailInvalidError:
        return None
    found = func.identity.find_login(wanted).table_valued("user_id", "password_hash", "disabled_at")
    row = (await tx.execute(select(found.c.user_id, found.c.password_hash, found.c.disabled_at))).one_or_none()
    return None if row is None else LoginRecord(row.user_id, row.password_hash, row.disabled_at)


async def replace_password_hash(tx: SystemTransaction, user_id: UUID, *, password_hash: str) -> None:
    await tx.execute(update(users).where(users.c.user_id == user_id).values(password_hash=password_hash))
