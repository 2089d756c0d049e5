"""The newest sentry-sdk and @sentry/node, changed only by their DSN, and what the REST API then shows."""

import time
from collections.abc import Callable

import pytest

from tests.journeys.rest import Json, Project, RestApi, project_of_dsn
from tests.journeys.running_errata import RunningErrata
from tests.journeys.sdk_runs import SdkApplication, deployed, node_shop, python_shop, report

VISIBLE_SECONDS = 2.0  # from the server's answer to the SDK to the event in the REST API (issue 2)
MakeShop = Callable[[str], SdkApplication]

EXPECTED = {
    "python": {"type": "PaymentDeclinedError", "culprit": "__main__ in charge", "in_app": ["report", "checkout", "charge"]},
    "node": {"type": "PaymentDeclined", "culprit": "shop in charge", "in_app": ["?", "report", "Object.checkout", "charge"]},
}
FAILING_LINE = {
    "python": 'raise PaymentDeclinedError(f"no cover for {count} x {item}")',
    "node": "if (amount > 100) throw new PaymentDeclined(`no cover for ${count} x ${item}`);",
}
both_sdks = pytest.mark.parametrize(("platform", "make_shop"), [("python", python_shop), ("node", node_shop)])


def _main(event: Json) -> Json:
    main: Json = next(exception for exception in event["exceptions"] if exception["is_main"])
    return main


@both_sdks
async def test_an_error_is_visible_within_two_seconds_with_all_that_the_sdk_knew(
    rest: RestApi, errata: RunningErrata, *, platform: str, make_shop: MakeShop
) -> None:
    reported = await report(make_shop(errata.endpoints.dsn), "checkout")
    stored = await rest.stored_event(reported.event_id, within=VISIBLE_SECONDS)
    assert time.time() - reported.answered_at < VISIBLE_SECONDS

    event, main = stored["event"], _main(stored["event"])
    assert (event["type"], event["value"]) == (EXPECTED[platform]["type"], "no cover for 3 x lamp")
    assert (main["type"], main["mechanism"]["handled"]) == (EXPECTED[platform]["type"], True)
    assert event["culprit"] == EXPECTED[platform]["culprit"]
    assert [frame["function"] for frame in main["frames"] if frame["in_app"]] == EXPECTED[platform]["in_app"]
    assert main["frames"][-1]["context_line"].strip() == FAILING_LINE[platform]
    assert main["frames"][-1]["pre_context"]
    assert (event["level"], event["platform"]) == ("error", platform)
    assert (event["release"], event["environment"]) == ("shop@2.4.1", "staging")
    assert event["user"]["id"] == "customer-42"
    assert ["tier", "gold"] in event["tags"]
    assert [crumb["message"] for crumb in event["breadcrumbs"]] == ["opened the cart", "asked the bank"]
    assert event["sdk"]["name"].startswith({"python": "sentry.python", "node": "sentry.javascript.node"}[platform])


@both_sdks
async def test_the_issue_of_an_error_shows_it_in_the_list(
    rest: RestApi, errata: RunningErrata, *, platform: str, make_shop: MakeShop
) -> None:
    project = project_of_dsn(errata.endpoints.dsn)
    reported = await report(deployed(make_shop(project.dsn), release=f"list-{platform}@1"), "checkout")
    stored = await rest.stored_event(reported.event_id, within=VISIBLE_SECONDS)
    listed = await rest.get(f"/projects/{project.project_id}/issues", query=f"release:list-{platform}@1 is:unresolved")
    assert [issue["id"] for issue in listed["items"]] == [stored["issue_id"]]
    issue = listed["items"][0]
    assert (issue["type"], issue["value"]) == (EXPECTED[platform]["type"], "no cover for 3 x lamp")
    assert issue["title"] == f"{EXPECTED[platform]['type']}: no cover for 3 x lamp"
    assert (issue["culprit"], issue["level"], issue["status"]) == (EXPECTED[platform]["culprit"], "error", "unresolved")
    assert issue["user_count"] == 1
    assert issue["first_seen"] <= issue["last_seen"]


@both_sdks
async def test_the_same_error_again_counts_up_and_another_error_is_another_issue(
    rest: RestApi, *, platform: str, make_shop: MakeShop
) -> None:
    shop = make_shop((await _fresh_project(rest, platform)).dsn)
    first = await rest.stored_event((await report(shop, "checkout")).event_id, within=VISIBLE_SECONDS)
    assert (await rest.get(f"/issues/{first['issue_id']}"))["event_count"] == 1

    second = await rest.stored_event((await report(shop, "checkout")).event_id, within=VISIBLE_SECONDS)
    assert second["issue_id"] == first["issue_id"]
    assert (await rest.get(f"/issues/{first['issue_id']}"))["event_count"] == 2

    other = await rest.stored_event((await report(shop, "ship")).event_id, within=VISIBLE_SECONDS)
    assert other["issue_id"] != first["issue_id"]
    listed = await rest.pages(f"/projects/{first['project_id']}/issues")
    assert {(issue["id"], issue["event_count"]) for issue in listed} == {(first["issue_id"], 2), (other["issue_id"], 1)}


@both_sdks
async def test_a_resolved_issue_that_recurs_is_a_regression(rest: RestApi, *, platform: str, make_shop: MakeShop) -> None:
    shop = make_shop((await _fresh_project(rest, platform)).dsn)
    before = await rest.stored_event((await report(shop, "checkout")).event_id, within=VISIBLE_SECONDS)
    path = f"/issues/{before['issue_id']}"
    resolved = await rest.send("PATCH", path, {"status": "resolved"})
    assert resolved["status"] == "resolved"

    again = await rest.stored_event((await report(shop, "checkout")).event_id, within=VISIBLE_SECONDS)
    assert again["issue_id"] == before["issue_id"]
    issue = await rest.get(path)
    assert (issue["status"], issue["substatus"], issue["event_count"]) == ("unresolved", "regressed", 2)
    assert issue["regressed_at"] is not None


@both_sdks
async def test_a_message_is_an_event_without_exception(rest: RestApi, *, platform: str, make_shop: MakeShop) -> None:
    shop = make_shop((await _fresh_project(rest, platform)).dsn)
    stored = await rest.stored_event((await report(shop, "message")).event_id, within=VISIBLE_SECONDS)
    event = stored["event"]
    assert (event["type"], event["message"]["formatted"]) == (None, "the warehouse is nearly empty")
    assert (event["title"], event["level"]) == ("the warehouse is nearly empty", "warning")


@both_sdks
async def test_chained_exceptions_keep_their_cause_and_their_order(rest: RestApi, *, platform: str, make_shop: MakeShop) -> None:
    shop = make_shop((await _fresh_project(rest, platform)).dsn)
    stored = await rest.stored_event((await report(shop, "chained")).event_id, within=VISIBLE_SECONDS)
    event = stored["event"]
    outer = {"python": "RuntimeError", "node": "Error"}[platform]
    assert (event["type"], event["value"]) == (outer, "the order was not placed")
    cause, main = event["exceptions"]
    assert (cause["type"], cause["value"]) == (EXPECTED[platform]["type"], "no cover for 3 x lamp")
    assert (main["type"], main["is_main"], cause["is_main"]) == (outer, True, False)
    assert cause["frames"]
    assert main["frames"]


async def _fresh_project(rest: RestApi, platform: str) -> Project:
    return await rest.new_project(f"Shop in {platform} {time.monotonic_ns()}", platform)
