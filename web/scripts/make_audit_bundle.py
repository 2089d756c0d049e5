"""Writes src/features/audit/verify/example-bundle.json: a bundle as the server exports it, for the tests of the verifier.

From the root of the repository: python web/scripts/make_audit_bundle.py.  Needs no database: only audit's pure modules.
"""

import base64
import json
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import msgspec

_ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(_ROOT))

from audit import bundle_archive, bundle_files, entries_csv, leaf, merkle, record, tiles  # noqa: E402  # the path comes first
from audit.actions import AuditAction  # noqa: E402
from audit.bundle_files import Consistency, DisclosedField, Neighbour, Proof, Range, Reference, to_base64  # noqa: E402
from audit.checkpoint import Checkpoint, Signer, format_checkpoint  # noqa: E402
from audit.record import ActorKind, AuditActor, AuditRecord, AuditSource, AuditTarget, Change  # noqa: E402
from audit.verification import verify  # noqa: E402

_ORGANIZATION = UUID("0197a1de-0000-7000-8000-000000000001")
_START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
_SIZE, _OLDER, _FIRST, _LAST = 21, 6, 8, 17
_TARGET = _ROOT / "web/src/features/audit/verify/example-bundle.json"


def _record_id(index: int) -> UUID:
    return UUID(int=(0x0197A1DE << 96) | (7 << 76) | (2 << 62) | index)  # version 7


def _sealed(index: int) -> record.SealedRecord:
    made = AuditRecord(
        record_id=_record_id(index),
        occurred_at=_START + timedelta(minutes=index),
        action=AuditAction.ISSUE_STATUS_CHANGED,
        actor=AuditActor(ActorKind.USER, UUID(int=2), "s1"),
        source=AuditSource("private", address="10.0.0.7" if index == _FIRST else None),
        target=AuditTarget("issue", str(UUID(int=index))),
        changes={"status": Change("unresolved", "resolved")},
        details={"project_id": "482913", "note": 'é "quoted" \u2028 \U0001f600', "\ue000": 1, "\U00010000": 2},
    )
    return record.seal(made, organization_id=_ORGANIZATION)


def main() -> None:
    """Write the file, after Python's own verifier has accepted the bundle."""
    sealed = [_sealed(index) for index in range(_SIZE)]
    moments = [_START + timedelta(minutes=index, seconds=1) for index in range(_SIZE)]
    entries = [
        leaf.make(each.entry, record_id=_record_id(index), index=index, sequenced_at=moments[index])[0] for index, each in enumerate(sealed)
    ]
    tree, nodes, roots = merkle.CompactRange(), {}, {0: merkle.EMPTY_ROOT}
    for index, entry in enumerate(entries):
        for level, at, digest in tree.append(merkle.leaf_hash(entry)):
            nodes[level, at] = digest
        roots[index + 1] = tree.root()

    def read_node(level: int, index: int) -> bytes:
        return nodes[level, index]

    def proof(index: int) -> list[str]:
        return to_base64(merkle.inclusion_proof(read_node, index, _SIZE))

    def neighbour(index: int) -> Neighbour:
        return Neighbour(index, base64.b64encode(entries[index]).decode(), proof(index))

    origin = f"errors.northwind.example/audit/{_ORGANIZATION}"
    signer = Signer("errors.northwind.example/audit", bytes(range(32)))
    note, older = (signer.sign(format_checkpoint(Checkpoint(origin, size, roots[size]))) for size in (_SIZE, _OLDER))
    consistency = to_base64(merkle.consistency_proof(read_node, _OLDER, _SIZE))
    within = range(_FIRST, _LAST + 1)
    exported = Range(
        _FIRST,
        _LAST,
        is_filtered=False,
        since=record.format_moment(moments[_FIRST]),
        until=record.format_moment(moments[_LAST + 1]),
        before=neighbour(_FIRST - 1),
        after=neighbour(_LAST + 1),
    )
    disclosed = [DisclosedField(_FIRST, each.digest, each.text, *each.open()) for each in sealed[_FIRST].disclosures]
    files = {
        bundle_files.ENTRIES: b"".join(entries[index] + b"\n" for index in within),
        bundle_files.PROOFS: b"".join(msgspec.json.encode(Proof(index, proof(index))) + b"\n" for index in within),
        bundle_files.DISCLOSURES: b"".join(msgspec.json.encode(each) + b"\n" for each in disclosed),
        bundle_files.TABLE: (entries_csv.header() + "".join(entries_csv.line(entries[index]) for index in within)).encode(),
        bundle_files.CHECKPOINT: note.encode(),
        bundle_files.OLDER_CHECKPOINT: older.encode(),
        bundle_files.CONSISTENCY: msgspec.json.encode(Consistency(_OLDER, _SIZE, consistency)),
        bundle_files.RANGE: msgspec.json.encode(exported),
        bundle_files.REFERENCE: msgspec.json.encode(Reference(signer.verifier.vkey(), older, note, _OLDER, _SIZE, consistency, [])),
        bundle_files.VKEYS: f"{signer.verifier.vkey()}\n".encode(),
    }
    for tile in tiles.chosen_tiles(_SIZE, first=_FIRST, last=_LAST, older_size=_OLDER, max_leaf_tiles=1):
        files[tile.path] = b"".join(nodes[0, index] for index in range(_SIZE))  # a log this small is one tile of leaves
    with tempfile.TemporaryDirectory() as name:
        directory, target = Path(name, "files"), Path(name, "bundle.zip")
        for path, content in files.items():
            (directory / path).parent.mkdir(parents=True, exist_ok=True)
            (directory / path).write_bytes(content)
        bundle_archive.write(directory, target)
        verify(bundle_archive.BundleArchive(target), trusted=(signer.verifier,))
        bundle = base64.b64encode(target.read_bytes()).decode()
    stranger = Signer(signer.verifier.name, bytes(32)).verifier
    _TARGET.write_text(json.dumps({"vkey": signer.verifier.vkey(), "stranger": stranger.vkey(), "zip": bundle}, indent=1) + "\n")


if __name__ == "__main__":
    main()
