"""Exports verify, whatever range is asked for; nothing that was done to one afterwards does."""

import base64
import csv
import io
import json
import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from audit.actions import AuditAction
from audit.bundle import NothingToExportError
from audit.checkpoint import Checkpoint, Signer, format_checkpoint
from audit.disclosure_erasure import erase_disclosures
from audit.explorer import RecordFilter, search
from audit.verification import BundleError
from audit.verification import verify as verify_with
from runtime.keyring import LocalKeyring
from tests.conftest import DatabaseFor, MakeTenant
from tests.integration.audit.exported import (
    ACTORS,
    ADDRESS,
    START,
    Files,
    WrittenLog,
    changed,
    lines,
    verify,
    with_manifest,
    write_log,
)
from tests.integration.audit.written_log import SIGNER, Superuser


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def log(database_for: DatabaseFor, make_tenant: MakeTenant, keyring: LocalKeyring) -> WrittenLog:
    tenant = await make_tenant()
    return await write_log(database_for("api"), database_for("sequencer"), tenant.organization_id, keyring=keyring)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def whole(log: WrittenLog, tmp_path_factory: pytest.TempPathFactory) -> Files:
    """Everything, with disclosures."""
    files, _ = await log.export(tmp_path_factory.mktemp("whole"), with_disclosures=True)
    return files


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def middle(log: WrittenLog, tmp_path_factory: pytest.TempPathFactory) -> Files:
    """Minutes 2 and 3, with neighbours on both sides."""
    wanted = RecordFilter(since=START + timedelta(minutes=1, seconds=30), until=START + timedelta(minutes=4))
    files, _ = await log.export(tmp_path_factory.mktemp("middle"), wanted)
    return files


async def test_a_whole_export_proves_everything(log: WrittenLog, whole: Files) -> None:
    report = verify(whole)
    assert (report.entries, report.first_index, report.last_index, report.tree_size) == (log.size, 0, log.size - 1, log.size)
    assert report.is_complete
    assert report.disclosures >= 1200
    assert report.origin == f"errata.test/audit/{log.organization_id}"


async def test_a_range_of_time_is_complete_with_its_neighbours(log: WrittenLog, middle: Files) -> None:
    report = verify(middle)
    assert (report.first_index, report.last_index) == (log.batches[1], log.batches[3] - 1)
    assert report.is_complete
    assert report.older_size == log.batches[1], "the consistency reaches from before the range to now"
    exported = json.loads(middle["range.json"])
    assert (exported["before"]["index"], exported["after"]["index"]) == (report.first_index - 1, report.last_index + 1)


async def test_an_empty_range_is_shown_by_its_neighbours(log: WrittenLog, tmp_path: Path) -> None:
    wanted = RecordFilter(since=START + timedelta(minutes=1, seconds=5), until=START + timedelta(minutes=1, seconds=6))
    files, exported = await log.export(tmp_path, wanted)
    report = verify(files)
    assert (exported.entries, report.entries, report.is_complete) == (0, 0, True)
    assert report.last_index == report.first_index - 1


@pytest.mark.parametrize(
    ("wanted", "share"),
    [
        (RecordFilter(actor_id=ACTORS[0]), 300),
        (RecordFilter(action=AuditAction.EVENT_OPENED), 300),
        (RecordFilter(target_kind="issue", target_id="=i-7"), 12),
    ],
)
async def test_a_filtered_export_says_what_it_cannot_prove(
    wanted: RecordFilter, share: int, log: WrittenLog, tmp_path: Path
) -> None:
    files, _ = await log.export(tmp_path, wanted)
    report = verify(files)
    assert (report.entries, report.is_complete) == (share, False)
    assert "filtered" in report.remarks[0]


async def test_disclosures_are_only_in_the_bundle_of_who_may_see_them(log: WrittenLog, whole: Files, middle: Files) -> None:
    assert ADDRESS.encode() in whole["disclosures.jsonl"]
    assert b"".join(content for name, content in whole.items() if name != "disclosures.jsonl").count(ADDRESS.encode()) == 0
    assert middle["disclosures.jsonl"] == b""


async def test_erased_disclosures_break_no_proof(
    database_for: DatabaseFor, make_tenant: MakeTenant, keyring: LocalKeyring, tmp_path: Path
) -> None:
    tenant = await make_tenant()
    log = await write_log(
        database_for("api"), database_for("sequencer"), tenant.organization_id, keyring=keyring, minutes=2, per_minute=10
    )
    before, _ = await log.export(tmp_path, with_disclosures=True)
    async with database_for("jobs").tenant(tenant.organization_id) as tx:
        record_ids = [each.record_id for each in await search(tx, RecordFilter(), before=None, limit=1_000)]
        assert await erase_disclosures(tx, record_ids) > 0
    after, _ = await log.export(tmp_path, with_disclosures=True)
    assert verify(before).disclosures > 0
    assert verify(after).disclosures == 0
    assert after["entries.jsonl"] == before["entries.jsonl"]
    assert ADDRESS.encode() not in b"".join(after.values())
    assert verify(after, older_note=before["checkpoint"].decode()).is_complete


async def test_the_table_says_what_the_entries_say_and_is_no_formula(log: WrittenLog, whole: Files) -> None:
    rows = list(csv.DictReader(io.StringIO(whole["entries.csv"].decode(), newline="")))
    assert [int(row["index"]) for row in rows] == list(range(log.size))
    issues = [row for row in rows if row["target_kind"] == "issue"]
    assert len(issues) == 600
    assert {row["target_id"][:4] for row in issues} == {"'=i-"}


async def test_a_log_without_checkpoint_cannot_be_exported(
    database_for: DatabaseFor, tmp_path: Path, keyring: LocalKeyring, make_tenant: MakeTenant
) -> None:
    log = WrittenLog((await make_tenant()).organization_id, database_for("api"), keyring, (0,))
    with pytest.raises(NothingToExportError, match="no checkpoint"):
        await log.export(tmp_path)


# --- what a forger does -----------------------------------------------------------------------------------------------


def _note(size: int, root: bytes, origin: str, *, signer: Signer = SIGNER) -> bytes:
    return signer.sign(format_checkpoint(Checkpoint(origin, size, root))).encode()


def _altered(files: Files) -> Files:
    found = lines(files, "entries.jsonl")
    found[3] = found[3].replace(b'"issue.open"', b'"event.open"').replace(b'"event.open"', b'"issue.open"', 0)
    found[3] = found[3].replace(b"session-1", b"session-2")
    return changed(files, entries_jsonl=b"".join(found))


def _altered_beyond_reading(files: Files) -> Files:
    found = lines(files, "entries.jsonl")
    found[3] = b"{" + found[3]
    return changed(files, entries_jsonl=b"".join(found))


def _deleted(files: Files) -> Files:
    entries, proofs = lines(files, "entries.jsonl"), lines(files, "proofs.jsonl")
    del entries[3], proofs[3]
    return changed(files, entries_jsonl=b"".join(entries), proofs_jsonl=b"".join(proofs))


def _reordered(files: Files) -> Files:
    entries, proofs = lines(files, "entries.jsonl"), lines(files, "proofs.jsonl")
    for found in (entries, proofs):
        found[3], found[4] = found[4], found[3]
    return changed(files, entries_jsonl=b"".join(entries), proofs_jsonl=b"".join(proofs))


def _swapped(files: Files) -> Files:
    entries = lines(files, "entries.jsonl")
    entries[3], entries[4] = entries[4], entries[3]
    return changed(files, entries_jsonl=b"".join(entries))


def _inserted(files: Files) -> Files:
    entries, proofs = lines(files, "entries.jsonl"), lines(files, "proofs.jsonl")
    for found in (entries, proofs):
        found.insert(3, found[2])
    return changed(files, entries_jsonl=b"".join(entries), proofs_jsonl=b"".join(proofs))


@pytest.mark.parametrize("forge", [_altered, _altered_beyond_reading, _deleted, _reordered, _swapped, _inserted])
async def test_a_changed_entry_is_named(forge: Callable[[Files], Files], middle: Files) -> None:
    first = json.loads(middle["range.json"])["first"]
    with pytest.raises(BundleError) as caught:
        verify(forge(middle))
    assert caught.value.index == first + 3


async def test_a_cut_tail_shows(log: WrittenLog, whole: Files) -> None:
    entries, proofs = lines(whole, "entries.jsonl")[:-5], lines(whole, "proofs.jsonl")[:-5]
    exported = json.loads(whole["range.json"]) | {"last": log.size - 6}
    with pytest.raises(BundleError) as caught:
        verify(
            changed(
                whole,
                entries_jsonl=b"".join(entries),
                proofs_jsonl=b"".join(proofs),
                range_json=json.dumps(exported).encode(),
            )
        )
    assert caught.value.index == log.size - 5


@pytest.mark.parametrize("end", ["since", "until"])
async def test_a_range_made_smaller_shows(end: str, middle: Files) -> None:
    exported = json.loads(middle["range.json"])
    entries, proofs = lines(middle, "entries.jsonl"), lines(middle, "proofs.jsonl")
    kept = slice(1, None) if end == "since" else slice(None, -1)
    proof = json.loads(proofs[0 if end == "since" else -1])
    neighbour = {
        "index": proof["index"],
        "entry": base64.b64encode(entries[0 if end == "since" else -1].rstrip()).decode(),
        "proof": proof["proof"],
    }
    exported |= {"first": exported["first"] + 1, "before": neighbour} if end == "since" else {}
    exported |= {"last": exported["last"] - 1, "after": neighbour} if end == "until" else {}
    with pytest.raises(BundleError, match="an entry of the time range is missing") as caught:
        verify(
            changed(
                middle,
                entries_jsonl=b"".join(entries[kept]),
                proofs_jsonl=b"".join(proofs[kept]),
                range_json=json.dumps(exported).encode(),
            )
        )
    assert caught.value.index == proof["index"]


async def test_another_key_is_not_believed(log: WrittenLog, whole: Files) -> None:
    stranger = Signer(SIGNER.verifier.name, b"\x09" * 32)
    text = whole["checkpoint"].decode().rpartition("\n\n")[0] + "\n"
    forged = changed(whole, checkpoint=stranger.sign(text).encode(), vkeys_txt=stranger.verifier.vkey().encode() + b"\n")
    with pytest.raises(BundleError, match="no trusted signature"):
        verify(forged)
    with pytest.raises(BundleError, match="no trusted signature"):
        verify_with(whole, trusted=(stranger.verifier,))


async def test_an_old_checkpoint_signed_again_over_another_root_shows(log: WrittenLog, middle: Files) -> None:
    origin = f"errata.test/audit/{log.organization_id}"
    resigned = _note(log.batches[1], b"\x01" * 32, origin)
    with pytest.raises(BundleError, match="rewritten"):
        verify(changed(middle, checkpoint_previous=resigned))


async def test_a_forked_tree_shows_against_the_kept_checkpoint(log: WrittenLog, whole: Files) -> None:
    origin = f"errata.test/audit/{log.organization_id}"
    for size in (1, log.batches[0], log.batches[2], log.size):
        with pytest.raises(BundleError, match="rewritten"):
            verify(whole, older_note=_note(size, b"\x02" * 32, origin).decode())


async def test_a_log_shorter_than_the_kept_checkpoint_shows(log: WrittenLog, whole: Files, tmp_path: Path) -> None:
    kept = _note(log.size + 9, b"\x02" * 32, f"errata.test/audit/{log.organization_id}").decode()
    with pytest.raises(BundleError, match="cut off") as caught:
        verify(whole, older_note=kept)
    assert caught.value.index == log.size
    with pytest.raises(NothingToExportError, match="cut off"):
        await log.export(tmp_path, older_note=kept)


async def test_a_kept_checkpoint_of_another_log_is_refused(log: WrittenLog, whole: Files) -> None:
    with pytest.raises(BundleError, match="different logs"):
        verify(whole, older_note=_note(1, b"\x02" * 32, "errata.test/audit/other").decode())


async def test_any_kept_checkpoint_is_compared_through_the_tiles(
    log: WrittenLog, middle: Files, whole: Files, outsider: Superuser
) -> None:
    rows = await outsider.fetch("SELECT size, note FROM audit.checkpoints WHERE organization_id = $1", log.organization_id)
    assert [verify(middle, older_note=row["note"]).older_size for row in rows] == [row["size"] for row in rows]


async def test_an_export_from_a_kept_checkpoint_proves_consistency_from_there(
    log: WrittenLog, tmp_path: Path, outsider: Superuser
) -> None:
    note = await outsider.fetchval(
        "SELECT note FROM audit.checkpoints WHERE organization_id = $1 AND size = $2", log.organization_id, log.batches[2]
    )
    files, _ = await log.export(tmp_path, older_note=note)
    assert files["checkpoint.previous"].decode() == note
    assert verify(files, older_note=note).older_size == log.batches[2]


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("entries.csv", b'"issue.open"', b'"issue.edit"'),
        ("disclosures.jsonl", ADDRESS.encode(), b"203.0.113.78"),
        ("tile/0/000", b"", b"\x00"),
        ("reference.json", b'"Index":5', b'"Index":6'),
        ("VERIFY.md", b"", b"x"),
        ("range.json", b'"is_filtered":false', b'"is_filtered":true'),
        ("range.json", b'"pruned_below":0', b'"pruned_below":1'),
    ],
)
async def test_what_stands_around_the_entries_must_agree(name: str, old: bytes, new: bytes, whole: Files) -> None:
    forged = {**whole, name: whole[name].replace(old, new, 1)}
    with pytest.raises(BundleError):
        verify(forged)  # the manifest
    if name != "VERIFY.md":  # of the instructions only the manifest speaks
        with pytest.raises(BundleError):
            verify(with_manifest(forged))


async def test_a_missing_or_unknown_file_shows(middle: Files) -> None:
    for name in middle:
        if name == "VERIFY.md":
            continue
        rest = {kept: content for kept, content in middle.items() if kept != name}
        with pytest.raises(BundleError):
            verify(rest)
        if name != "manifest.json":
            with pytest.raises(BundleError):
                verify(with_manifest(rest))
    with pytest.raises(BundleError, match="not in the manifest"):
        verify({**middle, "extra": b""})


async def test_no_changed_byte_of_a_bundle_passes(whole: Files) -> None:
    chosen = random.Random(4)
    names = [name for name, content in whole.items() if content and name not in {"VERIFY.md", "manifest.json"}]
    for name in names:
        for _ in range(6):
            raw = bytearray(whole[name])
            raw[chosen.randrange(len(raw))] ^= 1 << chosen.randrange(8)
            with pytest.raises(BundleError):
                verify(with_manifest({**whole, name: bytes(raw)}))
