"""A verifier with none of our code: thirty lines around golang.org/x/mod accept our bundle and refuse eight forged ones.

The forger has the signing key wherever it helps: he rebuilds the tree and signs the new checkpoint.  What he cannot change is the
older checkpoint, which the verifier holds.
"""

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from audit.checkpoint import Checkpoint, Signer, format_checkpoint, parse_checkpoint
from runtime.keyring import LocalKeyring
from tests.conftest import DatabaseFor, MakeTenant
from tests.integration.audit.exported import write_log
from tests.integration.audit.written_log import SIGNER
from tests.unit.audit.naive_tree import NaiveTree

SOURCE = Path(__file__).with_name("go_verifier")
STRANGER = Signer(SIGNER.verifier.name, b"\x03" * 32)
BAD = 5  # the entry that is attacked; the older checkpoint covers it
Reference = dict[str, Any]


@pytest.fixture(scope="session")
def verifier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program, built from source."""
    go = shutil.which("go")
    if go is None:
        reason = "no Go toolchain: install one to run the independent verifier of audit bundles"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    program = tmp_path_factory.mktemp("go") / "verify"
    built = subprocess.run(
        [go, "build", "-o", program, "."], cwd=SOURCE, capture_output=True, text=True, timeout=100, check=False
    )
    assert built.returncode == 0, built.stderr
    return program


@dataclass(frozen=True)
class Run:
    has_accepted: bool
    said: str


@pytest.fixture
def run(verifier: Path, tmp_path: Path) -> Callable[[Reference], Run]:
    def run_verifier(reference: Reference) -> Run:
        path = tmp_path / "reference.json"
        path.write_text(json.dumps(reference))
        done = subprocess.run([verifier, path], capture_output=True, text=True, timeout=20, check=False)
        return Run(done.returncode == 0, done.stdout + done.stderr)

    return run_verifier


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def reference(
    database_for: DatabaseFor, make_tenant: MakeTenant, keyring: LocalKeyring, tmp_path_factory: pytest.TempPathFactory
) -> Reference:
    """reference.json of an export of everything, 300 entries and some."""
    tenant = await make_tenant()
    log = await write_log(
        database_for("api"), database_for("sequencer"), tenant.organization_id, keyring=keyring, minutes=3, per_minute=100
    )
    files, _ = await log.export(tmp_path_factory.mktemp("reference"))
    found: Reference = json.loads(files["reference.json"])
    assert len(found["Entries"]) == log.size
    assert 0 < found["Oldsize"] < found["Size"]
    return found


async def test_our_bundle_is_accepted(reference: Reference, run: Callable[[Reference], Run]) -> None:
    done = run(reference)
    assert done.has_accepted, done.said
    assert f"inclusion of {reference['Size']} entries" in done.said


def _raw(reference: Reference) -> list[bytes]:
    return [base64.b64decode(entry["Entry"]) for entry in reference["Entries"]]


def _base64(hashes: list[bytes]) -> list[str]:
    return [base64.b64encode(item).decode() for item in hashes]


def _note(reference: Reference, tree: NaiveTree, size: int, *, signer: Signer = SIGNER) -> str:
    origin = parse_checkpoint(reference["New"].rpartition("\n\n")[0] + "\n").origin
    return signer.sign(format_checkpoint(Checkpoint(origin, size, tree.root(size))))


def _rebuilt(reference: Reference, entries: list[bytes], *, signer: Signer = SIGNER) -> Reference:
    """Another log, in itself without fault and signed, beside the genuine older checkpoint."""
    tree, size = NaiveTree(entries), len(entries)
    return reference | {
        "New": _note(reference, tree, size, signer=signer),
        "Size": size,
        "Consistency": _base64(tree.proof(reference["Oldsize"], size)),
        "Entries": [
            {"Index": index, "Entry": base64.b64encode(entry).decode(), "Proof": _base64(tree.path(index, size))}
            for index, entry in enumerate(entries)
        ],
    }


def _altered(reference: Reference) -> Reference:
    entries = [dict(entry) for entry in reference["Entries"]]
    raw = base64.b64decode(entries[BAD]["Entry"])
    entries[BAD]["Entry"] = base64.b64encode(raw.replace(b"public", b"hidden")).decode()
    assert entries[BAD] != reference["Entries"][BAD]
    return reference | {"Entries": entries}


def _deleted(reference: Reference) -> Reference:
    entries = _raw(reference)
    del entries[BAD]
    return _rebuilt(reference, entries)


def _reordered(reference: Reference) -> Reference:
    entries = [dict(entry) for entry in reference["Entries"]]
    entries[BAD]["Entry"], entries[BAD + 1]["Entry"] = entries[BAD + 1]["Entry"], entries[BAD]["Entry"]
    return reference | {"Entries": entries}


def _inserted(reference: Reference) -> Reference:
    entries = _raw(reference)
    entries.insert(BAD, entries[BAD - 1])
    return _rebuilt(reference, entries)


def _truncated(reference: Reference) -> Reference:
    return _rebuilt(reference, _raw(reference)[: reference["Oldsize"] - 1])


def _forked(reference: Reference) -> Reference:
    entries = _raw(reference)
    entries[BAD] = entries[BAD].replace(b"public", b"hidden")
    return _rebuilt(reference, entries)


def _old_signed_again(reference: Reference) -> Reference:
    entries = _raw(reference)
    entries[BAD] = entries[BAD].replace(b"public", b"hidden")
    return reference | {"Old": _note(reference, NaiveTree(entries), reference["Oldsize"])}


def _wrong_key(reference: Reference) -> Reference:
    return _rebuilt(reference, _raw(reference), signer=STRANGER)


@pytest.mark.parametrize(
    ("forge", "reason"),
    [
        (_altered, f"INCLUSION FAIL {BAD}"),
        (_deleted, "CONSISTENCY FAIL"),
        (_reordered, f"INCLUSION FAIL {BAD}"),
        (_inserted, "CONSISTENCY FAIL"),
        (_truncated, "CONSISTENCY FAIL"),
        (_forked, "CONSISTENCY FAIL"),
        (_old_signed_again, "CONSISTENCY FAIL"),
        (_wrong_key, "SIG FAIL"),
    ],
)
async def test_a_forged_bundle_is_refused(
    forge: Callable[[Reference], Reference], reason: str, reference: Reference, run: Callable[[Reference], Run]
) -> None:
    done = run(forge(reference))
    assert not done.has_accepted
    assert reason in done.said


async def test_the_forger_knows_his_trade(reference: Reference, run: Callable[[Reference], Run]) -> None:
    """A log rebuilt without any change is accepted: what is refused above is refused for the change."""
    assert run(_rebuilt(reference, _raw(reference))).has_accepted
