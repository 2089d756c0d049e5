"""People: signing up makes everything or nothing, passwords are slow to guess and never stored."""

from datetime import timedelta
from time import monotonic
from uuid import uuid4

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from audit import trail
from audit.actions import AuditAction
from identity import api_keys, login, login_throttle, passwords, sessions, token_format, users
from identity.login import Credentials, SignedIn, SignedUp, TooManyTries, WrongCredentials
from identity.scopes import Scope
from identity.tables import sessions as sessions_table
from identity.tables import users as users_table
from identity.token_format import ParsedKey
from runtime.acting import Acting, ActingKind
from runtime.clock import utc_now
from runtime.identifiers import new_uuid7
from runtime.keyring import LocalKeyring
from runtime.redis_client import RedisClient
from runtime.secrets import Secret
from tenancy import data_keys, members, organizations
from tenancy.audit_keys import AuditKeys
from tenancy.data_keys import DataKeyPurpose
from tenancy.scope import Database
from tenancy.tables import organizations as organizations_table
from tests.conftest import DatabaseFor
from tests.integration.recorded import recorded

OPERATOR = Acting(ActingKind.OPERATOR, reason="a test")
PASSWORD = Secret("correct horse battery staple")


@pytest.fixture
def database(database_for: DatabaseFor) -> Database:
    return database_for("api")


@pytest.fixture
def email() -> str:
    return f"Grace.{uuid4().hex}@Errata.test"


async def sign_up(database: Database, keyring: LocalKeyring, email: str, *, password: Secret = PASSWORD) -> SignedUp:
    return await login.sign_up(
        database,
        keyring,
        clock=utc_now,
        email=email,
        password=password,
        display_name="Grace",
        organization_name="Compilers & Sons",
        acting=OPERATOR,
    )


def tried(email: str, password: str = PASSWORD.reveal(), *, peer: str = "192.0.2.1") -> Credentials:
    acting = Acting(ActingKind.ANONYMOUS, network="public", address=peer, user_agent="test")
    return Credentials(email=email, password=Secret(password), acting=acting)


async def test_signing_up_makes_a_person_an_organization_with_keys_and_an_owner(
    database: Database, keyring: LocalKeyring, email: str
) -> None:
    made = await sign_up(database, keyring, email)
    async with database.tenant(made.organization_id, user_id=made.user_id) as tx:
        organization = await organizations.get(tx)
        assert organization is not None
        assert (organization.slug, organization.name) == ("compilers-sons", "Compilers & Sons")
        assert await members.role_of(tx, made.user_id) is members.Role.OWNER
        assert (await data_keys.current(tx, DataKeyPurpose.EVENTS, keyring)).version == 1
        person = await users.get(tx, made.user_id)
        assert person is not None
        assert person.email == email


async def test_an_address_is_taken_in_any_spelling_and_nothing_is_left_behind(
    database: Database, keyring: LocalKeyring, email: str, database_for: DatabaseFor
) -> None:
    await sign_up(database, keyring, email)
    async with database_for("jobs").system(reason="test") as tx:
        before = await organizations.list_all_ids(tx)
    with pytest.raises(users.EmailTakenError):
        await sign_up(database, keyring, f"  {email.upper()} ")
    async with database_for("jobs").system(reason="test") as tx:
        assert await organizations.list_all_ids(tx) == before


@pytest.mark.parametrize(
    "address", ["", "grace", "@errata.test", "grace@", "a b@errata.test", "a@b@c", "g\0@errata.test", "x" * 250 + "@a.test"]
)
async def test_what_is_no_address_is_refused(database: Database, keyring: LocalKeyring, address: str) -> None:
    with pytest.raises(users.EmailInvalidError):
        await sign_up(database, keyring, address)


@pytest.mark.parametrize("password", ["short", "x" * 257])
async def test_a_password_has_a_sane_length(database: Database, keyring: LocalKeyring, email: str, password: str) -> None:
    with pytest.raises(passwords.PasswordTooWeakError):
        await sign_up(database, keyring, email, password=Secret(password))


async def test_a_person_is_invisible_to_others(database: Database, keyring: LocalKeyring, email: str) -> None:
    made = await sign_up(database, keyring, email)
    async with database.system(reason="test", user_id=new_uuid7()) as tx:
        assert await users.get(tx, made.user_id) is None
        assert (await tx.execute(select(users_table.c.user_id))).all() == []


async def test_the_right_password_signs_in_and_nothing_else_does(
    database: Database, keyring: LocalKeyring, redis: RedisClient, email: str
) -> None:
    made = await sign_up(database, keyring, email)
    right = await login.sign_in(
        database, redis, clock=utc_now, audit_keys=AuditKeys(database, keyring), credentials=tried(email.lower())
    )
    assert isinstance(right, SignedIn)
    assert (right.user_id, right.organization_id) == (made.user_id, made.organization_id)
    for credentials in (
        tried(email, "wrong password!"),
        tried("nobody@errata.test"),
        tried("no address"),
        tried(email, "x" * 1000),
    ):
        assert (
            await login.sign_in(database, redis, clock=utc_now, audit_keys=AuditKeys(database, keyring), credentials=credentials)
            == WrongCredentials()
        )


async def test_a_disabled_person_cannot_sign_in_and_their_sessions_are_dead(
    database: Database, keyring: LocalKeyring, redis: RedisClient, email: str
) -> None:
    made = await sign_up(database, keyring, email)
    signed_in = await login.sign_in(
        database, redis, clock=utc_now, audit_keys=AuditKeys(database, keyring), credentials=tried(email)
    )
    assert isinstance(signed_in, SignedIn)
    async with database.system(reason="test", user_id=made.user_id) as tx:
        await tx.execute(update(users_table).where(users_table.c.user_id == made.user_id).values(disabled_at=utc_now()))
    assert (
        await login.sign_in(database, redis, clock=utc_now, audit_keys=AuditKeys(database, keyring), credentials=tried(email))
        == WrongCredentials()
    )
    async with database.system(reason="test") as tx:
        assert await sessions.find_alive(tx, signed_in.token, now=utc_now()) is None


async def test_a_token_is_stored_as_its_hash_only(
    database: Database, keyring: LocalKeyring, redis: RedisClient, email: str
) -> None:
    made = await sign_up(database, keyring, email)
    signed_in = await login.sign_in(
        database, redis, clock=utc_now, audit_keys=AuditKeys(database, keyring), credentials=tried(email)
    )
    assert isinstance(signed_in, SignedIn)
    async with database.system(reason="test", user_id=made.user_id) as tx:
        (row,) = (await tx.execute(select(sessions_table))).all()

    assert len(signed_in.token.reveal()) >= 43
    assert signed_in.token.reveal() not in repr(tuple(row))


async def test_a_session_is_touched_at_most_once_a_minute(
    database: Database, keyring: LocalKeyring, redis: RedisClient, email: str
) -> None:
    made = await sign_up(database, keyring, email)
    signed_in = await login.sign_in(
        database, redis, clock=utc_now, audit_keys=AuditKeys(database, keyring), credentials=tried(email)
    )
    assert isinstance(signed_in, SignedIn)
    async with database.system(reason="test") as tx:
        session = await sessions.find_alive(tx, signed_in.token, now=utc_now())
    assert session is not None
    for seconds, moved in ((59, 0), (61, 61), (90, 61)):
        async with database.tenant(made.organization_id, user_id=made.user_id) as tenant_tx:
            await sessions.touch(tenant_tx, session, now=session.last_seen_at + timedelta(seconds=seconds))
        async with database.system(reason="test") as tx:
            touched = await sessions.find_alive(tx, signed_in.token, now=utc_now())
        assert touched is not None
        assert touched.last_seen_at - session.last_seen_at == timedelta(seconds=moved)


async def test_an_old_hash_is_made_anew_at_login(
    database: Database, keyring: LocalKeyring, redis: RedisClient, email: str
) -> None:
    made = await sign_up(database, keyring, email)
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD.reveal())
    async with database.system(reason="test", user_id=made.user_id) as tx:
        await users.replace_password_hash(tx, made.user_id, password_hash=weak)
    assert isinstance(
        await login.sign_in(database, redis, clock=utc_now, audit_keys=AuditKeys(database, keyring), credentials=tried(email)),
        SignedIn,
    )
    async with database.system(reason="test") as tx:
        record = await users.find_login(tx, email)
    assert record is not None
    assert record.password_hash is not None
    assert record.password_hash != weak
    assert (await passwords.verify(PASSWORD, record.password_hash)).is_valid


async def test_tries_are_counted_per_account_and_address_and_forgiven_by_the_right_password(redis: RedisClient) -> None:
    for _ in range(login_throttle.TRIES_PER_ACCOUNT_AND_PEER):
        assert await login_throttle.take(redis, email="a@b.test", peer="192.0.2.1") is None
    assert await login_throttle.take(redis, email="A@B.test ", peer="192.0.2.1") is not None
    assert await login_throttle.take(redis, email="a@b.test", peer="192.0.2.2") is None
    await login_throttle.forgive(redis, email="a@b.test", peer="192.0.2.1")
    assert await login_throttle.take(redis, email="a@b.test", peer="192.0.2.1") is None


async def test_one_address_cannot_try_many_accounts(redis: RedisClient) -> None:
    waits = [await login_throttle.take(redis, email=f"{number}@b.test", peer="192.0.2.9") for number in range(101)]

    assert waits[:100] == [None] * 100
    assert waits[100] is not None
    assert timedelta(0) < waits[100] <= login_throttle.WINDOW
    assert not any(b"b.test" in key or b"192.0.2" in key for key in await redis.keys("*"))


async def test_a_throttled_try_never_looks_at_the_password(
    database: Database, keyring: LocalKeyring, redis: RedisClient, email: str
) -> None:
    for _ in range(login_throttle.TRIES_PER_ACCOUNT_AND_PEER):
        await login_throttle.take(redis, email=email, peer="192.0.2.1")
    outcome = await login.sign_in(
        database, redis, clock=utc_now, audit_keys=AuditKeys(database, keyring), credentials=tried(email)
    )

    assert isinstance(outcome, TooManyTries)


async def test_keys_and_sessions_end_with_their_person(
    database: Database, keyring: LocalKeyring, redis: RedisClient, email: str
) -> None:
    made, signed_in, key = await _signed_in_with_key(database, keyring, redis, email)
    assert await _are_alive(database, signed_in, key) == (True, True)
    async with database.system(reason="test", user_id=made.user_id) as tx:
        await tx.execute(update(users_table).where(users_table.c.user_id == made.user_id).values(disabled_at=utc_now()))

    assert await _are_alive(database, signed_in, key) == (False, False)


async def test_keys_and_sessions_end_with_their_organization(
    database: Database, keyring: LocalKeyring, redis: RedisClient, email: str
) -> None:
    made, signed_in, key = await _signed_in_with_key(database, keyring, redis, email)
    async with database.tenant(made.organization_id) as tx:
        await tx.execute(update(organizations_table).values(deleted_at=utc_now()))
        await trail.record(tx, AuditAction.PROJECT_DELETED)

    assert await _are_alive(database, signed_in, key) == (False, False)


async def _signed_in_with_key(
    database: Database, keyring: LocalKeyring, redis: RedisClient, email: str
) -> tuple[SignedUp, SignedIn, ParsedKey]:
    made = await sign_up(database, keyring, email)
    signed_in = await login.sign_in(
        database, redis, clock=utc_now, audit_keys=AuditKeys(database, keyring), credentials=tried(email)
    )
    assert isinstance(signed_in, SignedIn)
    async with database.tenant(made.organization_id) as tx:
        created = await api_keys.create(
            tx, name="CI", scopes=frozenset({Scope.ISSUE_READ}), created_by=made.user_id, now=utc_now()
        )
    parsed = token_format.parse(created.secret.reveal())
    assert parsed is not None
    return made, signed_in, parsed


async def _are_alive(database: Database, signed_in: SignedIn, key: ParsedKey) -> tuple[bool, bool]:
    async with database.system(reason="test") as tx:
        session = await sessions.find_alive(tx, signed_in.token, now=utc_now())
        return session is not None, await api_keys.verify(tx, key, now=utc_now()) is not None


async def test_a_refusal_leaves_on_a_whole_step_whether_the_account_is_known_or_not(
    database: Database, keyring: LocalKeyring, redis: RedisClient, email: str
) -> None:
    await sign_up(database, keyring, email)
    step = login.REFUSAL_STEP.total_seconds()
    for credentials in (tried(email, "wrong password!"), tried("nobody@errata.test")):
        started = monotonic()
        await login.sign_in(database, redis, clock=utc_now, audit_keys=AuditKeys(database, keyring), credentials=credentials)
        assert (monotonic() - started) % step < step / 2


async def test_the_owner_is_recorded_with_an_address_that_can_be_erased(
    database: Database, keyring: LocalKeyring, email: str, database_for: DatabaseFor
) -> None:
    made = await sign_up(database, keyring, email)
    (added,) = await recorded(database_for, made.organization_id, "member.add")

    assert added.record["actor"]["kind"] == "operator"
    assert added.record["reason"] == "a test"
    assert len(added.record["personal"]) == 2
    assert email not in str(added.record)
