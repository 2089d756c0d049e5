"""The audit log of a running installation: who started it is in it, and an export is made, fetched and verified."""

import io
import json
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from audit import verification
from audit.checkpoint import parse_vkey
from tests.integration.cli.up_process import UpProcess, up_process


@pytest.fixture(scope="module")
def running() -> Iterator[UpProcess]:
    with up_process() as up:
        up.start()
        yield up


def ask(running: UpProcess, path: str, *, body: object = None) -> bytes:
    endpoints = running.endpoints()
    request = urllib.request.Request(
        f"{endpoints['dashboard_url']}{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {endpoints['api_key']}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        content: bytes = answer.read()
    return content


def ask_json(running: UpProcess, path: str, *, body: object = None) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(ask(running, path, body=body))
    return found


def test_the_first_start_is_the_operators_doing(running: UpProcess) -> None:
    items = ask_json(running, "/api/v1/audit/records?limit=100")["items"]
    first = [item for item in items if item["reason"] == "errata up: first start"]

    assert {item["actor"]["kind"] for item in first} == {"operator"}
    assert {item["action"] for item in first} == {
        "organization.create",
        "data_key.create",
        "member.add",
        "project.create",
        "dsn_key.create",
        "api_key.create",
    }


def test_a_command_of_the_operator_is_named(running: UpProcess) -> None:
    organization = ask_json(running, "/api/v1/organization")["id"]
    assert running.run("project", "create", "Shop", "--organization", organization).returncode == 0
    time.sleep(0.5)  # the sequencer runs every 200 ms
    items = ask_json(running, "/api/v1/audit/records?action=project.create")["items"]

    assert items[0]["reason"] == "errata project create"
    assert items[0]["changes"]["name"]["after"] == "Shop"


def test_an_export_is_made_by_the_scheduler_and_verified_without_us(running: UpProcess) -> None:
    asked = ask_json(running, "/api/v1/audit/exports", body={"with_disclosures": True})
    give_up_at = time.monotonic() + 30
    while asked["state"] != "done" and time.monotonic() < give_up_at:
        time.sleep(0.2)
        asked = ask_json(running, f"/api/v1/audit/exports/{asked['id']}")
    archive = ask(running, asked["download_url"])
    with zipfile.ZipFile(io.BytesIO(archive)) as bundle:
        files = {name: bundle.read(name) for name in bundle.namelist()}
    checkpoint = ask_json(running, "/api/v1/audit/checkpoint")
    trusted = tuple(parse_vkey(vkey) for vkey in checkpoint["vkeys"])

    assert asked["state"] == "done"
    assert verification.verify(files, trusted=trusted).is_complete
    assert b"admin@errata.example" in files["disclosures.jsonl"]
    assert all(b"admin@errata.example" not in content for name, content in files.items() if name != "disclosures.jsonl")
