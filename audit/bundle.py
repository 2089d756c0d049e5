"""Exports a range of one tenant's log as a bundle which an outsider verifies without us.  docs/audit.md describes the files."""

import asyncio
import base64
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import BinaryIO

import msgspec

from audit import bundle_archive, bundle_files, entries_csv, explorer, log_reader, merkle, tiles
from audit.bundle_files import Consistency, DisclosedField, Neighbour, Proof, Range, Reference, ReferenceEntry, to_base64
from audit.bundle_instructions import INSTRUCTIONS
from audit.checkpoint import NoteError, Verifier, open_note, parse_checkpoint, parse_vkey
from audit.explorer import RecordFilter
from audit.log_reader import Bounds, Nodes, PlacedEntry
from audit.merkle import ReadNode
from audit.record import format_moment
from audit.transaction import TenantScope
from runtime.keyring import DataKey, SealBrokenError

ReadKey = Callable[[int], Awaitable[DataKey]]  # the tenant's audit key of a version
OnProgress = Callable[[int, int], Awaitable[None]]  # entries done, entries in all

_CHUNK = 500  # entries per query
_REFERENCE_ENTRIES = 1_000  # in reference.json, spread evenly: it repeats entries and proofs


class NothingToExportError(Exception):
    """The log has no checkpoint yet, or none that continues the given one."""


class Exported(msgspec.Struct, frozen=True):
    """What a bundle holds."""

    entries: int
    first: int
    last: int
    tree_size: int
    disclosures: int
    unreadable_disclosures: int  # their seal is broken


class _Frame(msgspec.Struct, frozen=True):
    """What is fixed before the first entry is read."""

    size: int
    note: str
    older_size: int
    older_note: str
    within: Bounds
    total: int
    vkeys: tuple[Verifier, ...]
    pruned_below: int


async def export(
    tx: TenantScope,
    wanted: RecordFilter,
    *,
    target: Path,
    older_note: str | None = None,
    read_key: ReadKey | None = None,
    on_progress: OnProgress | None = None,
) -> Exported:
    """Write the bundle of what passes the filter, up to the newest checkpoint, to `target` (a zip, readable by its owner).

    `older_note`: the checkpoint up to which the reader has verified before; consistency is proven from there.  `read_key`: opens
    disclosures for an exporter who may see them; without it the bundle has none.  Long: ask for a transaction that lives.
    Raises NothingToExportError, LogGapError.
    """
    frame = await _frame(tx, wanted, older_note)
    with tempfile.TemporaryDirectory(prefix="errata-audit-", dir=target.parent) as name:
        spool = _Spool(Path(name), frame)
        await _spool_entries(tx, wanted, spool, read_key=read_key, on_progress=on_progress)
        await _spool_frame(tx, wanted, spool)
        await asyncio.to_thread(bundle_archive.write, spool.directory, target)
    return Exported(
        entries=spool.entries,
        first=frame.within.first,
        last=frame.within.last,
        tree_size=frame.size,
        disclosures=spool.disclosures,
        unreadable_disclosures=spool.unreadable_disclosures,
    )


async def _frame(tx: TenantScope, wanted: RecordFilter, older_note: str | None) -> _Frame:
    newest = await explorer.latest_checkpoint(tx)
    if newest is None:
        raise NothingToExportError("the audit log has no checkpoint yet; is the scheduler running?")
    range_ = await log_reader.bounds(tx, since=wanted.since, until=wanted.until, size=newest.size)
    pruned = await log_reader.pruned_below(tx)
    within = Bounds(max(range_.first, pruned), max(range_.last, pruned - 1))
    if older_note is None:
        stored = await log_reader.checkpoint_at_most(tx, within.first)
        older_note, older_size = (newest.note, newest.size) if stored is None else (stored.note, stored.size)
    else:
        older_size = _size_of(older_note)
    if older_size > newest.size:
        raise NothingToExportError(
            f"the log has {newest.size} entries, but the given checkpoint has {older_size}: its tail was cut off"
        )
    return _Frame(
        size=newest.size,
        note=newest.note,
        older_size=older_size,
        older_note=older_note,
        within=within,
        total=await log_reader.count(tx, wanted, within=within),
        vkeys=tuple(parse_vkey(text) for text in await explorer.vkeys(tx)),
        pruned_below=pruned,
    )


def _size_of(note: str) -> int:
    """Its signature is for the reader to check: a wrong size makes a proof which does not fit."""
    text, separator, _ = note.rpartition("\n\n")
    try:
        return parse_checkpoint(text + "\n").size if separator else -1
    except NoteError as error:
        raise NothingToExportError(f"the given checkpoint is none: {error}") from error


class _Spool:
    """The files of the bundle while they grow."""

    def __init__(self, directory: Path, frame: _Frame) -> None:
        self.directory = directory
        self.frame = frame
        self.entries = self.disclosures = self.unreadable_disclosures = 0
        self.reference: list[ReferenceEntry] = []
        self._every = max(1, -(-frame.total // _REFERENCE_ENTRIES))
        self.write(bundle_files.ENTRIES, b"")
        self.write(bundle_files.PROOFS, b"")
        self.write(bundle_files.DISCLOSURES, b"")
        self.write(bundle_files.TABLE, entries_csv.header().encode())

    def write(self, name: str, content: bytes) -> None:
        with self._open(name, "wb") as target:
            target.write(content)

    def append(self, name: str, content: bytes) -> None:
        with self._open(name, "ab") as target:
            target.write(content)

    def add(self, chunk: list[PlacedEntry], nodes: Nodes) -> None:
        """Entries, proofs and table lines of one chunk; some of them for the reference, too."""
        proofs = [(item, to_base64(merkle.inclusion_proof(_reader(nodes), item.index, self.frame.size))) for item in chunk]
        self.append(bundle_files.ENTRIES, b"".join(item.entry + b"\n" for item in chunk))
        self.append(
            bundle_files.PROOFS, b"".join(msgspec.json.encode(Proof(item.index, proof)) + b"\n" for item, proof in proofs)
        )
        self.append(bundle_files.TABLE, "".join(entries_csv.line(item.entry) for item in chunk).encode())
        for position, (item, proof) in enumerate(proofs, start=self.entries):
            if position % self._every == 0 or position == self.frame.total - 1:
                self.reference.append(ReferenceEntry(item.index, base64.b64encode(item.entry).decode("ascii"), proof))
        self.entries += len(chunk)

    def _open(self, name: str, mode: str) -> BinaryIO:
        path = self.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open(mode)  # type: ignore[return-value]  # a binary mode, always


def _reader(nodes: Nodes) -> ReadNode:
    return lambda level, index: nodes[level, index]


async def _spool_entries(
    tx: TenantScope, wanted: RecordFilter, spool: _Spool, *, read_key: ReadKey | None, on_progress: OnProgress | None
) -> None:
    rest, keys = spool.frame.within, _Keys(read_key)
    while chunk := await log_reader.entries(tx, wanted, within=rest, limit=_CHUNK):
        nodes = await _nodes_for(tx, [item.index for item in chunk], spool.frame.size)
        await asyncio.to_thread(spool.add, chunk, nodes)
        if read_key is not None:
            await _spool_disclosures(tx, spool, chunk, keys)
        if on_progress is not None:
            await on_progress(spool.entries, spool.frame.total)
        rest = Bounds(chunk[-1].index + 1, rest.last)


async def _nodes_for(tx: TenantScope, indexes: list[int], size: int) -> Nodes:
    def make_proofs(read_node: ReadNode) -> None:
        for index in indexes:
            merkle.inclusion_proof(read_node, index, size)

    return await log_reader.read_nodes(tx, merkle.touched_nodes(make_proofs))


class _Keys:
    """The tenant's audit keys, each read once."""

    def __init__(self, read_key: ReadKey | None) -> None:
        self._read_key = read_key
        self._known: dict[int, DataKey] = {}

    async def of(self, version: int) -> DataKey:
        if self._read_key is None:
            raise RuntimeError("nobody asked for disclosures")
        if version not in self._known:
            self._known[version] = await self._read_key(version)
        return self._known[version]


async def _spool_disclosures(tx: TenantScope, spool: _Spool, chunk: list[PlacedEntry], keys: _Keys) -> None:
    places = {item.record_id: item.index for item in chunk}
    lines: list[DisclosedField] = []
    for sealed in await explorer.disclosures_of(tx, list(places)):
        try:
            found = explorer.open_disclosure(sealed, key=await keys.of(sealed.key_version), organization_id=tx.organization_id)
        except SealBrokenError:
            spool.unreadable_disclosures += 1
            continue
        name, value = found.open()
        lines.append(DisclosedField(places[sealed.record_id], found.digest, found.text, name, value))
    lines.sort(key=lambda line: (line.index, line.name, line.digest))
    spool.append(bundle_files.DISCLOSURES, b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
    spool.disclosures += len(lines)


async def _spool_frame(tx: TenantScope, wanted: RecordFilter, spool: _Spool) -> None:
    """Everything that stands around the entries."""
    frame = spool.frame
    consistency = await _consistency(tx, frame)
    spool.write(bundle_files.CHECKPOINT, frame.note.encode())
    spool.write(bundle_files.OLDER_CHECKPOINT, frame.older_note.encode())
    spool.write(bundle_files.CONSISTENCY, msgspec.json.encode(Consistency(frame.older_size, frame.size, consistency)))
    spool.write(bundle_files.RANGE, msgspec.json.encode(await _range(tx, wanted, frame)))
    spool.write(bundle_files.REFERENCE, msgspec.json.encode(_reference(spool, consistency)))
    spool.write(bundle_files.VKEYS, "".join(f"{each.vkey()}\n" for each in frame.vkeys).encode())
    spool.write(bundle_files.INSTRUCTIONS, INSTRUCTIONS.encode())
    within = frame.within
    for tile in tiles.chosen_tiles(frame.size, first=within.first, last=within.last, older_size=frame.older_size):
        spool.write(tile.path, await log_reader.read_tile(tx, tile))


async def _consistency(tx: TenantScope, frame: _Frame) -> list[str]:
    def make_proof(read_node: ReadNode) -> list[bytes]:
        return merkle.consistency_proof(read_node, frame.older_size, frame.size)

    return to_base64(make_proof(_reader(await log_reader.read_nodes(tx, merkle.touched_nodes(make_proof)))))


async def _range(tx: TenantScope, wanted: RecordFilter, frame: _Frame) -> Range:
    within = frame.within
    described = {name: value for name, value in wanted.as_fields().items() if name not in {"since", "until"}}
    return Range(
        first=within.first,
        last=within.last,
        is_filtered=bool(described),
        since=None if wanted.since is None else format_moment(wanted.since),
        until=None if wanted.until is None else format_moment(wanted.until),
        filter=described,
        before=await _neighbour(tx, within.first - 1, frame.size),
        after=await _neighbour(tx, within.last + 1, frame.size),
        pruned_below=frame.pruned_below,
    )


async def _neighbour(tx: TenantScope, index: int, size: int) -> Neighbour | None:
    """None outside of the tree, and for an entry that was pruned."""
    if not 0 <= index < size:
        return None
    found = await log_reader.entries(tx, RecordFilter(), within=Bounds(index, index), limit=1)
    if not found:
        return None
    proof = merkle.inclusion_proof(_reader(await _nodes_for(tx, [index], size)), index, size)
    return Neighbour(index, base64.b64encode(found[0].entry).decode("ascii"), to_base64(proof))


def _reference(spool: _Spool, consistency: list[str]) -> Reference:
    """Signed by one key on both ends: after a change of keys the older end is the newest checkpoint itself."""
    frame = spool.frame
    vkey = next((each for each in frame.vkeys if _is_signed_by(frame.note, each)), None)
    is_same = vkey is not None and _is_signed_by(frame.older_note, vkey)
    return Reference(
        vkey=vkey.vkey() if vkey else "",
        old=frame.older_note if is_same else frame.note,
        new=frame.note,
        oldsize=frame.older_size if is_same else frame.size,
        size=frame.size,
        consistency=consistency if is_same else [],
        entries=spool.reference,
    )


def _is_signed_by(note: str, verifier: Verifier) -> bool:
    try:
        open_note(note, (verifier,))
    except NoteError:
        return False
    return True
