"""An export from the request to the verified bundle, and what a thief of the file or a passer-by gets: nothing."""

import io
import zipfile
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest_asyncio

from audit import export_jobs, verification
from audit.disclosure_erasure import erase_disclosures, records_about
from cli.audit_exports import Exporter
from identity.scopes import Role, Scope
from tests.integration.dashboard_api.conftest import SIGNER, MakeWorkspace
from tests.integration.dashboard_api.test_api_keys import make_key
from tests.integration.dashboard_api.workspace import Workspace
from tests.integration.recorded import recorded

EXPORTS = "/api/v1/audit/exports"


@pytest_asyncio.fixture(loop_scope="session")
async def exporter(workspace: Workspace, sequencing: None) -> AsyncIterator[Exporter]:
    """The scheduler's job; the sequencer runs beside it."""
    directory = workspace.dependencies.settings.exports_dir
    assert directory is not None
    yield Exporter(directory, workspace.dependencies.keyring, workspace.clock)


async def ask(client: httpx2.AsyncClient, **wanted: object) -> dict[str, Any]:
    answer = await client.post(EXPORTS, json=wanted)
    assert answer.status_code == 202, answer.text
    asked: dict[str, Any] = answer.json()
    return asked


async def make(workspace: Workspace, exporter: Exporter, client: httpx2.AsyncClient, **wanted: object) -> dict[str, Any]:
    """Ask, let the scheduler work, look again."""
    asked = await ask(client, **wanted)
    await exporter.run(workspace.database_for("jobs"))
    return await look(client, asked)


async def look(client: httpx2.AsyncClient, asked: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (await client.get(f"{EXPORTS}/{asked['id']}")).json()
    return found


def files_of_exports(directory: Path, workspace: Workspace) -> list[Path]:
    """What lies there of this organization; the exporter serves those of other tests, too."""
    return sorted((directory / str(workspace.organization_id)).glob("*"))


def files_in(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


async def test_a_bundle_is_asked_for_made_fetched_and_verified(
    workspace: Workspace, exporter: Exporter, client: httpx2.AsyncClient
) -> None:
    await client.get(workspace.issues_url, headers={"User-Agent": "Very personal browser"})
    made = await make(workspace, exporter, client, with_disclosures=True)
    assert (made["state"], made["progress"]) == ("done", 100)
    answer = await client.get(made["download_url"])
    files = files_in(answer.content)
    report = verification.verify(files, trusted=(SIGNER.verifier,))

    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"] == f'attachment; filename="errata-audit-{made["id"]}.zip"'
    assert len(answer.content) == made["size_bytes"]
    assert report.is_complete
    assert report.first_index == 0
    assert b"Very personal browser" in files["disclosures.jsonl"]
    assert b"Very personal browser" not in files["entries.jsonl"]


async def test_filters_narrow_and_without_disclosures_there_are_none(
    workspace: Workspace, exporter: Exporter, client: httpx2.AsyncClient
) -> None:
    await client.get(workspace.issues_url)
    await client.get("/api/v1/organization/members")
    made = await make(workspace, exporter, client, action="member.list")
    files = files_in((await client.get(made["download_url"])).content)

    assert made["filters"] == {"action": "member.list"}
    assert files["entries.jsonl"].count(b"\n") == 1
    assert files["disclosures.jsonl"] == b""


async def test_the_file_at_rest_is_sealed_and_the_working_copy_is_gone(
    workspace: Workspace, exporter: Exporter, client: httpx2.AsyncClient, tmp_path: Path
) -> None:
    await make(workspace, exporter, client)
    (left,) = files_of_exports(tmp_path, workspace)

    assert left.suffix == ".sealed"
    assert b"entries.jsonl" not in left.read_bytes()
    assert list((tmp_path / "work").iterdir()) == []


async def test_request_and_download_are_recorded_before_they_are_answered(
    workspace: Workspace, exporter: Exporter, client: httpx2.AsyncClient
) -> None:
    made = await make(workspace, exporter, client, action="issue.open")
    answer = await client.get(made["download_url"])
    (asked,) = await recorded(workspace.database_for, workspace.organization_id, "audit.export")
    (fetched,) = await recorded(workspace.database_for, workspace.organization_id, "audit.download")

    assert asked.target == fetched.target == ("audit_export", made["id"])
    assert asked.record["details"] == {"filters": {"action": "issue.open"}, "with_disclosures": False}
    assert fetched.record["request_id"] == answer.headers["x-request-id"]


async def test_an_export_ends_after_a_day(
    workspace: Workspace, exporter: Exporter, client: httpx2.AsyncClient, tmp_path: Path
) -> None:
    made = await make(workspace, exporter, client)
    for _ in range(4):
        workspace.clock.move(timedelta(hours=6))
        await client.get(EXPORTS)  # keeps the session alive
    (ended,) = (await client.get(EXPORTS)).json()["items"]
    refused = await client.get(made["download_url"])

    assert (ended["state"], ended["download_url"]) == ("expired", None)
    assert (refused.status_code, refused.json()["code"]) == (409, "export_not_ready")
    await exporter.run(workspace.database_for("jobs"))
    assert files_of_exports(tmp_path, workspace) == []


async def test_a_file_that_was_lost_or_changed_is_a_problem_and_no_download(
    workspace: Workspace, exporter: Exporter, client: httpx2.AsyncClient, tmp_path: Path
) -> None:
    made = await make(workspace, exporter, client)
    (path,) = files_of_exports(tmp_path, workspace)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    changed = await client.get(made["download_url"])
    path.unlink()
    lost = await client.get(made["download_url"])

    assert (changed.status_code, changed.json()["code"]) == (500, "unreadable")
    assert (lost.status_code, lost.json()["code"]) == (409, "export_not_ready")


async def test_an_export_that_was_killed_is_made_by_the_next_scheduler(
    workspace: Workspace, exporter: Exporter, client: httpx2.AsyncClient, tmp_path: Path
) -> None:
    asked = await ask(client)
    jobs = workspace.database_for("jobs")
    async with jobs.tenant(workspace.organization_id) as tx:
        killed = await export_jobs.claim(tx, now=workspace.clock())
    assert killed is not None
    left_behind = tmp_path / "work" / asked["id"] / "entries.jsonl"
    left_behind.parent.mkdir(parents=True)
    left_behind.write_text("in clear")
    await exporter.run(jobs)
    assert (await look(client, asked))["state"] == "running", "somebody may still work on it"
    workspace.clock.move(export_jobs.HEARTBEAT_LOST)
    await exporter.run(jobs)

    assert (await look(client, asked))["state"] == "done"
    assert not left_behind.exists()


async def test_what_fails_again_and_again_fails_for_good(
    workspace: Workspace, exporter: Exporter, client: httpx2.AsyncClient, tmp_path: Path
) -> None:
    asked = await ask(client)
    (tmp_path / "work").write_text("no directory")
    states = []
    for _ in range(export_jobs.MAX_ATTEMPTS + 1):
        await exporter.run(workspace.database_for("jobs"))
        states.append((await look(client, asked))["state"])

    assert states == ["waiting"] * export_jobs.MAX_ATTEMPTS + ["failed"]


async def test_no_work_begins_before_a_checkpoint_covers_the_request(workspace: Workspace, client: httpx2.AsyncClient) -> None:
    late = await client.post(EXPORTS, json={})
    async with workspace.database_for("jobs").tenant(workspace.organization_id) as tx:
        assert await export_jobs.claim(tx, now=workspace.clock()) is None

    assert (late.status_code, late.json()["code"]) == (503, "checkpoint_late")
    (asked,) = (await client.get(EXPORTS)).json()["items"]
    assert asked["state"] == "waiting"


async def test_a_neighbour_sees_and_fetches_nothing(
    workspace: Workspace, exporter: Exporter, client: httpx2.AsyncClient, new_workspace: MakeWorkspace
) -> None:
    made = await make(workspace, exporter, client)
    async with (await new_workspace()).signed_in() as neighbour:
        assert (await neighbour.get(EXPORTS)).json() == {"items": []}
        assert (await neighbour.get(f"{EXPORTS}/{made['id']}")).status_code == 404
        assert (await neighbour.get(made["download_url"])).status_code == 404


async def test_disclosures_need_the_right_to_read_them(
    workspace: Workspace, exporter: Exporter, client: httpx2.AsyncClient
) -> None:
    made = await make(workspace, exporter, client, with_disclosures=True)
    key = await make_key(client, Scope.AUDIT_EXPORT)
    async with workspace.client(Authorization=f"Bearer {key['secret']}") as program:
        asked = await program.post(EXPORTS, json={"with_disclosures": True})
        fetched = await program.get(made["download_url"])
        without = await program.post(EXPORTS, json={})

    assert [answer.status_code for answer in (asked, fetched, without)] == [403, 403, 202]
    assert asked.json()["detail"] == "This needs the scope audit:read."


async def test_a_member_exports_nothing(workspace: Workspace, client: httpx2.AsyncClient) -> None:
    await workspace.set_role(Role.MEMBER)
    assert (await client.post(EXPORTS, json={})).status_code == 403
    assert (await client.get(f"{EXPORTS}/{UUID(int=7)}")).status_code == 403


async def test_after_an_erasure_every_proof_holds_and_the_person_is_nowhere(
    workspace: Workspace, exporter: Exporter, client: httpx2.AsyncClient
) -> None:
    await client.get(workspace.issues_url, params={"query": "grace"}, headers={"User-Agent": "Very personal browser"})
    before = await files_of(client, await make(workspace, exporter, client, with_disclosures=True))
    async with workspace.database_for("jobs").tenant(workspace.organization_id) as tx:
        await erase_disclosures(tx, await records_about(tx, workspace.user_id))
    after = await files_of(client, await make(workspace, exporter, client, with_disclosures=True))
    words = (b"Very personal browser", b"grace", b"127.0.0.1")

    assert verification.verify(after, trusted=(SIGNER.verifier,), older_note=before["checkpoint"].decode()).is_complete
    assert after["entries.jsonl"].startswith(before["entries.jsonl"])
    kept = {name: content for name, content in after.items() if name != "disclosures.jsonl"}
    assert not any(word in content for content in kept.values() for word in words)
    assert not any(word in after["disclosures.jsonl"] for word in words[:2])


async def files_of(client: httpx2.AsyncClient, made: dict[str, Any]) -> dict[str, bytes]:
    return files_in((await client.get(made["download_url"])).content)
