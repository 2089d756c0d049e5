"""Events for tests of the store, as the worker would hand them over."""

from datetime import datetime
from hashlib import blake2b
from uuid import UUID, uuid4

import msgspec

from eventstore.new_event import Fingerprint, NewEvent
from runtime.clock import utc_now
from runtime.identifiers import new_uuid7
from tests.conftest import TenantFixture

# Noon keeps what a test calls "one hour" inside one hour and one day, whenever the test runs.
NOON = utc_now().replace(hour=12, minute=0, second=0, microsecond=0)


def fingerprint(name: str, *, version: str = "1", variant: str = "app") -> Fingerprint:
    return Fingerprint(
        version=version, variant=variant, digest=blake2b(f"{version}{variant}{name}".encode(), digest_size=16).digest()
    )


def new_event(
    tenant: TenantFixture, stack: str = "checkout", *, at: datetime = NOON, event_id: UUID | None = None, **changes: object
) -> NewEvent:
    event = NewEvent(
        project_id=tenant.project_id,
        event_id=event_id or uuid4(),
        message_id=new_uuid7(at),
        key_id=tenant.key_id,
        received_at=at,
        occurred_at=at,
        level="error",
        platform="python",
        environment="production",
        release="1.0",
        type="ValueError",
        value="broken",
        title=f"ValueError: {stack}",
        culprit=f"shop.{stack}",
        fingerprints=(fingerprint(stack),),
        tags=(("browser", "Firefox"), ("plan", "free")),
        user_hash=None,
        summary='{"tags": {"plan": "free"}}',
        body_format=1,
        body_key_version=1,
        body=b"sealed",
    )
    return msgspec.structs.replace(event, **changes)
