"""Which project a key opens: a narrow lookup, cached for at most five seconds in both directions while it can be asked.

The key decides the tenant; the project id of the URL must agree.  Unknown, revoked and foreign keys are told apart in the
outcomes only, never in the answer.
"""

import asyncio
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from ingest.refusals import RefusalReason, Refused
from protocol.outcome import DataCategory, DiscardReason, Outcome, OutcomeCount
from tenancy.key_directory import KeyGrant

CACHE_LIFETIME = timedelta(seconds=5)  # SECURITY 2: a revocation is live within it, even if no message comes
# While the directory is away no key can be revoked in it either, and the queue still takes events (decision 10).
STALE_LIFETIME = timedelta(minutes=10)
MAX_CACHED_KEYS = 20_000  # per direction; SECURITY 2: size-bounded
MAX_CONCURRENT_LOOKUPS = 4  # strangers' keys must not take every database connection
KEY_NOT_ACTIVE = "key_not_active"  # outcome reason: somebody still sends with a key that was switched off


class KeyDirectoryUnavailableError(Exception):
    """The directory of keys cannot be asked at this moment."""


class KeyDirectory(Protocol):
    """Finds what a public key opens.  Raises KeyDirectoryUnavailableError."""

    async def find(self, public_key: str) -> KeyGrant | None: ...


class Admitted(msgspec.Struct, frozen=True):
    grant: KeyGrant
    is_key_deprecated: bool


class Discarded(msgspec.Struct, frozen=True):
    """Not admitted; `grant` is there if the tenant is known and its outcome must be counted."""

    refusal: Refused
    grant: KeyGrant | None = None


class _Cached(msgspec.Struct, frozen=True):
    grant: KeyGrant | None
    expires_at: datetime


_UNKNOWN = Refused(RefusalReason.UNKNOWN_KEY, "event submission rejected with_reason: unknown key or project")
_EXPIRED = Refused(RefusalReason.KEY_EXPIRED, "event submission rejected with_reason: the key was replaced and has expired")
_UNAVAILABLE = Refused(RefusalReason.UNAVAILABLE, "the key directory is unavailable, try again")


class Authenticator:
    """Admits keys; one per process."""

    def __init__(self, directory: KeyDirectory, *, max_cached_keys: int = MAX_CACHED_KEYS) -> None:
        self._directory = directory
        self._max_cached_keys = max_cached_keys
        self._known: OrderedDict[str, _Cached] = OrderedDict()
        self._unknown: OrderedDict[str, _Cached] = OrderedDict()
        self._lookups: dict[str, asyncio.Task[KeyGrant | None]] = {}
        self._slots = asyncio.Semaphore(MAX_CONCURRENT_LOOKUPS)

    async def admit(self, public_key: str, *, project_id: int | None, now: datetime) -> Admitted | Discarded:
        """What the key opens at this moment; `project_id` None means that the key alone names the project."""
        cached = self._known.get(public_key) or self._unknown.get(public_key)
        if cached is None or cached.expires_at <= now:
            try:
                cached = self._remember(public_key, await self._look_up(public_key), now)
            except KeyDirectoryUnavailableError:
                if cached is None or cached.grant is None or cached.expires_at + STALE_LIFETIME <= now:
                    return Discarded(_UNAVAILABLE)
        return _judge(cached.grant, project_id=project_id, now=now)

    def forget(self, public_key: str) -> None:
        """The key has changed: ask again at once."""
        self._known.pop(public_key, None)
        self._unknown.pop(public_key, None)

    async def _look_up(self, public_key: str) -> KeyGrant | None:
        """Concurrent requests with one key share one question."""
        task = self._lookups.get(public_key)
        if task is None:
            task = asyncio.create_task(self._ask(public_key))
            self._lookups[public_key] = task
            task.add_done_callback(lambda _: self._lookups.pop(public_key, None))
        return await asyncio.shield(task)

    async def _ask(self, public_key: str) -> KeyGrant | None:
        async with self._slots:
            return await self._directory.find(public_key)

    def _remember(self, public_key: str, grant: KeyGrant | None, now: datetime) -> _Cached:
        cached = _Cached(grant, now + CACHE_LIFETIME)
        self.forget(public_key)
        into = self._unknown if grant is None else self._known
        into[public_key] = cached
        if len(into) > self._max_cached_keys:
            into.popitem(last=False)
        return cached


def _judge(grant: KeyGrant | None, *, project_id: int | None, now: datetime) -> Admitted | Discarded:
    if grant is None:
        return Discarded(_UNKNOWN)
    if project_id is not None and project_id != grant.project_id:
        return Discarded(_counted(_UNKNOWN, DiscardReason.UNKNOWN_PROJECT), grant)
    match grant.state:
        case "active":
            return Admitted(grant, is_key_deprecated=False)
        case "grace" if grant.grace_until is None or now < grant.grace_until:
            return Admitted(grant, is_key_deprecated=True)
        case "grace":
            return Discarded(_counted(_EXPIRED, KEY_NOT_ACTIVE), grant)
        case _:
            return Discarded(_counted(_UNKNOWN, KEY_NOT_ACTIVE), grant)


def _counted(refusal: Refused, reason: str) -> Refused:
    """The body is not read, so what it held counts as one item."""
    return msgspec.structs.replace(refusal, counts=(OutcomeCount(DataCategory.UNKNOWN, Outcome.INVALID, reason, 1),))
