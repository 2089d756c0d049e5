"""A workspace as a customer has it: a person with an organization, a project, and events made by the product's own code."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import httpx2
import msgspec

from dashboard_api.app import create_app
from dashboard_api.wiring import ApiDependencies
from eventstore import event_batch, event_body
from eventstore.new_event import NewEvent
from identity import passwords, sessions, users
from identity.scopes import Role
from protocol.event import Event, encode_event
from runtime.clock import utc_now
from runtime.identifiers import new_uuid7
from runtime.secrets import Secret
from tenancy import data_keys, dsn_keys, members, organizations, projects
from tests.conftest import DatabaseFor, TenantFixture
from tests.integration.eventstore.new_events import new_event

PASSWORD = "correct horse battery staple"
ORIGIN = "http://errata.test"
# Noon keeps what a test calls "one hour" inside one hour and one day, whenever the test runs.
NOON = utc_now().replace(hour=12, minute=0, second=0, microsecond=0)


@dataclass
class FakeClock:
    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def move(self, step: timedelta) -> None:
        self.now += step


@dataclass(frozen=True)
class Workspace:
    dependencies: ApiDependencies
    database_for: DatabaseFor
    email: str
    user_id: UUID
    organization_id: UUID
    project_id: int
    key_id: UUID
    public_key: str
    clock: FakeClock = field(default_factory=FakeClock)

    def client(self, **headers: str) -> httpx2.AsyncClient:
        """A browser of our own pages, not signed in."""
        transport = httpx2.ASGITransport(app=create_app(self.dependencies))
        return httpx2.AsyncClient(transport=transport, base_url=ORIGIN, headers={"X-CSRF": "1", "Origin": ORIGIN, **headers})

    @asynccontextmanager
    async def signed_in(self) -> AsyncIterator[httpx2.AsyncClient]:
        """A browser with a session, without the second that a password costs."""
        async with self.dependencies.database.system(reason="test", user_id=self.user_id) as tx:
            token = await sessions.create(
                tx, user_id=self.user_id, organization_id=self.organization_id, user_agent="test", now=self.clock()
            )
        async with self.client() as client:
            client.cookies.set("errata_session", token.reveal(), domain="errata.test", path="/")
            yield client

    @property
    def tenant(self) -> TenantFixture:
        return TenantFixture(self.organization_id, self.project_id, self.key_id, self.public_key)

    @property
    def issues_url(self) -> str:
        return f"/api/v1/projects/{self.project_id}/issues"

    async def set_role(self, role: Role) -> None:
        """Make the owner somebody else."""
        async with self.database_for("api").tenant(self.organization_id) as tx:
            assert await members.change_role(tx, self.user_id, role=members.Role(role.value))

    async def store(self, stack: str = "checkout", *, ago: timedelta = timedelta(minutes=10), **changes: object) -> UUID:
        """Let the worker's code store one event, sealed; the event's id."""
        at = self.clock() - ago
        event_id = uuid4()
        async with self.database_for("worker").tenant(self.organization_id) as tx:
            key = await data_keys.current(tx, data_keys.DataKeyPurpose.EVENTS, self.dependencies.keyring)
            draft = new_event(self.tenant, stack, at=at, event_id=event_id, **changes)
            canonical = Event(event_id=event_id.hex, occurred_at=at, received_at=at, title=draft.title, extra={"kept": [1, None]})
            sealed = event_body.seal_body(
                encode_event(canonical), key=key, organization_id=self.organization_id, event_id=event_id
            )
            stored: NewEvent = msgspec.structs.replace(
                draft,
                tags=(*draft.tags, ("environment", draft.environment), ("level", draft.level), ("release", draft.release or "")),
                body=sealed.body,
                body_format=sealed.body_format,
                body_key_version=sealed.key_version,
            )
            await event_batch.write(tx, [stored], now=at)
        return event_id


def nameless(answer: httpx2.Response) -> str:
    """The body without the id of the request, which no two answers share."""
    return answer.text.replace(answer.headers["x-request-id"], "")


async def make_workspace(dependencies: ApiDependencies, database_for: DatabaseFor, clock: FakeClock) -> Workspace:
    """Like identity.login.sign_up, with a password that was hashed once for all tests."""
    now = clock()
    user_id, organization_id = new_uuid7(), new_uuid7()
    email = f"ada-{user_id.hex}@errata.test"
    password_hash = await _password_hash()
    async with dependencies.database.tenant(organization_id, user_id=user_id) as tx:
        await users.create(tx, user_id=user_id, email=email, display_name="Ada", password_hash=password_hash, now=now)
        await organizations.create(tx, name="Ada's Shop", slug="ada-s-shop", now=now, keyring=dependencies.keyring)
        await members.add(tx, user_id=user_id, email=email, display_name="Ada", role=members.Role.OWNER, now=now)
        project = await projects.create(tx, name="Shop", slug="shop", platform="python", now=now)
        key = await dsn_keys.create(tx, project.project_id, label="Default", now=now)
    return Workspace(
        dependencies=dependencies,
        database_for=database_for,
        email=email,
        user_id=user_id,
        organization_id=organization_id,
        project_id=project.project_id,
        key_id=key.key_id,
        public_key=key.public_key,
        clock=clock,
    )


_hashes: list[str] = []


async def _password_hash() -> str:
    if not _hashes:
        _hashes.append(await passwords.hash_password(Secret(PASSWORD)))
    return _hashes[0]
