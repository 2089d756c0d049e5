"""The dashboard's own pages, the headers around everything, health, and problems that are no accident."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest

from dashboard_api.security_headers import CONTENT_SECURITY_POLICY
from dashboard_api.wiring import ApiDependencies
from runtime.redis_client import connect
from runtime.secrets import Secret
from tests.integration.dashboard_api.workspace import Workspace, nameless


@pytest.fixture
def build(tmp_path: Path) -> Path:
    folder = tmp_path / "static"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>Errata</title>")
    (folder / "favicon.svg").write_text("<svg/>")
    (folder / "assets" / "index-abc123.js").write_text("1")
    (folder / ".hidden").write_text("hidden")
    (tmp_path / "secret.txt").write_text("secret")
    return folder


def with_build(workspace: Workspace, build: Path | None) -> Workspace:
    dependencies = workspace.dependencies
    return replace(workspace, dependencies=replace(dependencies, settings=replace(dependencies.settings, static_dir=build)))


@pytest.mark.parametrize("path", ["/", "/issues/1?query=x", "/settings/api-keys", "/index.html", "/no/such.js"])
async def test_every_address_of_the_app_is_the_app(workspace: Workspace, build: Path, path: str) -> None:
    async with with_build(workspace, build).client() as browser:
        answer = await browser.get(path)

    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert "<title>Errata</title>" in answer.text
    assert answer.headers["content-type"].startswith("text/html")


async def test_hashed_assets_are_kept_for_ever(workspace: Workspace, build: Path) -> None:
    async with with_build(workspace, build).client() as browser:
        answer = await browser.get("/assets/index-abc123.js")
        icon = await browser.get("/favicon.svg")
        head = await browser.head("/")

    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "javascript" in answer.headers["content-type"]
    assert icon.headers["cache-control"] == "public, max-age=3600"
    assert (head.status_code, head.content) == (200, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/assets/missing.js",
        "/assets/%2e%2e/%2e%2e/secret.txt",
        "/api",
        "/api/",
        "/api/v1/none",
        "/api/0/x",
    ],
)
async def test_what_is_not_there_is_not_the_app(workspace: Workspace, build: Path, path: str) -> None:
    async with with_build(workspace, build).client() as browser:
        answer = await browser.get(path)

    assert "secret" not in answer.text
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


@pytest.mark.parametrize("path", ["/assets/../../secret.txt", "/..%2fsecret.txt", "/%2e%2e/secret.txt", "/.hidden", "/x%00y"])
async def test_nothing_outside_the_build_is_served(workspace: Workspace, build: Path, path: str) -> None:
    async with with_build(workspace, build).client() as browser:
        answer = await browser.get(path)

    assert "secret" not in answer.text
    assert "hidden" not in answer.text


async def test_without_a_build_a_plain_page_says_how_to_make_one(workspace: Workspace) -> None:
    async with with_build(workspace, None).client() as browser:
        answer = await browser.get("/")

    assert answer.status_code == 503
    assert "make web" in answer.text


@pytest.mark.parametrize(
    "path", ["/", "/healthz", "/api/v1/projects", "/api/v1/none", "/assets/index-abc123.js", "/api/v1/openapi.json"]
)
async def test_every_answer_carries_the_security_headers(workspace: Workspace, build: Path, path: str) -> None:
    async with with_build(workspace, build).client() as browser:
        headers = (await browser.get(path)).headers

    assert headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "access-control-allow-origin" not in headers
    assert "strict-transport-security" not in headers


async def test_answers_of_the_api_are_never_stored(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/api/v1/projects")).headers["cache-control"] == "no-store"


async def test_health_and_figures(workspace: Workspace) -> None:
    async with workspace.client() as browser:
        assert (await browser.get("/healthz")).text == "ok\n"
        assert (await browser.get("/readyz")).text == "ready\n"
        figures = (await browser.get("/metrics")).text

    assert 'errata_api_requests_total{method="GET",route="/healthz",status="200"}' in figures
    assert str(workspace.organization_id) not in figures


async def test_without_redis_the_process_is_not_ready_and_login_says_so(
    workspace: Workspace, dependencies: ApiDependencies
) -> None:
    away = connect(Secret("redis://127.0.0.1:1"), timeout_seconds=0.5)
    async with replace(workspace, dependencies=replace(dependencies, redis=away)).client() as browser:
        ready = await browser.get("/readyz")
        login = await browser.post("/api/v1/auth/login", json={"email": "a@b.test", "password": "x"})
    await away.aclose()

    assert (ready.status_code, ready.json()["code"]) == (503, "redis_unreachable")
    assert (login.status_code, login.json()["code"]) == (503, "unavailable")


async def chunks() -> AsyncIterator[bytes]:
    for _ in range(40):
        yield b"x" * 10_000


async def test_a_body_that_is_too_large_is_refused_with_or_without_a_length(client: httpx2.AsyncClient) -> None:
    told = await client.post("/api/v1/projects", json={"name": "x" * 300_000})
    noticed = await client.post("/api/v1/projects", content=chunks(), headers={"Content-Type": "application/json"})

    assert [answer.status_code for answer in (told, noticed)] == [413, 413]
    assert nameless(told) == nameless(noticed)
    assert told.json()["code"] == "content_too_large"
    assert told.headers["content-security-policy"] == CONTENT_SECURITY_POLICY


async def test_a_wrong_method_is_a_problem_too(client: httpx2.AsyncClient) -> None:
    answer = await client.put("/api/v1/projects", json={})

    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


async def test_an_invalid_body_is_described_without_being_repeated(workspace: Workspace) -> None:
    async with workspace.client() as browser:
        answer = await browser.post("/api/v1/auth/login", json={"email": workspace.email, "password": ["hunter2hunter2"]})
        broken = await browser.post("/api/v1/auth/login", content=b"{hunter2", headers={"Content-Type": "application/json"})

    assert answer.status_code == broken.status_code == 422
    assert answer.json()["fields"][0]["location"] == "body.password"
    assert "hunter2" not in answer.text
    assert "hunter2" not in broken.text


async def test_without_a_credential_nothing_is_shown(workspace: Workspace) -> None:
    async with workspace.client() as browser:
        for path in (
            "/api/v1/projects",
            "/api/v1/auth/session",
            workspace.issues_url,
            "/api/v1/api-keys",
            "/api/v1/events/" + "0" * 32,
        ):
            answer = await browser.get(path)
            assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
