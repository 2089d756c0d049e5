"""A person at the dashboard while real SDKs report errors."""

import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.journeys.browser import (
    ColorScheme,
    StorageState,
    accessibility_violations,
    running_browser,
    sign_in,
    visit,
)
from tests.journeys.rest import Project, RestApi
from tests.journeys.running_errata import RunningErrata
from tests.journeys.sdk_runs import python_shop, report

VISIBLE_SECONDS = 2.0  # from the server's answer to the SDK to the reader's eyes (issue 2)
VISIBLE_MS = VISIBLE_SECONDS * 1000


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with running_browser() as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def signed_in(browser: Browser, errata: RunningErrata) -> StorageState:
    """The cookies of the administrator, got through the form."""
    async with visit(browser, errata.endpoints) as visited:
        await visited.open("/")
        await sign_in(visited.page, errata.endpoints)
        return await visited.page.context.storage_state()


async def test_signing_in_with_the_printed_login_leads_to_the_issues(browser: Browser, errata: RunningErrata) -> None:
    async with visit(browser, errata.endpoints) as visited:
        await visited.open("/")
        await expect(visited.page.get_by_role("heading", name="Sign in")).to_be_visible()
        await sign_in(visited.page, errata.endpoints)
        await expect(visited.page.get_by_role("heading", name="Issues", level=1)).to_be_attached()
        cookies = await visited.page.context.cookies()
        assert [(cookie["httpOnly"], cookie["sameSite"]) for cookie in cookies if "session" in cookie["name"]] == [(True, "Lax")]


async def test_a_deep_link_survives_the_sign_in(browser: Browser, errata: RunningErrata, rest: RestApi) -> None:
    project = await _project(rest)
    async with visit(browser, errata.endpoints) as visited:
        await visited.open(_list_of(project))
        await sign_in(visited.page, errata.endpoints)
        await visited.page.wait_for_url(f"**{_list_of(project)}")


async def test_errors_appear_without_reloading_within_two_seconds(
    browser: Browser, errata: RunningErrata, rest: RestApi, signed_in: StorageState
) -> None:
    project = await _project(rest)
    async with visit(browser, errata.endpoints, signed_in=signed_in) as visited:
        page = visited.page
        await visited.open(_list_of(project))
        await expect(page.get_by_text("Waiting for the first event …")).to_be_visible()
        first = await report(python_shop(project.dsn), "ship")
        await expect(page.get_by_role("link", name="KeyError")).to_be_visible(timeout=VISIBLE_MS)
        assert time.time() - first.answered_at < VISIBLE_SECONDS

        second = await report(python_shop(project.dsn), "checkout")
        await expect(page.get_by_role("button", name="1 new")).to_be_visible(timeout=VISIBLE_MS)
        assert time.time() - second.answered_at < VISIBLE_SECONDS
        await page.get_by_role("button", name="1 new").click()
        await expect(page.get_by_role("link", name="PaymentDeclinedError")).to_be_visible()


async def test_the_issue_page_shows_where_it_broke_and_what_came_before(
    browser: Browser, errata: RunningErrata, rest: RestApi, signed_in: StorageState
) -> None:
    project = await _project(rest)
    await rest.stored_event((await report(python_shop(project.dsn), "checkout")).event_id, within=VISIBLE_SECONDS)
    async with visit(browser, errata.endpoints, signed_in=signed_in) as visited:
        page = visited.page
        await visited.open(_list_of(project))
        await page.get_by_role("link", name="PaymentDeclinedError").click()
        await expect(page.get_by_role("heading", name="PaymentDeclinedError", level=1)).to_be_visible()
        await expect(page.get_by_text("no cover for 3 x lamp").first).to_be_visible()

        stack = page.get_by_role("region", name="Stack trace")
        await expect(stack.get_by_text("charge", exact=True)).to_be_visible()
        failing_line = stack.locator("[data-hit=true]").first
        await expect(failing_line).to_contain_text('raise PaymentDeclinedError(f"no cover for {count} x {item}")')
        await expect(stack.get_by_text("item, count = ORDERS[order]")).to_be_visible()

        breadcrumbs = page.get_by_role("region", name="Breadcrumbs")
        await expect(breadcrumbs.get_by_text("opened the cart")).to_be_visible()
        await expect(breadcrumbs.get_by_text("asked the bank")).to_be_visible()
        tags = page.get_by_role("region", name="Tags of this event")
        await expect(tags.get_by_text("tier")).to_be_visible()
        await expect(tags.get_by_text("gold")).to_be_visible()


async def test_r_resolves_and_a_recurrence_is_shown_as_regressed(
    browser: Browser, errata: RunningErrata, rest: RestApi, signed_in: StorageState
) -> None:
    project = await _project(rest)
    stored = await rest.stored_event((await report(python_shop(project.dsn), "checkout")).event_id, within=VISIBLE_SECONDS)
    async with visit(browser, errata.endpoints, signed_in=signed_in) as visited:
        page = visited.page
        await visited.open(f"{_list_of(project)}/{stored['issue_id']}")
        await expect(page.get_by_role("button", name="Resolve", exact=True)).to_be_visible()
        await page.keyboard.press("r")
        await expect(page.get_by_text("Resolved", exact=True)).to_be_visible()
        await rest.issue_when(stored["issue_id"], within=VISIBLE_SECONDS, status="resolved")

        await page.keyboard.press("u")
        await page.wait_for_url(lambda url: stored["issue_id"] not in url)
        await expect(page.get_by_role("link", name="PaymentDeclinedError")).to_be_hidden()
        await report(python_shop(project.dsn), "checkout")
        await page.get_by_role("button", name="1 updated").click(timeout=VISIBLE_MS)
        row = page.locator(f"tr[data-issue-id='{stored['issue_id']}']")
        await expect(row.get_by_text("Regressed")).to_be_visible()
        await row.get_by_role("link", name="PaymentDeclinedError").click()
        await expect(page.locator("header").get_by_text("Regressed")).to_be_visible()


async def test_a_recurrence_is_shown_on_the_open_issue_page(
    browser: Browser, errata: RunningErrata, rest: RestApi, signed_in: StorageState
) -> None:
    project = await _project(rest)
    stored = await rest.stored_event((await report(python_shop(project.dsn), "checkout")).event_id, within=VISIBLE_SECONDS)
    await rest.send("PATCH", f"/issues/{stored['issue_id']}", {"status": "resolved"})
    async with visit(browser, errata.endpoints, signed_in=signed_in) as visited:
        header = visited.page.locator("header", has=visited.page.get_by_role("heading", level=1))
        await visited.open(f"{_list_of(project)}/{stored['issue_id']}")
        await expect(header.get_by_text("Resolved", exact=True)).to_be_visible()
        await report(python_shop(project.dsn), "checkout")
        await expect(header.get_by_text("Regressed")).to_be_visible(timeout=VISIBLE_MS)


async def test_the_list_is_walked_with_j_and_k_and_opened_with_o(
    browser: Browser, errata: RunningErrata, rest: RestApi, signed_in: StorageState
) -> None:
    project = await _project(rest)
    for errand in ("checkout", "ship"):
        await rest.stored_event((await report(python_shop(project.dsn), errand)).event_id, within=VISIBLE_SECONDS)
    async with visit(browser, errata.endpoints, signed_in=signed_in) as visited:
        page = visited.page
        await visited.open(_list_of(project))
        newest, older = page.get_by_role("link", name="KeyError"), page.get_by_role("link", name="PaymentDeclinedError")
        await expect(newest).to_be_visible()
        for key, focused in (("j", newest), ("j", older), ("j", older), ("k", newest), ("j", older)):
            await page.keyboard.press(key)
            await expect(focused).to_be_focused()
        await page.keyboard.press("o")
        await expect(page.get_by_role("heading", name="PaymentDeclinedError", level=1)).to_be_visible()


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
async def test_sign_in_list_and_issue_are_accessible(
    browser: Browser, errata: RunningErrata, rest: RestApi, *, signed_in: StorageState, color_scheme: ColorScheme
) -> None:
    project = await _project(rest)
    stored = await rest.stored_event((await report(python_shop(project.dsn), "chained")).event_id, within=VISIBLE_SECONDS)
    async with visit(browser, errata.endpoints, color_scheme=color_scheme) as visited:
        await visited.open("/sign-in")
        await expect(visited.page.get_by_role("heading", name="Sign in")).to_be_visible()
        await _assert_accessible(visited.page)
    async with visit(browser, errata.endpoints, signed_in=signed_in, color_scheme=color_scheme) as visited:
        await visited.open(_list_of(project))
        await expect(visited.page.get_by_role("link", name="RuntimeError")).to_be_visible()
        await _assert_accessible(visited.page)
        await visited.open(f"{_list_of(project)}/{stored['issue_id']}")
        await expect(visited.page.get_by_role("region", name="Stack trace")).to_be_visible()
        await _assert_accessible(visited.page)


async def _assert_accessible(page: Page) -> None:
    assert await accessibility_violations(page) == []


async def _project(rest: RestApi) -> Project:
    return await rest.new_project(f"Shop in the browser {time.monotonic_ns()}", "python")


def _list_of(project: Project) -> str:
    return f"/projects/{project.project_id}/issues"
