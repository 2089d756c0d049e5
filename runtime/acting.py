"""On whose behalf a transaction runs: set by whoever opens it, read by the audit trail.  Never part of a row-level decision."""

from enum import StrEnum
from uuid import UUID

import msgspec

from runtime.keyring import DataKey


class ActingKind(StrEnum):
    USER = "user"
    API_KEY = "api_key"
    SYSTEM = "system"  # a process of the installation itself
    OPERATOR = "operator"  # the `errata` command
    ANONYMOUS = "anonymous"  # nobody yet: a refused sign-in


class Acting(msgspec.Struct, frozen=True):
    """`actor_id` is pseudonymous; `credential_id` names the session or key used, never its secret.

    `address` and `user_agent` are personal: they are recorded as salted digests, and not at all without `audit_key`.
    """

    kind: ActingKind
    actor_id: UUID | None = None
    credential_id: str | None = None
    network: str | None = None  # loopback, private or public
    address: str | None = None
    user_agent: str | None = None
    request_id: str | None = None
    reason: str | None = None
    audit_key: DataKey | None = None


SYSTEM = Acting(ActingKind.SYSTEM)
