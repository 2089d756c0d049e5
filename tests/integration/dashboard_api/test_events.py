"""Events: pages of an issue, one in full, and the way from one to the next."""

from datetime import timedelta
from uuid import UUID, uuid4

import httpx2
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.integration.dashboard_api.conftest import MakeWorkspace
from tests.integration.dashboard_api.workspace import NOON, Workspace, nameless


async def only_issue_id(client: httpx2.AsyncClient, workspace: Workspace) -> str:
    (issue,) = (await client.get(workspace.issues_url)).json()["items"]
    return str(issue["id"])


@pytest.fixture
async def three(workspace: Workspace) -> list[UUID]:
    """Three events of one issue, the oldest first."""
    return [await workspace.store(ago=timedelta(minutes=minutes)) for minutes in (30, 20, 10)]


async def test_events_are_listed_last_received_first(workspace: Workspace, client: httpx2.AsyncClient, three: list[UUID]) -> None:
    page = (await client.get(f"/api/v1/issues/{await only_issue_id(client, workspace)}/events")).json()

    assert [item["event_id"] for item in page["items"]] == [event_id.hex for event_id in reversed(three)]
    assert page["next_cursor"] is None
    assert page["items"][0] == {
        "event_id": three[2].hex,
        "occurred_at": (NOON - timedelta(minutes=10)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "received_at": (NOON - timedelta(minutes=10)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "title": "ValueError: checkout",
        "level": "error",
        "environment": "production",
        "release": "1.0",
        "user_label": None,
        "summary": {"tags": {"plan": "free"}},
    }


async def test_pages_of_events_do_not_shift_when_new_ones_come(
    workspace: Workspace, client: httpx2.AsyncClient, three: list[UUID]
) -> None:
    url = f"/api/v1/issues/{await only_issue_id(client, workspace)}/events"
    first = (await client.get(url, params={"limit": 2})).json()
    await workspace.store(ago=timedelta(0))
    second = (await client.get(url, params={"limit": 2, "cursor": first["next_cursor"]})).json()

    assert [item["event_id"] for item in first["items"]] == [three[2].hex, three[1].hex]
    assert [item["event_id"] for item in second["items"]] == [three[0].hex]
    assert second["next_cursor"] is None


@pytest.mark.parametrize(
    ("summary", "label"),
    [
        ('{"user": {"id": "7", "email": "a@b.test", "username": "ada"}}', "ada"),
        ('{"user": {"id": "7", "email": "a@b.test"}}', "a@b.test"),
        ('{"user": {"id": "7"}}', "7"),
        ('{"user": {"id": null}}', None),
        ('{"user": null}', None),
        ("{}", None),
    ],
)
async def test_a_listed_event_shows_the_best_name_of_its_user(
    workspace: Workspace, client: httpx2.AsyncClient, summary: str, label: str | None
) -> None:
    await workspace.store(summary=summary)
    page = (await client.get(f"/api/v1/issues/{await only_issue_id(client, workspace)}/events")).json()

    assert page["items"][0]["user_label"] == label


async def test_an_event_comes_in_full_with_its_neighbours(
    workspace: Workspace, client: httpx2.AsyncClient, three: list[UUID]
) -> None:
    issue_id = await only_issue_id(client, workspace)
    detail = (await client.get(f"/api/v1/events/{three[1].hex}")).json()

    assert detail["event"]["event_id"] == three[1].hex
    assert detail["event"]["extra"] == {"kept": [1, None]}
    assert detail["event"]["exceptions"] == []
    assert {key: value for key, value in detail.items() if key != "event"} == {
        "issue_id": issue_id,
        "project_id": str(workspace.project_id),
        "previous_event_id": three[0].hex,
        "next_event_id": three[2].hex,
        "oldest_event_id": three[0].hex,
        "latest_event_id": three[2].hex,
    }


async def test_at_the_ends_there_is_no_neighbour(client: httpx2.AsyncClient, three: list[UUID]) -> None:
    oldest = (await client.get(f"/api/v1/events/{three[0]}")).json()
    latest = (await client.get(f"/api/v1/events/{three[2]}")).json()

    assert (oldest["previous_event_id"], oldest["next_event_id"]) == (None, three[1].hex)
    assert (latest["previous_event_id"], latest["next_event_id"]) == (three[1].hex, None)


async def test_events_of_the_same_moment_are_all_reached(workspace: Workspace, client: httpx2.AsyncClient) -> None:
    stored = {(await workspace.store()).hex for _ in range(4)}
    latest = (await client.get(f"/api/v1/issues/{await only_issue_id(client, workspace)}/events/latest")).json()
    reached, event_id = set(), latest["event"]["event_id"]
    while event_id is not None:
        reached.add(event_id)
        event_id = (await client.get(f"/api/v1/events/{event_id}")).json()["previous_event_id"]

    assert reached == stored


async def test_ids_may_be_dashed_or_in_capitals(client: httpx2.AsyncClient, three: list[UUID]) -> None:
    answers = [await client.get(f"/api/v1/events/{form}") for form in (three[0].hex, str(three[0]), three[0].hex.upper())]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert nameless(answers[0]) == nameless(answers[1]) == nameless(answers[2])


async def test_the_latest_event_is_the_last_received(workspace: Workspace, client: httpx2.AsyncClient, three: list[UUID]) -> None:
    issue_id = await only_issue_id(client, workspace)
    latest = await client.get(f"/api/v1/issues/{issue_id}/events/latest")

    assert latest.content == (await client.get(f"/api/v1/events/{three[2]}")).content


async def test_unknown_and_foreign_events_are_the_same_nothing(client: httpx2.AsyncClient, new_workspace: MakeWorkspace) -> None:
    foreign = await new_workspace()
    theirs = await foreign.store()
    answers = [await client.get(f"/api/v1/events/{event_id}") for event_id in (theirs, uuid4(), "nonsense", "0" * 31, "%00")]

    assert {answer.status_code for answer in answers} == {404}
    assert len({nameless(answer) for answer in answers}) == 1
    assert answers[0].json() == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "There is no such thing here.",
        "code": "not_found",
        "request_id": answers[0].headers["x-request-id"],
        "position": None,
        "fields": [],
    }


async def test_a_body_that_was_moved_to_another_row_is_not_shown(
    workspace: Workspace, client: httpx2.AsyncClient, three: list[UUID], postgres_admin_url: str
) -> None:
    await _swap_bodies(postgres_admin_url, three[0], three[1])
    answer = await client.get(f"/api/v1/events/{three[0]}")

    assert (answer.status_code, answer.json()["code"]) == (500, "unreadable")


async def _swap_bodies(admin_url: str, here: UUID, there: UUID) -> None:
    engine = create_async_engine(admin_url.rpartition("/postgres")[0] + "/errata_test" + admin_url.rpartition("/postgres")[2])
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "UPDATE eventstore.events SET body = (SELECT body FROM eventstore.events WHERE event_id = :there) WHERE event_id = :here"
            ),
            {"here": here, "there": there},
        )
    await engine.dispose()
