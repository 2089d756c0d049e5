"""The signed tenant context that PostgreSQL checks before it shows a row (migrations/sql/0001_tenancy.sql)."""

import hashlib
import hmac
from datetime import datetime, timedelta
from uuid import UUID

from runtime.secrets import Secret

NIL_UUID = UUID(int=0)
_BLOCK_BYTES = 64  # SHA-256 block size; RFC 2104


class ContextSigner:
    """Signs contexts for one login role with the key which that role shares with the database."""

    def __init__(self, role: str, key: Secret) -> None:
        self.role = role
        self._key = bytes.fromhex(key.reveal())

    def sign(self, *, organization_id: UUID, user_id: UUID, now: datetime, lifetime: timedelta) -> str:
        """`v1|organization|user|role|expiry|hmac`, as tenancy.verified_context() reads it."""
        expiry = int((now + lifetime).timestamp())
        claims = f"v1|{organization_id}|{user_id}|{self.role}|{expiry}"
        return f"{claims}|{hmac.new(self._key, claims.encode(), hashlib.sha256).hexdigest()}"


def hmac_blocks(key: Secret) -> tuple[bytes, bytes]:
    """Inner and outer block (key XOR ipad, key XOR opad) of HMAC-SHA256, which the database stores.  Source: RFC 2104."""
    raw = bytes.fromhex(key.reveal())
    if len(raw) > _BLOCK_BYTES:
        raw = hashlib.sha256(raw).digest()
    padded = raw.ljust(_BLOCK_BYTES, b"\0")
    return bytes(byte ^ 0x36 for byte in padded), bytes(byte ^ 0x5C for byte in padded)
