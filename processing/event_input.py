"""What the pipeline is given: one event item as the edge took it, and the settings of its project."""

from datetime import datetime
from enum import StrEnum

import msgspec


class ScrubProfile(StrEnum):
    """How much is removed before an event is stored (SECURITY.md 6, policy of the profiles)."""

    DEFAULT = "default"
    STRICT = "strict"


class ScrubPolicy(msgspec.Struct, frozen=True):
    profile: ScrubProfile = ScrubProfile.DEFAULT


class EventInput(msgspec.Struct, frozen=True):
    """The bytes of one event item with what the envelope and the connection say about it."""

    payload: bytes
    received_at: datetime  # aware UTC, the edge's clock
    event_id: str  # 32 hex digits, what the SDK was answered
    sent_at: datetime | None = None
    peer_ip: str | None = None
    user_agent: str | None = None
    sdk_client: str | None = None  # "name/version" of the auth header
    platform_hint: str | None = None


class ProjectSettings(msgspec.Struct, frozen=True):
    project_id: int
    subject_key: bytes  # keyed hashes of people are made with it; one per tenant
    scrub_policy: ScrubPolicy = ScrubPolicy()
