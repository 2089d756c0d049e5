"""`errata audit` on a real installation: exported by the operator, verified by an auditor who has nothing but the file."""

import json
import os
import subprocess
import sys
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from audit import checkpoint
from tests.integration.audit.exported import with_manifest
from tests.integration.cli.up_process import ROOT, UpProcess, up_process


@pytest.fixture(scope="module")
def running() -> Iterator[UpProcess]:
    with up_process() as up:
        up.start()
        yield up


@pytest.fixture(scope="module")
def organization(running: UpProcess) -> str:
    endpoints = running.endpoints()
    request = urllib.request.Request(
        f"{endpoints['dashboard_url']}/api/v1/auth/session", headers={"Authorization": f"Bearer {endpoints['api_key']}"}
    )
    with urllib.request.urlopen(request, timeout=5) as answer:
        return str(json.load(answer)["organization"]["id"])


@pytest.fixture(scope="module")
def vkey(running: UpProcess) -> str:
    done = running.run("audit", "vkey")
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="module")
def bundle(running: UpProcess, organization: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything that the demo installation has recorded so far, the export itself included."""
    path = tmp_path_factory.mktemp("bundle") / "bundle.zip"
    done = running.run("audit", "export", "--organization", organization, "--out", str(path), "--disclosures")
    assert done.returncode == 0, done.stdout + done.stderr
    return path


def verify_elsewhere(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    """On a machine without settings, database or network (as far as this process can tell)."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ERRATA_")}
    command = [sys.executable, "-m", "cli.main", "audit", "verify", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_the_exported_bundle_is_verified_without_a_database(bundle: Path, vkey: str) -> None:
    done = verify_elsewhere(bundle, "--vkey", vkey)
    assert done.returncode == 0, done.stdout + done.stderr
    for proven in ("Signed", "Append-only", "Included", "Complete"):
        assert f"✓ {proven}" in done.stdout
    assert done.stderr == ""


def test_the_export_is_in_the_log_it_exports(bundle: Path) -> None:
    with zipfile.ZipFile(bundle) as archive:
        last = json.loads(archive.read("entries.jsonl").splitlines()[-1])
    assert last["record"]["action"] == "audit.export"
    assert last["record"]["actor"]["kind"] == "operator"
    assert last["record"]["details"] == {"filters": {}, "with_disclosures": True}
    assert last["record"]["reason"] == "errata audit export"


def test_only_its_owner_can_read_an_export(bundle: Path) -> None:
    assert bundle.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in bundle.parent.iterdir()] == [bundle.name], "nothing half done is left"


def test_a_verifier_without_a_key_is_told_what_that_means(bundle: Path) -> None:
    done = verify_elsewhere(bundle)
    assert done.returncode == 0
    assert "No --vkey" in done.stderr


def _forge(bundle: Path, target: Path) -> None:
    """Entry 1 happened a thousand years later, and the manifest fits."""
    with zipfile.ZipFile(bundle) as source:
        files = {name: source.read(name) for name in source.namelist()}
    lines = files["entries.jsonl"].splitlines(keepends=True)
    lines[1] = lines[1].replace(b'"occurred_at":"2', b'"occurred_at":"3')
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in with_manifest({**files, "entries.jsonl": b"".join(lines)}).items():
            archive.writestr(name, content)


def test_a_changed_bundle_names_the_first_bad_entry(bundle: Path, vkey: str, tmp_path: Path) -> None:
    forged = tmp_path / "forged.zip"
    _forge(bundle, forged)
    done = verify_elsewhere(forged, "--vkey", vkey)
    assert done.returncode == 1
    assert "NOT VERIFIED: entry 1:" in done.stderr


def test_the_wrong_key_verifies_nothing(bundle: Path, tmp_path: Path) -> None:
    keys = tmp_path / "keys.txt"
    keys.write_text(checkpoint.Signer("127.0.0.1/audit", bytes(32)).verifier.vkey() + "\n")
    done = verify_elsewhere(bundle, "--vkey", keys)
    assert (done.returncode, "no trusted signature" in done.stderr) == (1, True)


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--live",),
        ("missing.zip",),
        ("pyproject.toml",),
    ],
)
def test_what_cannot_be_verified_is_said_in_one_line(arguments: tuple[str, ...]) -> None:
    done = verify_elsewhere(*arguments)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("✗ ")
    assert "Traceback" not in done.stderr


def test_the_live_log_agrees_with_what_was_kept(running: UpProcess, organization: str, bundle: Path, tmp_path: Path) -> None:
    kept = tmp_path / "checkpoint"
    printed = running.run("audit", "checkpoint", "--organization", organization)
    assert printed.returncode == 0, printed.stderr
    kept.write_text(printed.stdout)
    done = running.run("audit", "verify", str(bundle), "--live", "--organization", organization, "--checkpoint", str(kept))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 checkpoints from outside agree" in done.stdout


def test_a_kept_checkpoint_proves_that_nothing_was_rewritten(
    running: UpProcess, organization: str, bundle: Path, vkey: str, tmp_path: Path
) -> None:
    with zipfile.ZipFile(bundle) as archive:
        kept = tmp_path / "checkpoint"
        kept.write_bytes(archive.read("checkpoint"))
    later = tmp_path / "later.zip"
    exported = running.run(
        "audit", "export", "--organization", organization, "--out", str(later), "--checkpoint", str(kept), "--since", "2026-01-01"
    )
    assert exported.returncode == 0, exported.stdout + exported.stderr
    done = verify_elsewhere(later, "--vkey", vkey, "--checkpoint", kept)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("wrong", [("--since", "yesterday"), ("--action", "cake.eat"), ("--checkpoint", "missing")])
def test_a_malformed_order_is_refused_before_it_is_recorded(
    wrong: tuple[str, str], running: UpProcess, organization: str, tmp_path: Path
) -> None:
    done = running.run("audit", "export", "--organization", organization, "--out", str(tmp_path / "b.zip"), *wrong)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "b.zip").exists()
