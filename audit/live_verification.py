"""Compares the log in the database with itself, with its signed checkpoints and with checkpoints kept elsewhere.

Whoever owns the database can change every row.  He cannot sign without the key, and with it he cannot change a checkpoint that
somebody else has kept: what he changed before that one shows here.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import msgspec

from audit import leaf, live_rows, merkle
from audit.checkpoint import Checkpoint, NoteError, Verifier, open_note, parse_checkpoint
from audit.leaf import LeafError
from audit.live_rows import CheckpointRow, LeafRow
from audit.merkle import CompactRange
from audit.tiles import TileReader
from audit.transaction import TenantScope

OnProgress = Callable[[int, int], Awaitable[None]]  # leaves looked at, leaves in all
_CHUNK = 1_000
_MAX_FINDINGS = 50


class Finding(msgspec.Struct, frozen=True, order=True):
    """The first bad entry lies in [first, last]; both are equal when it can be named."""

    first: int
    last: int
    what: str

    @property
    def place(self) -> str:
        return f"entry {self.first}" if self.first == self.last else f"an entry between {self.first} and {self.last}"

    def __str__(self) -> str:
        return f"{self.place}: {self.what}"


class Kept(msgspec.Struct, frozen=True):
    """What the verifier holds outside of the database: signed checkpoints, and the leaf hashes of a verified bundle."""

    notes: tuple[str, ...] = ()
    tiles: TileReader | None = None
    tiles_size: int = 0


class LiveReport(msgspec.Struct, frozen=True):
    entries: int
    pruned: int
    checkpoints: int
    kept: int  # checkpoints from outside that were compared
    findings: tuple[Finding, ...]  # the first bad entry first; empty: everything agrees

    @property
    def first_bad(self) -> Finding | None:
        return self.findings[0] if self.findings else None


async def verify_live(
    tx: TenantScope, *, trusted: tuple[Verifier, ...], kept: Kept | None = None, on_progress: OnProgress | None = None
) -> LiveReport:
    """Every entry, hash and checkpoint of the transaction's tenant.  Raises NoteError for a kept checkpoint nobody trusted signed.

    Reads the whole log: about 20,000 entries in a second.
    """
    walk = _Walk(trusted, kept or Kept(), origin_suffix=f"/{tx.organization_id}")
    state = await live_rows.read_state(tx)
    while rows := await live_rows.read_leaves(tx, start=walk.tree.size, end=min(walk.tree.size + _CHUNK, state.end)):
        signed = await live_rows.read_checkpoints(tx, above=walk.tree.size, up_to=walk.tree.size + len(rows))
        is_whole = walk.add(rows, signed)
        walk.compare_nodes(await live_rows.read_nodes(tx, list(walk.completed)))
        if on_progress is not None:
            await on_progress(walk.tree.size, state.end)
        if not is_whole:
            break
    walk.compare_end(state)
    return walk.report()


class _Walk:
    """The tree as the entries make it, compared on the way with everything that claims to know it."""

    def __init__(self, trusted: tuple[Verifier, ...], kept: Kept, *, origin_suffix: str) -> None:
        self.tree = CompactRange()
        self.completed: dict[tuple[int, int], bytes] = {}
        self._trusted = trusted
        self._kept = kept
        self._origin_suffix = origin_suffix
        self._witnessed: dict[int, list[Checkpoint]] = {}
        for note in kept.notes:
            checkpoint = parse_checkpoint(open_note(note, trusted))
            if not checkpoint.origin.endswith(origin_suffix):
                raise NoteError("the kept checkpoint is of another log")
            self._witnessed.setdefault(checkpoint.size, []).append(checkpoint)
        self._findings: list[Finding] = []
        self._latest: datetime | None = None
        self._pruned = self._checkpoints = self._last_signed = self._sound_stored = self._sound_kept = 0
        self._is_gap = False

    def add(self, rows: Sequence[LeafRow], signed: Sequence[CheckpointRow]) -> bool:
        """Append the rows; whether they followed each other without a gap."""
        self.completed = {}
        by_size = {row.size: row for row in signed}
        for row in rows:
            index = self.tree.size
            if row.index != index:
                self._find(index, row.index - 1, "missing in the database")
                self._is_gap = True
                return False
            hashed = self._check_leaf(row)
            self.completed.update({(level, at): node for level, at, node in self.tree.append(hashed)})
            self._compare_root(by_size.get(self.tree.size))
        return True

    def compare_nodes(self, stored: dict[tuple[int, int], bytes]) -> None:
        for (level, index), node in self.completed.items():
            if stored.get((level, index)) != node:
                self._find(index << level, ((index + 1) << level) - 1, "its stored hash in the tree is another, or is missing")

    def compare_end(self, state: live_rows.State) -> None:
        """What claims that the log is longer than it is, or shorter."""
        size = self.tree.size
        claimed = max(state.end, state.newest_checkpoint, *self._witnessed, 0)
        if claimed > size and not (self._is_gap and claimed <= state.end):
            self._find(size, size, f"cut off: the log once had {claimed} entries")
        if self._is_gap or claimed > size:
            return
        if state.tree_size < size:
            self._find(state.tree_size, size - 1, "inserted after the last place of the tree")
        elif state.tree_size == size and state.range_hashes != self.tree.hashes:
            self._find(self._sound_stored, max(size - 1, 0), "the sequencer's state is of another tree")
        if self._last_signed < size:
            self._find(self._last_signed, size - 1, "no checkpoint signs it")
        expected = 2 * size - size.bit_count()  # every complete subtree once
        if state.nodes != expected and not self._findings:
            self._find(size, size, f"the tree has {state.nodes} hashes stored instead of {expected}")

    def report(self) -> LiveReport:
        kept = sum(len(found) for found in self._witnessed.values())
        return LiveReport(self.tree.size, self._pruned, self._checkpoints, kept, tuple(self._ordered()))

    def _ordered(self) -> list[Finding]:
        """The narrowest statement about the first bad entry first; wider ones that only echo it are left out."""
        found = sorted(set(self._findings), key=lambda item: (item.first, item.last - item.first, item.what))
        exact = [item for item in found if item.first == item.last]
        return [item for item in found if item in exact or not any(item.first <= narrow.first <= item.last for narrow in exact)][
            :_MAX_FINDINGS
        ]

    def _check_leaf(self, row: LeafRow) -> bytes:
        """The hash that the entry has; complains about everything beside it that says otherwise."""
        if row.entry is None:
            if self._pruned != row.index:
                self._find(row.index, row.index, "its content was removed, though older entries are kept")
            self._pruned += 1
            return row.leaf_hash
        hashed = merkle.leaf_hash(row.entry)
        problem = _problem_of(row, row.entry, hashed, latest=self._latest)
        tiles = self._kept.tiles
        if problem is None and tiles is not None and row.index < self._kept.tiles_size and tiles.node(0, row.index) != hashed:
            problem = "altered since the kept bundle was exported"
        if problem is not None:
            self._find(row.index, row.index, problem)
        self._latest = row.sequenced_at
        return hashed

    def _compare_root(self, signed: CheckpointRow | None) -> None:
        size, root = self.tree.size, self.tree.root()
        if signed is not None:
            self._checkpoints += 1
            problem = self._problem_of_checkpoint(signed, root)
            if problem is None:
                self._sound_stored = size
            else:
                self._find(self._sound_stored, size - 1, problem)
            self._last_signed = size
        for checkpoint in self._witnessed.get(size, ()):
            if checkpoint.root == root:
                self._sound_kept = size
            else:
                self._find(self._sound_kept, size - 1, f"rewritten: the kept checkpoint of {size} entries has another root")

    def _problem_of_checkpoint(self, signed: CheckpointRow, root: bytes) -> str | None:
        try:
            stated = parse_checkpoint(open_note(signed.note, self._trusted))
        except NoteError as error:
            return f"the checkpoint of {signed.size} entries is not ours ({error})"
        if not stated.origin.endswith(self._origin_suffix) or (stated.size, stated.root) != (signed.size, signed.root):
            return f"the checkpoint of {signed.size} entries signs something else"
        return None if stated.root == root else f"the signed checkpoint of {signed.size} entries has another root"

    def _find(self, first: int, last: int, what: str) -> None:
        if len(self._findings) < 100 * _MAX_FINDINGS:
            self._findings.append(Finding(first, last, what))


def _problem_of(row: LeafRow, entry: bytes, hashed: bytes, *, latest: datetime | None) -> str | None:
    """What is wrong with one row; None if entry, hash, place, time and columns agree."""
    try:
        found = leaf.read(entry)
    except LeafError as error:
        return f"altered: {error}"
    columns = found.columns if found.record is not None else msgspec.structs.replace(found.columns, record_id=row.record_id)
    problems = (
        (hashed != row.leaf_hash, "altered: its hash is another"),
        (found.index != row.index, f"entry {found.index} stands in its place"),
        (latest is not None and found.sequenced_at < latest, "its time lies before that of an earlier entry"),
        (
            (found.sequenced_at, columns) != (row.sequenced_at, row.columns),
            "the columns by which it is searched say something else",
        ),
    )
    return next((what for is_wrong, what in problems if is_wrong), None)
