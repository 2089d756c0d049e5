import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text

from eventstore import event_batch, issues
from eventstore.event_batch import WrittenBatch
from eventstore.issue_state import Status
from eventstore.new_event import NewEvent
from eventstore.tables import environments, events, issue_hourly, issue_tags, issue_users, releases
from eventstore.tables import issues as issues_table
from tenancy.scope import Database
from tests.conftest import DatabaseFor, TenantFixture
from tests.integration.eventstore.new_events import NOON, fingerprint, new_event


@pytest.fixture
def worker(database_for: DatabaseFor) -> Database:
    return database_for("worker")


async def write(database: Database, tenant: TenantFixture, *batch: NewEvent) -> WrittenBatch:
    async with database.tenant(tenant.organization_id) as tx:
        return await event_batch.write(tx, batch, now=NOON)


async def rows(database: Database, tenant: TenantFixture, statement: object) -> list[tuple[object, ...]]:
    async with database.tenant(tenant.organization_id) as tx:
        return [tuple(row) for row in await tx.execute(statement)]  # type: ignore[arg-type]


async def only_issue(database: Database, tenant: TenantFixture) -> issues.Issue:
    found = await rows(database, tenant, select(issues_table.c.issue_id))
    assert len(found) == 1
    async with database.tenant(tenant.organization_id) as tx:
        issue = await issues.get(tx, UUID(str(found[0][0])))
    assert issue is not None
    return issue


async def test_events_of_one_stack_are_one_issue(worker: Database, tenant: TenantFixture):
    later = NOON + timedelta(minutes=5)
    written = await write(
        worker,
        tenant,
        new_event(tenant, at=later, level="fatal", release="1.1"),
        new_event(tenant, at=NOON, level="warning", release="1.0"),
    )

    issue = await only_issue(worker, tenant)
    assert (issue.number, issue.event_count, issue.level) == (1, 2, "fatal")
    assert (issue.first_seen, issue.last_seen) == (NOON, later)
    assert (issue.first_release, issue.last_release) == ("1.0", "1.1")
    assert (issue.status, issue.substatus) == ("unresolved", "new")
    assert [change.is_new for change in written.changed_issues] == [True]


async def test_issues_are_numbered_per_project_without_gaps(worker: Database, tenant: TenantFixture):
    await write(worker, tenant, *(new_event(tenant, f"stack {n}") for n in range(3)))
    await write(worker, tenant, *(new_event(tenant, f"stack {n}") for n in range(5)))
    found = await rows(worker, tenant, select(issues_table.c.number).order_by(issues_table.c.number))
    assert [number for (number,) in found] == [1, 2, 3, 4, 5]


async def test_every_counter_adds_up(worker: Database, tenant: TenantFixture):
    person, other = b"p" * 32, b"o" * 32
    await write(worker, tenant, new_event(tenant, user_hash=person), new_event(tenant, user_hash=other, environment="staging"))
    await write(worker, tenant, new_event(tenant, user_hash=person, at=NOON + timedelta(hours=1)), new_event(tenant))

    issue = await only_issue(worker, tenant)
    assert (issue.event_count, issue.user_count) == (4, 2)
    hours = await rows(worker, tenant, select(issue_hourly.c.environment, issue_hourly.c.hour, issue_hourly.c.event_count))
    assert sorted(hours, key=str) == sorted(
        [("production", NOON, 2), ("production", NOON + timedelta(hours=1), 1), ("staging", NOON, 1)], key=str
    )
    tags = await rows(worker, tenant, select(issue_tags.c.key, issue_tags.c.value, issue_tags.c.times_seen))
    assert sorted(tags) == [("browser", "Firefox", 4), ("plan", "free", 4)]
    people = await rows(worker, tenant, select(issue_users.c.user_hash, issue_users.c.times_seen))
    assert sorted(people) == [(other, 1), (person, 2)]
    assert await rows(worker, tenant, select(releases.c.version, releases.c.event_count)) == [("1.0", 4)]
    names = await rows(worker, tenant, select(environments.c.name, environments.c.event_count))
    assert sorted(names) == [("production", 3), ("staging", 1)]


async def test_an_event_is_stored_and_counted_once(worker: Database, tenant: TenantFixture):
    event = new_event(tenant)
    first = await write(worker, tenant, event)
    second = await write(worker, tenant, event)
    assert (first.inserted, second.inserted) == ({event.identity}, set())
    assert second.changed_issues == ()
    assert (await only_issue(worker, tenant)).event_count == 1


async def test_a_duplicate_with_another_stack_makes_no_issue(worker: Database, tenant: TenantFixture):
    event_id = uuid4()
    await write(worker, tenant, new_event(tenant, "one", event_id=event_id))
    await write(worker, tenant, new_event(tenant, "two", event_id=event_id))
    assert (await only_issue(worker, tenant)).title == "ValueError: one"


async def test_the_summary_is_stored_as_json(worker: Database, tenant: TenantFixture):
    await write(worker, tenant, new_event(tenant, summary='{"tags": {"plan": "pro"}, "handled": false}'))
    assert await rows(worker, tenant, select(events.c.summary)) == [({"tags": {"plan": "pro"}, "handled": False},)]


async def test_a_resolved_issue_regresses_on_an_event_received_later(
    worker: Database, database_for: DatabaseFor, tenant: TenantFixture
):
    await write(worker, tenant, new_event(tenant))
    issue = await only_issue(worker, tenant)
    async with database_for("api").tenant(tenant.organization_id) as tx:
        await issues.set_status(tx, [issue.issue_id], status=Status.RESOLVED, now=NOON + timedelta(minutes=1))

    await write(worker, tenant, new_event(tenant, at=NOON + timedelta(seconds=30)))
    assert (await only_issue(worker, tenant)).status == "resolved"

    regressed_at = NOON + timedelta(minutes=2)
    await write(worker, tenant, new_event(tenant, at=regressed_at))
    issue = await only_issue(worker, tenant)
    assert (issue.status, issue.substatus, issue.regressed_at) == ("unresolved", "regressed", regressed_at)


async def test_an_ignored_issue_stays_ignored(worker: Database, database_for: DatabaseFor, tenant: TenantFixture):
    await write(worker, tenant, new_event(tenant))
    issue = await only_issue(worker, tenant)
    async with database_for("api").tenant(tenant.organization_id) as tx:
        await issues.set_status(tx, [issue.issue_id], status=Status.IGNORED, now=NOON)
    await write(worker, tenant, new_event(tenant, at=NOON + timedelta(minutes=2)))
    assert (await only_issue(worker, tenant)).status == "ignored"


async def test_a_new_grouping_version_does_not_split_an_issue(worker: Database, tenant: TenantFixture):
    old, new = fingerprint("checkout", version="1"), fingerprint("checkout", version="2")
    await write(worker, tenant, new_event(tenant, fingerprints=(old,)))
    await write(worker, tenant, new_event(tenant, fingerprints=(new, old)))
    await write(worker, tenant, new_event(tenant, fingerprints=(new,)))
    assert (await only_issue(worker, tenant)).event_count == 3


async def test_two_workers_on_the_same_new_stacks_make_each_issue_once(worker: Database, tenant: TenantFixture):
    batches = [[new_event(tenant, f"stack {n % 7}") for n in range(offset, offset + 20)] for offset in range(8)]
    await asyncio.gather(*(write(worker, tenant, *batch) for batch in batches))
    counted = await rows(worker, tenant, text("SELECT count(*), sum(event_count) FROM eventstore.issues"))
    assert counted == [(7, 160)]
    in_hours = await rows(worker, tenant, text("SELECT sum(event_count) FROM eventstore.issue_hourly"))
    assert in_hours == [(160,)]


async def test_another_tenants_issue_is_out_of_reach(worker: Database, tenant: TenantFixture, make_tenant: "object"):
    stranger = await make_tenant()  # type: ignore[operator]
    await write(worker, tenant, new_event(tenant))
    await write(worker, stranger, new_event(stranger))
    assert (await only_issue(worker, tenant)).event_count == 1
    assert (await only_issue(worker, stranger)).event_count == 1
