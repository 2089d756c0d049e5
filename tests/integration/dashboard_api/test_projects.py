"""Projects, their DSN keys and what became of their items."""

from datetime import timedelta

import httpx2
import pytest

from eventstore import outcomes
from eventstore.outcomes import OutcomeKey
from protocol.dsn import parse
from protocol.outcome import Outcome
from tests.integration.dashboard_api.conftest import MakeWorkspace
from tests.integration.dashboard_api.workspace import NOON, Workspace


async def add_outcomes(workspace: Workspace, outcome: Outcome, *, reason: str = "", ago: timedelta, quantity: int) -> None:
    key = OutcomeKey(workspace.project_id, workspace.key_id, outcomes.hour_of(NOON - ago), "error", outcome, reason)
    async with workspace.database_for("worker").tenant(workspace.organization_id) as tx:
        await outcomes.add(tx, {key: quantity})


async def test_a_project_is_listed_with_its_dsn_and_size(workspace: Workspace, client: httpx2.AsyncClient) -> None:
    await workspace.store("cart")
    await workspace.store("pay")
    await add_outcomes(workspace, Outcome.ACCEPTED, ago=timedelta(hours=1), quantity=7)
    await add_outcomes(workspace, Outcome.RATE_LIMITED, reason="key", ago=timedelta(hours=1), quantity=5)
    await add_outcomes(workspace, Outcome.ACCEPTED, ago=timedelta(hours=30), quantity=100)
    (project,) = (await client.get("/api/v1/projects")).json()["items"]

    assert project == {
        "id": str(workspace.project_id),
        "slug": "shop",
        "name": "Shop",
        "platform": "python",
        "created_at": NOON.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "dsn": f"http://{workspace.public_key}@ingest.errata.test:8001/{workspace.project_id}",
        "unresolved_count": 2,
        "events_24h": 7,
    }
    assert (await client.get(f"/api/v1/projects/{workspace.project_id}")).json() == project


async def test_a_new_project_has_a_key_and_a_free_slug(client: httpx2.AsyncClient) -> None:
    made = [(await client.post("/api/v1/projects", json={"name": " Shop ", "platform": "node"})) for _ in range(2)]

    assert [answer.status_code for answer in made] == [201, 201]
    assert [answer.json()["slug"] for answer in made] == ["shop-2", "shop-3"]
    assert made[0].json()["name"] == "Shop"
    assert str(parse(made[0].json()["dsn"]).project_id) == made[0].json()["id"]
    assert len((await client.get("/api/v1/projects")).json()["items"]) == 3


@pytest.mark.parametrize(
    "body",
    [{}, {"name": ""}, {"name": "   "}, {"name": "x" * 101}, {"name": "a\0b"}, {"name": 7}, {"name": "ok", "slug": "mine"}, []],
)
async def test_a_project_needs_a_name_and_nothing_unknown(client: httpx2.AsyncClient, body: object) -> None:
    answer = await client.post("/api/v1/projects", json=body)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "invalid_request"
    assert answer.json()["fields"]


async def test_the_keys_of_a_project_are_listed_with_their_dsn(workspace: Workspace, client: httpx2.AsyncClient) -> None:
    (key,) = (await client.get(f"/api/v1/projects/{workspace.project_id}/keys")).json()["items"]

    assert key["id"] == str(workspace.key_id)
    assert (key["label"], key["state"]) == ("Default", "active")
    assert parse(key["dsn"]).public_key == workspace.public_key


async def test_outcomes_are_added_up_within_the_period(workspace: Workspace, client: httpx2.AsyncClient) -> None:
    for hours in (1, 2, 30):
        await add_outcomes(workspace, Outcome.ACCEPTED, ago=timedelta(hours=hours), quantity=10)
    await add_outcomes(workspace, Outcome.INVALID, reason="malformed_json", ago=timedelta(hours=3), quantity=4)
    url = f"/api/v1/projects/{workspace.project_id}/outcomes"

    assert (await client.get(url)).json()["items"] == [
        {"category": "error", "outcome": "accepted", "reason": "", "quantity": 20},
        {"category": "error", "outcome": "invalid", "reason": "malformed_json", "quantity": 4},
    ]
    assert (await client.get(url, params={"period": "7d"})).json()["items"][0]["quantity"] == 30
    assert (await client.get(url, params={"period": "1y"})).status_code == 422


async def test_another_tenants_project_does_not_exist(client: httpx2.AsyncClient, new_workspace: MakeWorkspace) -> None:
    foreign = await new_workspace()
    for path in ("", "/keys", "/outcomes", "/facets", "/issues"):
        assert (await client.get(f"/api/v1/projects/{foreign.project_id}{path}")).status_code == 404
