"""Verifies an exported bundle with nothing but its bytes and the keys one trusts.  Pure: no database, no network.

What is proven: every entry is in the tree that the checkpoint signs; no entry of the exported range is missing; the tree
continues the older checkpoint; the table, tiles and disclosures say the same as the entries.
"""

import base64
from collections.abc import Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from typing import TypeVar

import msgspec

from audit import bundle_files, entries_csv, leaf, merkle
from audit.bundle_files import Consistency, DisclosedField, Neighbour, Proof, Range, Reference
from audit.canonical import NotCanonicalError
from audit.checkpoint import Checkpoint, NoteError, Verifier, decode_base64, open_note, parse_checkpoint, parse_vkey
from audit.leaf import Leaf, LeafError
from audit.merkle import ProofError
from audit.record import Disclosure, parse_moment
from audit.tiles import TileReader, chosen_tiles


class BundleError(Exception):
    """The bundle does not prove what it claims; `index` is the first bad entry where one can be named."""

    def __init__(self, what: str, *, index: int | None = None) -> None:
        super().__init__(what if index is None else f"entry {index}: {what}")
        self.index = index


class Report(msgspec.Struct, frozen=True):
    """What was proven."""

    origin: str
    tree_size: int
    entries: int
    first_index: int
    last_index: int  # below first_index: the range is empty
    is_complete: bool  # every entry of the range is there
    older_size: int  # nothing below it was rewritten since the older checkpoint
    disclosures: int
    remarks: tuple[str, ...]  # what was not proven, and why


def verify(files: Mapping[str, bytes], *, trusted: tuple[Verifier, ...], older_note: str | None = None) -> Report:
    """What the bundle proves under these keys.  Raises BundleError with the first thing that is wrong.

    `older_note` is a checkpoint which the verifier has kept; without it the bundle's own older checkpoint is used.
    """
    _check_manifest(files)
    newest = _open(_text(files, bundle_files.CHECKPOINT), trusted)
    inner = _open(_text(files, bundle_files.OLDER_CHECKPOINT), trusted)
    tiles = TileReader(files, newest.size)
    _check_consistency(files, older=inner, newest=newest)
    older = inner if older_note is None else _open(older_note, trusted)
    if older != inner:
        _check_kept(tiles, older=older, newest=newest)
    exported = _struct(files, bundle_files.RANGE, Range)
    _check_range(exported, newest)
    entries = _read_entries(files, exported, newest)
    _check_tiles(files, tiles, exported=exported, older=inner, newest=newest)
    _check_table(files, entries)
    _check_keys_and_reference(files, entries, exported=exported)
    disclosures = _check_disclosures(files, entries)
    remarks = _remarks(exported)
    return Report(
        origin=newest.origin,
        tree_size=newest.size,
        entries=len(entries),
        first_index=exported.first,
        last_index=exported.last,
        is_complete=not remarks,
        older_size=older.size,
        disclosures=disclosures,
        remarks=remarks,
    )


def _check_manifest(files: Mapping[str, bytes]) -> None:
    """The manifest only finds accidents early: it is not signed, the proofs are what counts."""
    manifest = _struct(files, bundle_files.MANIFEST, dict[str, str])
    for name, digest in manifest.items():
        if name not in files or sha256(files[name]).hexdigest() != digest:
            raise BundleError(f"{name} is missing or differs from the manifest")
    if unknown := set(files) - set(manifest) - {bundle_files.MANIFEST}:
        raise BundleError(f"{min(unknown)} is not in the manifest")


def _open(note: str, trusted: tuple[Verifier, ...]) -> Checkpoint:
    try:
        return parse_checkpoint(open_note(note, trusted))
    except NoteError as error:
        raise BundleError(f"checkpoint: {error}") from error


def _check_order(older: Checkpoint, newest: Checkpoint) -> None:
    if older.origin != newest.origin:
        raise BundleError("the checkpoints are of different logs")
    if older.size > newest.size:
        raise BundleError("the log is shorter than the older checkpoint says: its tail was cut off", index=newest.size)


def _check_consistency(files: Mapping[str, bytes], *, older: Checkpoint, newest: Checkpoint) -> None:
    _check_order(older, newest)
    claimed = _struct(files, bundle_files.CONSISTENCY, Consistency)
    if (claimed.first_size, claimed.second_size) != (older.size, newest.size):
        raise BundleError("the consistency proof is for other checkpoints")
    _verify_consistency([_decode(item) for item in claimed.proof], older=older, newest=newest)


def _check_kept(tiles: TileReader, *, older: Checkpoint, newest: Checkpoint) -> None:
    """The proof from a checkpoint which the bundle does not know is computed from its tiles."""
    _check_order(older, newest)
    try:
        proof = merkle.consistency_proof(tiles.node, older.size, newest.size)
    except ProofError as error:
        raise BundleError(
            "the bundle has no hashes around the kept checkpoint: ask for an export that begins at that checkpoint"
        ) from error
    _verify_consistency(proof, older=older, newest=newest)


def _verify_consistency(proof: list[bytes], *, older: Checkpoint, newest: Checkpoint) -> None:
    try:
        merkle.verify_consistency(
            first_size=older.size, first_root=older.root, second_size=newest.size, second_root=newest.root, proof=proof
        )
    except ProofError as error:
        raise BundleError(
            f"the log was rewritten before entry {older.size}, which the older checkpoint covers: {error}"
        ) from error


def _check_range(exported: Range, newest: Checkpoint) -> None:
    """The range ends where it says: at the ends of the log, or at entries whose times lie outside."""
    if not 0 <= exported.first <= exported.last + 1 <= newest.size:
        raise BundleError("the exported range lies outside of the log")
    before, after = exported.before, exported.after
    if not 0 <= exported.pruned_below <= exported.first:
        raise BundleError("pruned entries lie inside of the exported range")
    if before is not None:
        found = _check_neighbour(before, newest, index=exported.first - 1)
        if exported.since is None or found.sequenced_at >= _moment(exported.since):
            raise BundleError("an entry of the time range is missing at its beginning", index=before.index)
    elif exported.first not in {0, exported.pruned_below}:
        raise BundleError("nothing shows that the range begins where it says", index=exported.first - 1)
    if after is not None:
        found = _check_neighbour(after, newest, index=exported.last + 1)
        if exported.until is None or found.sequenced_at < _moment(exported.until):
            raise BundleError("an entry of the time range is missing at its end", index=after.index)
    elif exported.last + 1 != newest.size:
        raise BundleError("nothing shows that the range ends where it says", index=exported.last + 1)


def _check_neighbour(neighbour: Neighbour, newest: Checkpoint, *, index: int) -> Leaf:
    if neighbour.index != index:
        raise BundleError("the neighbour of the range is another entry", index=index)
    return _check_entry(_decode(neighbour.entry), Proof(index, neighbour.proof), newest)


def _check_entry(line: bytes, proof: Proof, newest: Checkpoint) -> Leaf:
    """The index is part of the hashed bytes, so nothing can be renumbered."""
    try:
        found = leaf.read(line)
    except LeafError as error:
        raise BundleError(f"altered: {error}", index=proof.index) from error
    if found.index != proof.index:
        raise BundleError(f"entry {found.index} stands in its place", index=proof.index)
    try:
        merkle.verify_inclusion(
            leaf=merkle.leaf_hash(line),
            index=found.index,
            tree_size=newest.size,
            proof=[_decode(item) for item in proof.proof],
            root=newest.root,
        )
    except ProofError as error:
        raise BundleError(str(error), index=proof.index) from error
    return found


def _read_entries(files: Mapping[str, bytes], exported: Range, newest: Checkpoint) -> dict[int, bytes]:
    """Every exported entry by its index, after its proof, its place and its time were checked."""
    lines, proofs = _raw_lines(files, bundle_files.ENTRIES), list(_lines(files, bundle_files.PROOFS, Proof))
    entries: dict[int, bytes] = {}
    expected, latest = exported.first, None
    for position, line in enumerate(lines):
        if position >= len(proofs):
            raise BundleError("entries without proofs", index=expected)
        proof = proofs[position]
        if proof.index < expected or (proof.index > expected and not exported.is_filtered):
            raise BundleError(f"missing: entry {proof.index} stands in its place", index=expected)
        found = _check_entry(line, proof, newest)
        if latest is not None and found.sequenced_at < latest:
            raise BundleError("its time lies before that of an earlier entry", index=found.index)
        _check_time(found, exported)
        entries[found.index], expected, latest = line, found.index + 1, found.sequenced_at
    if len(proofs) != len(lines):
        raise BundleError("missing, though its proof is there", index=proofs[len(lines)].index)
    if expected > exported.last + 1 or (expected <= exported.last and not exported.is_filtered):
        raise BundleError("missing at the end of the range", index=min(expected, exported.last + 1))
    return entries


def _check_time(found: Leaf, exported: Range) -> None:
    is_early = exported.since is not None and found.sequenced_at < _moment(exported.since)
    is_late = exported.until is not None and found.sequenced_at >= _moment(exported.until)
    if is_early or is_late:
        raise BundleError("its time lies outside of the exported range", index=found.index)


def _check_tiles(
    files: Mapping[str, bytes], tiles: TileReader, *, exported: Range, older: Checkpoint, newest: Checkpoint
) -> None:
    expected = chosen_tiles(newest.size, first=exported.first, last=exported.last, older_size=older.size)
    if {tile.path for tile in expected} != {name for name in files if name.startswith(bundle_files.TILES)}:
        raise BundleError("the bundle has not the tiles of its range")
    try:
        tiles.check(newest.root)
    except ProofError as error:
        raise BundleError(str(error)) from error


def _check_table(files: Mapping[str, bytes], entries: Mapping[int, bytes]) -> None:
    table = entries_csv.header() + "".join(entries_csv.line(entry) for entry in entries.values())
    if _text(files, bundle_files.TABLE) != table:
        raise BundleError(f"{bundle_files.TABLE} does not say the same as the entries")


def _check_keys_and_reference(files: Mapping[str, bytes], entries: Mapping[int, bytes], *, exported: Range) -> None:
    reference = _struct(files, bundle_files.REFERENCE, Reference)
    try:
        vkeys = {parse_vkey(line).vkey() for line in _text(files, bundle_files.VKEYS).splitlines()}
    except NoteError as error:
        raise BundleError(f"{bundle_files.VKEYS}: {error}") from error
    notes = {_text(files, name) for name in (bundle_files.CHECKPOINT, bundle_files.OLDER_CHECKPOINT)}
    proofs = {proof.index: proof.proof for proof in _lines(files, bundle_files.PROOFS, Proof)}
    differs = next(
        (
            item.index
            for item in reference.entries
            if entries.get(item.index) != _decode(item.entry) or proofs[item.index] != item.proof
        ),
        None,
    )
    if differs is not None or reference.vkey not in vkeys or not _is_framed(reference, files, notes):
        raise BundleError(f"{bundle_files.REFERENCE} does not say the same as the other files", index=differs)
    if exported.is_filtered != bool(exported.filter):
        raise BundleError("the range is filtered without a filter, or the other way round")


def _is_framed(reference: Reference, files: Mapping[str, bytes], notes: set[str]) -> bool:
    """Whether checkpoints, sizes and consistency proof are those of the other files, or both ends are the newest checkpoint."""
    claimed = _struct(files, bundle_files.CONSISTENCY, Consistency)
    ends = (reference.oldsize, reference.size, reference.consistency)
    expected = (claimed.first_size, claimed.second_size, claimed.proof)
    if reference.old == reference.new:
        expected = (claimed.second_size, claimed.second_size, [])
    return {reference.old, reference.new} <= notes and reference.new == _text(files, bundle_files.CHECKPOINT) and ends == expected


def _check_disclosures(files: Mapping[str, bytes], entries: Mapping[int, bytes]) -> int:
    """Each opens a digest of its entry to what it says."""
    checked = 0
    for line in _lines(files, bundle_files.DISCLOSURES, DisclosedField):
        digest = base64.urlsafe_b64encode(sha256(line.disclosure.encode()).digest()).rstrip(b"=").decode()
        record = leaf.read(entries[line.index]).record if line.index in entries else None
        digests = record.get("personal") if record else None
        if digest != line.digest or not isinstance(digests, list) or digest not in digests:
            raise BundleError("a disclosure does not belong to this entry", index=line.index)
        try:
            opened = Disclosure(line.digest, line.disclosure).open()
        except (NotCanonicalError, ValueError) as error:
            raise BundleError("a disclosure does not open", index=line.index) from error
        if opened != (line.name, line.value):
            raise BundleError("a disclosure says something else", index=line.index)
        checked += 1
    return checked


def _remarks(exported: Range) -> tuple[str, ...]:
    remarks = []
    if exported.is_filtered:
        narrowed = ", ".join(f"{name} = {value}" for name, value in sorted(exported.filter.items()))
        remarks.append(f"filtered by {narrowed}: what the filter left out cannot be seen from here")
    if exported.pruned_below:
        remarks.append(f"entries below {exported.pruned_below} were pruned: of them only the hashes are left")
    return tuple(remarks)


def _moment(text: str) -> datetime:
    try:
        return parse_moment(text)
    except ValueError as error:
        raise BundleError(f"{bundle_files.RANGE} holds a malformed time") from error


def _decode(text: str) -> bytes:
    try:
        return decode_base64(text)
    except ValueError as error:
        raise BundleError("a hash or entry is not base64") from error


def _text(files: Mapping[str, bytes], name: str) -> str:
    try:
        return files[name].decode("utf-8")
    except (KeyError, UnicodeDecodeError) as error:
        raise BundleError(f"{name} is missing or not UTF-8") from error


_T = TypeVar("_T")


def _struct(files: Mapping[str, bytes], name: str, kind: type[_T]) -> _T:
    try:
        return msgspec.json.decode(files[name], type=kind)
    except (KeyError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BundleError(f"{name} is missing or malformed") from error


def _raw_lines(files: Mapping[str, bytes], name: str) -> list[bytes]:
    try:
        raw = files[name]
    except KeyError as error:
        raise BundleError(f"{name} is missing") from error
    if raw and not raw.endswith(b"\n"):
        raise BundleError(f"{name} ends in the middle of a line")
    return raw.split(b"\n")[:-1]


def _lines(files: Mapping[str, bytes], name: str, kind: type[_T]) -> Iterator[_T]:
    decoder = msgspec.json.Decoder(kind)
    try:
        for line in _raw_lines(files, name):
            yield decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BundleError(f"{name} is malformed") from error
