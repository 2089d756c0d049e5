"""A workspace as a customer has it: a person with an organization, a project, and events made by the product's own code."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import httpx2
import msgspec
from sqlalchemy import update

from dashboard_api.app import create_app
from dashboard_api.wiring import ApiDependencies
from eventstore import event_batch, event_body
from eventstore.new_event import NewEvent
from identity import login
from identity.scopes import Role
from protocol.event import Event, encode_event
from runtime.clock import utc_now
from runtime.identifiers import new_uuid7
from runtime.secrets import Secret
from tenancy import data_keys, dsn_keys, projects
from tenancy.tables import members
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
        async with self.client() as client:
            answer = await client.post("/api/v1/auth/login", json={"email": self.email, "password": PASSWORD})
            assert answer.status_code == 200, answer.text
            yield client

    @property
    def tenant(self) -> TenantFixture:
        return TenantFixture(self.organization_id, self.project_id, self.key_id, self.public_key)

    @property
    def issues_url(self) -> str:
        return f"/api/v1/projects/{self.project_id}/issues"

    async def set_role(self, role: Role) -> None:
        """Make the person somebody else: there is no product function for it yet, and the owner is made by sign_up."""
        async with self.database_for("api").tenant(self.organization_id) as tx:
            await tx.execute(update(members).where(members.c.user_id == self.user_id).values(role=role.value))

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


async def make_workspace(dependencies: ApiDependencies, database_for: DatabaseFor, clock: FakeClock) -> Workspace:
    email = f"ada-{uuid4().hex}@errata.test"
    signed_up = await login.sign_up(
        dependencies.database,
        dependencies.keyring,
        clock=clock,
        email=email,
        password=Secret(PASSWORD),
        display_name="Ada",
        organization_name="Ada's Shop",
    )
    async with dependencies.database.tenant(signed_up.organization_id) as tx:
        project = await projects.create(tx, name="Shop", slug="shop", platform="python", now=clock())
        key = await dsn_keys.create(tx, project.project_id, label="Default", now=clock())
    return Workspace(
        dependencies=dependencies,
        database_for=database_for,
        email=email,
        user_id=signed_up.user_id,
        organization_id=signed_up.organization_id,
        project_id=project.project_id,
        key_id=key.key_id,
        public_key=key.public_key,
        clock=clock,
    )


def random_id() -> UUID:
    return new_uuid7()
