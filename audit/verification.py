"""Verifies an exported bundle with nothing but its bytes and the keys one trusts.  Pure: no database, no network.

A bundle is a set of named files (audit/bundle.py writes them).  What is proven: every entry is in the tree that the checkpoint
signs; no entry of the exported range is missing; the tree continues the older checkpoint; nothing was altered.
"""

import base64
import binascii
from collections.abc import Iterator, Mapping
from hashlib import sha256
from itertools import pairwise
from typing import TypeVar

import msgspec

from audit import canonical, merkle
from audit.checkpoint import Checkpoint, NoteError, Verifier, open_note, parse_checkpoint
from audit.merkle import ProofError


class BundleError(Exception):
    """The bundle does not prove what it claims; `index` is the first bad entry where one can be named."""

    def __init__(self, what: str, *, index: int | None = None) -> None:
        super().__init__(what if index is None else f"entry {index}: {what}")
        self.index = index


class Range(msgspec.Struct, frozen=True):
    """Entries [first, last + 1) were exported; a filter may have left some of them out of entries.jsonl."""

    first: int
    last: int
    is_filtered: bool


class Proof(msgspec.Struct, frozen=True):
    index: int
    proof: list[str]  # base64, leaf to root


class Consistency(msgspec.Struct, frozen=True):
    first_size: int
    second_size: int
    proof: list[str]  # base64


class Report(msgspec.Struct, frozen=True):
    """What was proven."""

    origin: str
    tree_size: int
    entries: int
    first_index: int | None
    last_index: int | None
    is_complete: bool  # every entry of the range is there
    older_size: int


def verify(files: Mapping[str, bytes], *, trusted: tuple[Verifier, ...], older_note: str | None = None) -> Report:
    """What the bundle proves under these keys.  Raises BundleError with the first thing that is wrong.

    `older_note` is a checkpoint which the verifier has kept; without it the bundle's own older checkpoint is used.
    """
    _check_manifest(files)
    newest = _open(_text(files, "checkpoint"), trusted)
    older = _open(older_note if older_note is not None else _text(files, "checkpoint.previous"), trusted)
    _check_consistency(files, older=older, newest=newest)
    exported = _struct(files, "range.json", Range)
    proofs = {proof.index: proof for proof in _lines(files, "proofs.jsonl", Proof)}
    indexes = [_check_entry(line, proofs=proofs, newest=newest) for line in files["entries.jsonl"].splitlines()]
    _check_range(indexes, exported)
    return Report(
        origin=newest.origin,
        tree_size=newest.size,
        entries=len(indexes),
        first_index=indexes[0] if indexes else None,
        last_index=indexes[-1] if indexes else None,
        is_complete=not exported.is_filtered,
        older_size=older.size,
    )


def _check_manifest(files: Mapping[str, bytes]) -> None:
    """The manifest only finds accidents early: it is not signed, the proofs are what counts."""
    try:
        manifest = msgspec.json.decode(files["manifest.json"], type=dict[str, str])
    except (KeyError, msgspec.DecodeError) as error:
        raise BundleError("manifest.json is missing or malformed") from error
    for name, digest in manifest.items():
        if name not in files or sha256(files[name]).hexdigest() != digest:
            raise BundleError(f"{name} is missing or differs from the manifest")


def _open(note: str, trusted: tuple[Verifier, ...]) -> Checkpoint:
    try:
        return parse_checkpoint(open_note(note, trusted))
    except NoteError as error:
        raise BundleError(f"checkpoint: {error}") from error


def _check_consistency(files: Mapping[str, bytes], *, older: Checkpoint, newest: Checkpoint) -> None:
    if older.origin != newest.origin:
        raise BundleError("the checkpoints are of different logs")
    if older.size > newest.size:
        raise BundleError("the log is shorter than the older checkpoint says: its tail was cut off")
    claimed = _struct(files, "consistency.json", Consistency)
    if (claimed.first_size, claimed.second_size) != (older.size, newest.size):
        raise BundleError("the consistency proof is for other checkpoints")
    try:
        merkle.verify_consistency(
            first_size=older.size,
            first_root=older.root,
            second_size=newest.size,
            second_root=newest.root,
            proof=[_decode(item) for item in claimed.proof],
        )
    except ProofError as error:
        raise BundleError(f"the log was rewritten after the older checkpoint: {error}") from error


def _check_entry(line: bytes, *, proofs: Mapping[int, Proof], newest: Checkpoint) -> int:
    try:
        entry = canonical.decode(line)
    except canonical.NotCanonicalError as error:
        raise BundleError(f"an entry is not canonical JSON: {error}") from error
    index = entry.get("index") if isinstance(entry, dict) else None
    if not isinstance(index, int) or isinstance(index, bool):
        raise BundleError("an entry has no index")
    proof = proofs.get(index)
    if proof is None:
        raise BundleError("no inclusion proof", index=index)
    try:
        merkle.verify_inclusion(
            leaf=merkle.leaf_hash(line),
            index=index,
            tree_size=newest.size,
            proof=[_decode(item) for item in proof.proof],
            root=newest.root,
        )
    except ProofError as error:
        raise BundleError(str(error), index=index) from error
    return index


def _check_range(indexes: list[int], exported: Range) -> None:
    """Indexes are part of the hashed entries, so a gap cannot be hidden by renumbering."""
    for before, after in pairwise(indexes):
        if after <= before:
            raise BundleError("entries are out of order", index=after)
        if not exported.is_filtered and after != before + 1:
            raise BundleError("an entry is missing before this one", index=after)
    if exported.is_filtered:
        if any(not exported.first <= index <= exported.last for index in indexes):
            raise BundleError("an entry lies outside of the exported range")
        return
    expected = [] if exported.last < exported.first else [exported.first, exported.last]
    if (indexes[:1] + indexes[-1:] if indexes else []) != expected:
        raise BundleError("the exported range is not complete at its ends")


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise BundleError("a hash is not base64") from error


def _text(files: Mapping[str, bytes], name: str) -> str:
    try:
        return files[name].decode("utf-8")
    except (KeyError, UnicodeDecodeError) as error:
        raise BundleError(f"{name} is missing or not UTF-8") from error


_T = TypeVar("_T")


def _struct(files: Mapping[str, bytes], name: str, kind: type[_T]) -> _T:
    try:
        return msgspec.json.decode(files[name], type=kind)
    except (KeyError, msgspec.DecodeError) as error:
        raise BundleError(f"{name} is missing or malformed") from error


def _lines(files: Mapping[str, bytes], name: str, kind: type[_T]) -> Iterator[_T]:
    try:
        for line in files[name].splitlines():
            yield msgspec.json.decode(line, type=kind)
    except (KeyError, msgspec.DecodeError) as error:
        raise BundleError(f"{name} is missing or malformed") from error
