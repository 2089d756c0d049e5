"""Finding issues: every filter, every order, pages that stay put; and changing their status."""

from datetime import timedelta
from typing import Any

import httpx2
import pytest

from runtime import live
from tests.integration.dashboard_api.conftest import MakeWorkspace
from tests.integration.dashboard_api.workspace import NOON, FakeClock, Workspace, nameless

Json = dict[str, Any]


async def found(client: httpx2.AsyncClient, workspace: Workspace, **params: object) -> list[str]:
    """The stacks of the found issues, which the tests use as names."""
    answer = await client.get(workspace.issues_url, params=params)
    assert answer.status_code == 200, answer.text
    return [item["culprit"].removeprefix("shop.") for item in answer.json()["items"]]


async def issue_named(client: httpx2.AsyncClient, workspace: Workspace, stack: str) -> Json:
    items: list[Json] = (await client.get(workspace.issues_url)).json()["items"]
    return next(item for item in items if item["culprit"] == f"shop.{stack}")


@pytest.fixture
async def stocked(workspace: Workspace, client: httpx2.AsyncClient) -> Workspace:
    """cart (prod, 1.0, error, 3 events), pay (staging, 2.0, fatal, 2 events), mail (prod, 2.0, warning, 1 event, resolved)."""
    await workspace.store("cart", ago=timedelta(hours=30))
    await workspace.store("cart", ago=timedelta(hours=2))
    await workspace.store("cart", ago=timedelta(hours=1), user_hash=b"u" * 32)
    await workspace.store(
        "pay", ago=timedelta(hours=5), environment="staging", release="2.0", level="fatal", tags=(("plan", "gold"),)
    )
    await workspace.store(
        "pay", ago=timedelta(minutes=5), environment="staging", release="2.0", level="fatal", tags=(("plan", "gold"),)
    )
    await workspace.store("mail", ago=timedelta(hours=3), release="2.0", level="warning", tags=(("browser", "Safari 18"),))
    mail = await issue_named(client, workspace, "mail")
    await client.patch(f"/api/v1/issues/{mail['id']}", json={"status": "resolved"})
    return workspace


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["pay", "cart", "mail"]),
        ("is:unresolved", ["pay", "cart"]),
        ("!is:unresolved", ["mail"]),
        ("is:resolved", ["mail"]),
        ("is:ignored", []),
        ("is:new", ["pay", "cart"]),
        ("level:fatal", ["pay"]),
        ("!level:fatal", ["cart", "mail"]),
        ("environment:staging", ["pay"]),
        ("!environment:staging", ["cart", "mail"]),
        ("release:2.0", ["pay", "mail"]),
        ("plan:gold", ["pay"]),
        ("plan:free", ["cart"]),
        ("!plan:gold", ["cart", "mail"]),
        ('browser:"Safari 18"', ["mail"]),
        ("has:browser", ["cart", "mail"]),
        ("!has:browser", ["pay"]),
        ("release:2.0 environment:staging", ["pay"]),
        ("environment:staging environment:production", []),
        ("cart", ["cart"]),
        ("CART", ["cart"]),
        ("ValueError", ["pay", "cart", "mail"]),
        ("ValueError mail", ["mail"]),
        ('"ValueError: cart"', ["cart"]),
        ("ValueError: cart", ["cart"]),
        ("%", []),
        ("_art", []),
        ("is:unresolved level:error environment:production plan:free cart", ["cart"]),
        ("unknown_tag:x", []),
    ],
)
async def test_queries_find_what_they_say(
    stocked: Workspace, client: httpx2.AsyncClient, query: str, expected: list[str]
) -> None:
    assert await found(client, stocked, query=query) == expected


@pytest.mark.parametrize(
    ("sort", "expected"),
    [("last_seen", ["pay", "cart", "mail"]), ("first_seen", ["mail", "pay", "cart"]), ("events", ["cart", "pay", "mail"])],
)
async def test_lists_can_be_sorted(stocked: Workspace, client: httpx2.AsyncClient, sort: str, expected: list[str]) -> None:
    assert await found(client, stocked, sort=sort) == expected


async def test_a_period_leaves_out_what_was_not_seen_within_it(workspace: Workspace, client: httpx2.AsyncClient) -> None:
    await workspace.store("old", ago=timedelta(hours=25))
    await workspace.store("young", ago=timedelta(hours=23))

    assert await found(client, workspace, period="24h") == ["young"]
    assert await found(client, workspace, period="7d") == ["young", "old"]


@pytest.mark.parametrize("sort", ["last_seen", "first_seen", "events"])
async def test_pages_hold_every_issue_once_even_when_ties_and_new_issues_come(
    workspace: Workspace, client: httpx2.AsyncClient, sort: str
) -> None:
    names = [f"stack{number}" for number in range(7)]
    for name in names:
        await workspace.store(name)
    seen: list[str] = []
    cursor = None
    for _ in range(10):
        params = {"limit": 2, "sort": sort} | ({"cursor": cursor} if cursor else {})
        page = (await client.get(workspace.issues_url, params=params)).json()
        seen += [item["culprit"].removeprefix("shop.") for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
        await workspace.store(f"late{cursor}", ago=timedelta(minutes=1))

    assert sorted(name for name in seen if not name.startswith("late")) == names


@pytest.mark.parametrize("cursor", ["x", "%00", "W10", "eyJhIjoxfQ", "WyJsYXN0X3NlZW4iLDUsIjAiXQ", "ä"])
async def test_a_cursor_that_is_not_ours_is_refused(workspace: Workspace, client: httpx2.AsyncClient, cursor: str) -> None:
    answer = await client.get(workspace.issues_url, params={"cursor": cursor})

    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid_cursor"


async def test_the_cursor_of_another_order_is_refused(stocked: Workspace, client: httpx2.AsyncClient) -> None:
    cursor = (await client.get(stocked.issues_url, params={"limit": 1})).json()["next_cursor"]

    for sort in ("events", "first_seen"):
        answer = await client.get(stocked.issues_url, params={"cursor": cursor, "sort": sort})
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor")


async def test_an_issue_is_listed_with_its_figures_and_trend(stocked: Workspace, client: httpx2.AsyncClient) -> None:
    cart = await issue_named(client, stocked, "cart")
    counts = [hour["count"] for hour in cart["trend"]]

    assert cart["short_id"] == "SHOP-1"
    assert cart["project_id"] == str(stocked.project_id)
    assert (cart["title"], cart["type"], cart["value"]) == ("ValueError: cart", "ValueError", "broken")
    assert (cart["level"], cart["status"], cart["substatus"], cart["platform"]) == ("error", "unresolved", "new", "python")
    assert (cart["event_count"], cart["user_count"]) == (3, 1)
    assert cart["first_seen"] == (NOON - timedelta(hours=30)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert cart["last_seen"] == (NOON - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert (cart["first_release"], cart["last_release"]) == ("1.0", "1.0")
    assert len(counts) == 24
    assert counts[-3:] == [1, 1, 0]
    assert sum(counts) == 2


async def test_the_total_counts_what_is_found_on_all_pages(stocked: Workspace, client: httpx2.AsyncClient) -> None:
    page = (await client.get(stocked.issues_url, params={"limit": 1, "query": "is:unresolved"})).json()

    assert (len(page["items"]), page["total"], page["total_is_capped"]) == (1, 2, False)


async def test_a_query_that_makes_no_sense_names_the_position(workspace: Workspace, client: httpx2.AsyncClient) -> None:
    answer = await client.get(workspace.issues_url, params={"query": "level:error is:solved"})

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.json()["code"], answer.json()["position"]) == ("invalid_query", 15)


async def test_an_issue_in_full_has_tag_bars_and_history(stocked: Workspace, client: httpx2.AsyncClient) -> None:
    cart = await issue_named(client, stocked, "cart")
    detail = (await client.get(f"/api/v1/issues/{cart['id']}")).json()
    bars = {bar["key"]: bar for bar in detail["tags"]}

    assert {key: detail[key] for key in cart} == cart
    assert bars["browser"] == {"key": "browser", "total": 3, "values": [{"value": "Firefox", "count": 3}]}
    assert set(bars) == {"browser", "plan", "environment", "level", "release"}
    assert len(detail["hourly"]) == 24
    assert len(detail["daily"]) == 30
    assert detail["daily"][-1] == {"day": NOON.date().isoformat(), "count": 2}
    assert detail["daily"][-2] == {"day": (NOON - timedelta(hours=30)).date().isoformat(), "count": 1}
    assert detail["regressed_at"] is None


async def test_a_tag_bar_lists_the_most_frequent_values_first_and_counts_all(
    workspace: Workspace, client: httpx2.AsyncClient
) -> None:
    for number in range(12):
        await workspace.store(tags=(("page", f"p{number:02}"),))
    await workspace.store(tags=(("page", "p11"),))
    issue = await issue_named(client, workspace, "checkout")
    detail = (await client.get(f"/api/v1/issues/{issue['id']}")).json()
    bar = next(bar for bar in detail["tags"] if bar["key"] == "page")

    assert bar["total"] == 13
    assert bar["values"][0] == {"value": "p11", "count": 2}
    assert len(bar["values"]) == 10


async def test_the_status_of_an_issue_can_be_changed_and_a_new_event_regresses_it(
    workspace: Workspace, client: httpx2.AsyncClient, clock: FakeClock
) -> None:
    await workspace.store()
    issue = await issue_named(client, workspace, "checkout")
    url = f"/api/v1/issues/{issue['id']}"

    resolved = (await client.patch(url, json={"status": "resolved"})).json()
    assert (resolved["status"], resolved["substatus"]) == ("resolved", "none")
    reopened = (await client.patch(url, json={"status": "unresolved"})).json()
    assert (reopened["status"], reopened["substatus"]) == ("unresolved", "ongoing")
    await client.patch(url, json={"status": "resolved"})
    clock.move(timedelta(hours=1))
    await workspace.store()
    regressed = (await client.get(url)).json()
    assert (regressed["status"], regressed["substatus"]) == ("unresolved", "regressed")
    assert regressed["regressed_at"] is not None
    assert await found(client, workspace, query="is:regressed") == ["checkout"]


async def test_many_issues_change_at_once_and_only_real_changes_count(stocked: Workspace, client: httpx2.AsyncClient) -> None:
    ids = [item["id"] for item in (await client.get(stocked.issues_url)).json()["items"]]
    body = {"issue_ids": [*ids, ids[0]], "status": "resolved"}

    assert (await client.post(f"{stocked.issues_url}/bulk", json=body)).json() == {"updated": 2}
    assert await found(client, stocked, query="is:unresolved") == []


async def test_a_bulk_change_does_not_reach_into_another_project(workspace: Workspace, client: httpx2.AsyncClient) -> None:
    await workspace.store()
    issue = await issue_named(client, workspace, "checkout")
    other = (await client.post("/api/v1/projects", json={"name": "Other"})).json()
    answer = await client.post(
        f"/api/v1/projects/{other['id']}/issues/bulk", json={"issue_ids": [issue["id"]], "status": "ignored"}
    )

    assert answer.json() == {"updated": 0}
    assert await found(client, workspace, query="is:ignored") == []


async def test_a_change_is_hinted_to_those_who_watch_after_the_commit(workspace: Workspace, client: httpx2.AsyncClient) -> None:
    await workspace.store()
    issue = await issue_named(client, workspace, "checkout")
    async with live.subscribe(workspace.dependencies.redis, workspace.organization_id) as hints:
        await client.patch(f"/api/v1/issues/{issue['id']}", json={"status": "resolved"})
        hint = await anext(hints)

    assert (hint.kind, str(hint.issue_id), hint.project_id) == ("issue.changed", issue["id"], workspace.project_id)


async def test_facets_offer_what_the_project_has(stocked: Workspace, client: httpx2.AsyncClient) -> None:
    facets = (await client.get(f"/api/v1/projects/{stocked.project_id}/facets")).json()

    assert set(facets["levels"]) == {"fatal", "error", "warning", "info", "debug"}
    assert facets["environments"] == ["staging", "production"]
    assert facets["releases"] == ["2.0", "1.0"]
    assert facets["tags"] == [
        {"key": "browser", "values": ["Firefox", "Safari 18"]},
        {"key": "plan", "values": ["free", "gold"]},
    ]


async def test_another_tenants_issues_do_not_exist(
    workspace: Workspace, client: httpx2.AsyncClient, new_workspace: MakeWorkspace
) -> None:
    foreign = await new_workspace()
    await foreign.store("cart")
    async with foreign.signed_in() as neighbour:
        theirs = await issue_named(neighbour, foreign, "cart")

    unknown = await client.get("/api/v1/issues/00000000-0000-7000-8000-000000000000")
    for method, url, body in [
        ("GET", foreign.issues_url, None),
        ("POST", f"{foreign.issues_url}/bulk", {"issue_ids": [theirs["id"]], "status": "resolved"}),
        ("GET", f"/api/v1/projects/{foreign.project_id}/facets", None),
        ("GET", f"/api/v1/issues/{theirs['id']}", None),
        ("PATCH", f"/api/v1/issues/{theirs['id']}", {"status": "resolved"}),
        ("GET", f"/api/v1/issues/{theirs['id']}/events", None),
        ("GET", f"/api/v1/issues/{theirs['id']}/events/latest", None),
        ("GET", "/api/v1/issues/not-an-id", None),
        ("GET", "/api/v1/projects/not-an-id/issues", None),
    ]:
        answer = await client.request(method, url, json=body) if body else await client.request(method, url)
        assert (answer.status_code, nameless(answer), headers_of(answer)) == (404, nameless(unknown), headers_of(unknown)), url
    mine = await client.post(f"{workspace.issues_url}/bulk", json={"issue_ids": [theirs["id"]], "status": "resolved"})
    assert mine.json() == {"updated": 0}
    async with foreign.signed_in() as neighbour:
        assert (await issue_named(neighbour, foreign, "cart"))["status"] == "unresolved"


def headers_of(answer: httpx2.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name != "x-request-id"}
