"""Identifiers made by the application, so that no database sequence counts across tenants."""

import os
import secrets
from datetime import datetime
from uuid import UUID

from runtime.clock import utc_now

_VERSION_7 = 0x7 << 76
_VARIANT_RFC = 0x2 << 62
_RANDOM_A_MASK = (1 << 12) - 1
_RANDOM_B_MASK = (1 << 62) - 1


def new_uuid7(now: datetime | None = None) -> UUID:
    """A time-ordered random UUID: 48 bits of milliseconds, 74 random bits.  Source: RFC 9562, 5.7."""
    milliseconds = int((now or utc_now()).timestamp() * 1000)
    randomness = int.from_bytes(os.urandom(10), "big")
    random_a = (randomness >> 62) & _RANDOM_A_MASK
    return UUID(int=(milliseconds << 80) | _VERSION_7 | (random_a << 64) | _VARIANT_RFC | (randomness & _RANDOM_B_MASK))


def new_project_id() -> int:
    """A random 15-digit project id: an integer, because SDKs demand one, and not enumerable."""
    return 10**14 + secrets.randbelow(9 * 10**14)
