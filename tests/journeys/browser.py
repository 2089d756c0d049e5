"""A real Chromium on the dashboard, and what it must never do: an error in the console, a request to somebody else."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright

from tests.journeys import node_packages
from tests.journeys.running_errata import Endpoints

# Without these Chromium talks to its maker; and a sandbox needs rights which a container does not have.
_ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_SIGN_IN_MS = 10_000
# The dashboard asks who is signed in before it shows the form; Chromium logs every 401.
_ALLOWED_ERRORS = (("/api/v1/auth/session", "401"),)

ColorScheme = Literal["light", "dark"]
StorageState = Any  # Playwright's own, passed on unread


@dataclass
class Visit:
    """A page and everything it was seen doing."""

    page: Page
    origin: str
    complaints: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def watch(self) -> None:
        self.page.on("console", self._note_console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))
        self.page.on("request", lambda request: self._note_address(request.url))
        self.page.on("websocket", lambda socket: self._note_address(socket.url))

    async def open(self, path: str) -> None:
        await self.page.goto(f"{self.origin}{path}")

    def _note_console(self, message: ConsoleMessage) -> None:
        address = message.location.get("url", "")
        if any(address.endswith(path) and text in message.text for path, text in _ALLOWED_ERRORS):
            return
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.type}: {message.text} ({address})")

    def _note_address(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"data", "blob"} and parts.netloc != urlsplit(self.origin).netloc:
            self.strangers.append(url)


@asynccontextmanager
async def running_browser() -> AsyncIterator[Browser]:
    program = next((found for name in _NAMES if (found := shutil.which(name))), None)
    if program is None:
        raise RuntimeError(f"no browser was found (looked for {', '.join(_NAMES)}): apt-get install chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=_ARGUMENTS)
        yield browser
        await browser.close()


@asynccontextmanager
async def visit(
    browser: Browser, endpoints: Endpoints, *, signed_in: StorageState = None, color_scheme: ColorScheme = "light"
) -> AsyncIterator[Visit]:
    """A fresh profile; fails afterwards if the page complained or asked anybody else."""
    context = await browser.new_context(
        storage_state=signed_in, color_scheme=color_scheme, locale="en-GB", viewport={"width": 1440, "height": 900}
    )
    visited = Visit(await context.new_page(), endpoints.dashboard_url)
    visited.watch()
    try:
        yield visited
    finally:
        await context.close()
    assert visited.complaints == []
    assert visited.strangers == []


async def sign_in(page: Page, endpoints: Endpoints) -> None:
    """Fill in the form which the page shows, and wait for what comes behind it."""
    await page.get_by_label("E-mail").fill(endpoints.admin_email)
    await page.get_by_label("Password").fill(endpoints.admin_password)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url(lambda url: "/sign-in" not in url, timeout=_SIGN_IN_MS)


async def accessibility_violations(page: Page) -> list[str]:
    """What axe-core finds of serious or critical impact, one line each."""
    await page.evaluate((node_packages.FOLDER / "node_modules" / "axe-core" / "axe.min.js").read_text())
    found = await page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(({violations}) => violations)")
    return [
        f"{violation['id']} ({violation['impact']}): {node['html'][:200]} {node['failureSummary'][:300]}"
        for violation in found
        if violation["impact"] in {"serious", "critical"}
        for node in violation["nodes"]
    ]
