"""One audit record: who did what to what, as the bytes that are hashed.

Personal fields are not in the record: it holds salted digests of them, the disclosures are kept apart and can be deleted without
breaking a single proof.  Source of the digests: RFC 9901 (SD-JWT), 4.2.3.
"""

import base64
import secrets
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

import msgspec

from audit import canonical
from audit.actions import AuditAction
from audit.canonical import CanonicalValue

RECORD_VERSION = 1
_SALT_BYTES = 16  # RFC 9901, 9.3: at least 128 bits


class ActorKind(StrEnum):
    USER = "user"
    API_KEY = "api_key"
    SYSTEM = "system"  # a job of the installation itself
    OPERATOR = "operator"  # the `errata` command
    ANONYMOUS = "anonymous"  # nobody yet: a refused sign-in


class AuditActor(msgspec.Struct, frozen=True):
    """`actor_id` is pseudonymous; `credential_id` names the session or key that was used, never its secret."""

    kind: ActorKind
    actor_id: UUID | None = None
    credential_id: str | None = None


class AuditSource(msgspec.Struct, frozen=True):
    """From where: `address` is personal and becomes a digest; `network` is its class (loopback, private, public)."""

    network: str | None = None
    address: str | None = None
    user_agent: str | None = None


class AuditTarget(msgspec.Struct, frozen=True):
    kind: str
    target_id: str


class Change(msgspec.Struct, frozen=True):
    before: CanonicalValue
    after: CanonicalValue


class AuditRecord(msgspec.Struct, frozen=True):
    record_id: UUID  # version 7
    occurred_at: datetime  # aware
    action: AuditAction
    actor: AuditActor
    source: AuditSource = AuditSource()
    target: AuditTarget | None = None
    changes: dict[str, Change] = {}
    details: dict[str, CanonicalValue] = {}
    personal: dict[str, str] = {}  # becomes digests, like source.address and source.user_agent
    reason: str | None = None
    request_id: str | None = None


class Disclosure(msgspec.Struct, frozen=True):
    """What a digest in a record stands for: base64url of the canonical [salt, name, value]."""

    digest: str
    text: str

    def open(self) -> tuple[str, str]:
        """Name and value."""
        raw = base64.urlsafe_b64decode(self.text + "=" * (-len(self.text) % 4))
        match canonical.decode(raw):
            case [str(), str(name), str(value)]:
                return name, value
        raise canonical.NotCanonicalError("$", "not a disclosure")


class SealedRecord(msgspec.Struct, frozen=True):
    """The canonical bytes of a record and the disclosures that belong to it."""

    entry: bytes
    disclosures: tuple[Disclosure, ...]


def seal(record: AuditRecord, *, organization_id: UUID) -> SealedRecord:
    """Fix a record: equal personal values of two records give different digests, because each has its own salt."""
    personal = dict(record.personal)
    if record.source.address is not None:
        personal["source.address"] = record.source.address
    if record.source.user_agent is not None:
        personal["source.user_agent"] = record.source.user_agent
    disclosures = tuple(disclose(name, value) for name, value in sorted(personal.items()))
    body: dict[str, CanonicalValue] = {
        "version": RECORD_VERSION,
        "id": str(record.record_id),
        "organization": str(organization_id),
        "occurred_at": format_moment(record.occurred_at),
        "action": record.action.label,
        "action_number": record.action.number,
        "actor": {
            "kind": record.actor.kind.value,
            "id": None if record.actor.actor_id is None else str(record.actor.actor_id),
            "credential": record.actor.credential_id,
        },
        "source": {"network": record.source.network},
        "target": None if record.target is None else {"kind": record.target.kind, "id": record.target.target_id},
        "changes": {name: {"before": change.before, "after": change.after} for name, change in record.changes.items()},
        "details": dict(record.details),
        "personal": [disclosure.digest for disclosure in disclosures],
        "reason": record.reason,
        "request_id": record.request_id,
    }
    return SealedRecord(entry=canonical.encode(body), disclosures=disclosures)


def disclose(name: str, value: str, *, salt: bytes | None = None) -> Disclosure:
    """A salted digest of one personal field.  Source: RFC 9901, 4.2.1 and 4.2.3."""
    salted = _base64url(secrets.token_bytes(_SALT_BYTES) if salt is None else salt)
    text = _base64url(canonical.encode([salted, name, value]))
    return Disclosure(digest=_base64url(sha256(text.encode("ascii")).digest()), text=text)


def format_moment(moment: datetime) -> str:
    """RFC 3339 in UTC with microseconds: texts sort as the moments do."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def parse_moment(text: str) -> datetime:
    """The moment that `format_moment` wrote.  Raises ValueError for any other text."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or format_moment(moment) != text:
        raise ValueError("not a moment as records hold it")
    return moment


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
