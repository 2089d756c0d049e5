"""Keys are looked up rarely and judged every time."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from ingest import authentication
from ingest.authentication import Admitted, Authenticator, Discarded, KeyDirectoryUnavailableError
from ingest.refusals import RefusalReason
from tenancy.key_directory import KeyGrant

KEY = "a94ae32be2584e0bbd7a4cbb95971fed"
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def grant(*, state: str = "active", grace_until: datetime | None = None) -> KeyGrant:
    return KeyGrant(
        organization_id=UUID(int=1),
        project_id=7,
        key_id=UUID(int=2),
        state=state,
        grace_until=grace_until,
        queue_key_version=1,
        wrapped_queue_key=b"wrapped",
    )


class ScriptedDirectory:
    """A KeyDirectory whose answer the test changes and whose questions it counts."""

    def __init__(self, found: KeyGrant | None) -> None:
        self.found = found
        self.asked: list[str] = []
        self.is_available = True

    async def find(self, public_key: str) -> KeyGrant | None:
        self.asked.append(public_key)
        await asyncio.sleep(0)
        if not self.is_available:
            raise KeyDirectoryUnavailableError
        return self.found


async def test_an_active_key_of_its_project_is_admitted() -> None:
    decision = await Authenticator(ScriptedDirectory(grant())).admit(KEY, project_id=7, now=NOW)
    assert decision == Admitted(grant(), is_key_deprecated=False)


async def test_a_key_alone_names_its_project() -> None:
    assert isinstance(await Authenticator(ScriptedDirectory(grant())).admit(KEY, project_id=None, now=NOW), Admitted)


async def test_a_key_in_grace_is_admitted_and_marked_until_its_deadline() -> None:
    authenticator = Authenticator(ScriptedDirectory(grant(state="grace", grace_until=NOW + timedelta(seconds=2))))
    within = await authenticator.admit(KEY, project_id=7, now=NOW)
    assert isinstance(within, Admitted)
    assert within.is_key_deprecated
    after = await authenticator.admit(KEY, project_id=7, now=NOW + timedelta(seconds=2))
    assert isinstance(after, Discarded)
    assert after.refusal.reason is RefusalReason.KEY_EXPIRED
    assert after.refusal.counts[0].reason == authentication.KEY_NOT_ACTIVE


@pytest.mark.parametrize(
    ("found", "project_id", "is_tenant_known"),
    [(None, 7, False), (grant(), 8, True), (grant(state="disabled"), 7, True), (grant(state="deleted"), 7, True)],
)
async def test_unknown_revoked_and_foreign_keys_get_one_and_the_same_answer(
    found: KeyGrant | None, project_id: int, *, is_tenant_known: bool
) -> None:
    decision = await Authenticator(ScriptedDirectory(found)).admit(KEY, project_id=project_id, now=NOW)
    assert isinstance(decision, Discarded)
    assert decision.refusal.reason is RefusalReason.UNKNOWN_KEY
    assert decision.refusal.detail == "event submission rejected with_reason: unknown key or project"
    assert (decision.grant is not None) is is_tenant_known
    assert (sum(counted.quantity for counted in decision.refusal.counts) == 1) is is_tenant_known


@pytest.mark.parametrize("found", [grant(), None])
async def test_the_directory_is_asked_again_after_five_seconds_and_not_before(found: KeyGrant | None) -> None:
    directory = ScriptedDirectory(found)
    authenticator = Authenticator(directory)
    for seconds in (0, 1, 4.99):
        await authenticator.admit(KEY, project_id=7, now=NOW + timedelta(seconds=seconds))
    assert directory.asked == [KEY]
    await authenticator.admit(KEY, project_id=7, now=NOW + timedelta(seconds=5))
    assert directory.asked == [KEY, KEY]


async def test_a_revocation_is_live_when_the_cache_expires_or_the_key_is_forgotten() -> None:
    directory = ScriptedDirectory(grant())
    authenticator = Authenticator(directory)
    await authenticator.admit(KEY, project_id=7, now=NOW)
    directory.found = grant(state="disabled")
    assert isinstance(await authenticator.admit(KEY, project_id=7, now=NOW), Admitted)
    authenticator.forget(KEY)
    assert isinstance(await authenticator.admit(KEY, project_id=7, now=NOW), Discarded)


async def test_a_new_key_replaces_the_remembered_absence() -> None:
    directory = ScriptedDirectory(None)
    authenticator = Authenticator(directory)
    await authenticator.admit(KEY, project_id=7, now=NOW)
    directory.found = grant()
    assert isinstance(await authenticator.admit(KEY, project_id=7, now=NOW + timedelta(seconds=5)), Admitted)


async def test_concurrent_requests_with_one_key_share_one_question() -> None:
    directory = ScriptedDirectory(grant())
    authenticator = Authenticator(directory)
    await asyncio.gather(*(authenticator.admit(KEY, project_id=7, now=NOW) for _ in range(50)))
    assert directory.asked == [KEY]


async def test_strangers_keys_do_not_grow_the_cache_without_bound() -> None:
    authenticator = Authenticator(ScriptedDirectory(None), max_cached_keys=10)
    for number in range(50):
        await authenticator.admit(f"{number:032x}", project_id=7, now=NOW)
    assert len(authenticator._unknown) == 10


async def test_without_a_directory_the_client_shall_come_again_and_nothing_is_remembered() -> None:
    directory = ScriptedDirectory(grant())
    directory.is_available = False
    authenticator = Authenticator(directory)
    decision = await authenticator.admit(KEY, project_id=7, now=NOW)
    assert isinstance(decision, Discarded)
    assert decision.refusal.reason is RefusalReason.UNAVAILABLE
    directory.is_available = True
    assert isinstance(await authenticator.admit(KEY, project_id=7, now=NOW), Admitted)


async def test_a_known_key_outlives_an_outage_of_the_directory_for_ten_minutes() -> None:
    directory = ScriptedDirectory(grant())
    authenticator = Authenticator(directory)
    await authenticator.admit(KEY, project_id=7, now=NOW)
    directory.is_available = False
    assert isinstance(await authenticator.admit(KEY, project_id=7, now=NOW + timedelta(minutes=9)), Admitted)
    too_late = await authenticator.admit(KEY, project_id=7, now=NOW + timedelta(minutes=11))
    assert isinstance(too_late, Discarded)
    assert too_late.refusal.reason is RefusalReason.UNAVAILABLE


async def test_a_revocation_counts_as_soon_as_the_directory_answers_again() -> None:
    directory = ScriptedDirectory(grant())
    authenticator = Authenticator(directory)
    await authenticator.admit(KEY, project_id=7, now=NOW)
    directory.found = grant(state="disabled")
    assert isinstance(await authenticator.admit(KEY, project_id=7, now=NOW + timedelta(seconds=6)), Discarded)
