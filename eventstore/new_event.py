"""An event on its way into the store: what the worker hands over, before it is known which issue it belongs to."""

from datetime import date, datetime
from typing import TypeAlias
from uuid import UUID

import msgspec

Identity: TypeAlias = tuple[int, UUID, date]  # project id, event id, day of receipt

MAX_TAG_VALUE_CHARACTERS = 200  # sentry-docs, event payloads: tag values


class Fingerprint(msgspec.Struct, frozen=True):
    """What makes events one issue; names the algorithm, so that a new version never splits an old issue."""

    version: str
    variant: str
    digest: bytes  # 16 bytes


class NewEvent(msgspec.Struct, frozen=True):
    """One scrubbed event; `body` is sealed already, so that no key is needed inside the transaction."""

    project_id: int
    event_id: UUID
    message_id: UUID
    key_id: UUID
    received_at: datetime
    occurred_at: datetime
    level: str
    platform: str
    environment: str
    release: str | None
    type: str | None
    value: str | None
    title: str
    culprit: str
    fingerprints: tuple[Fingerprint, ...]  # at least one; the first is the one that issues are made for
    tags: tuple[tuple[str, str], ...]
    user_hash: bytes | None
    summary: str  # JSON object
    body_format: int
    body_key_version: int
    body: bytes

    @property
    def received_on(self) -> date:
        """The day partition: from the edge's clock, never from the client's."""
        return self.received_at.date()

    @property
    def identity(self) -> Identity:
        """What is stored once: the primary key within the organization."""
        return self.project_id, self.event_id, self.received_on
