"""The one lookup before a tenant is known: a public key leads to its project.  Read-only, through a definer function."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import text

from tenancy.scope import SystemTransaction

_FIND = text(
    "SELECT organization_id, project_id, key_id, state, grace_until, queue_key_version, wrapped_queue_key"
    " FROM tenancy.find_dsn_key(:public_key)"
)


class KeyGrant(msgspec.Struct, frozen=True):
    """What a DSN key opens: appending to one project's queue, with that tenant's wrapped queue key."""

    organization_id: UUID
    project_id: int
    key_id: UUID
    state: str
    grace_until: datetime | None
    queue_key_version: int
    wrapped_queue_key: bytes


async def find(tx: SystemTransaction, public_key: str) -> KeyGrant | None:
    """The grant of a public key in any state; None if nobody has it."""
    row = (await tx.execute(_FIND, {"public_key": public_key})).one_or_none()
    return None if row is None else KeyGrant(**row._mapping)  # noqa: SLF001  # SQLAlchemy's public name for it
