"""Merkle hashes as static files, 256 to a tile, so that any transparency-log tool can compute any proof.  Source: C2SP tlog-tiles.

Pure.  Tile (level, index) holds up to 256 hashes of complete subtrees of 256^level leaves.
"""

from collections.abc import Iterator, Mapping

import msgspec

from audit import merkle
from audit.merkle import HASH_BYTES, ProofError

HEIGHT = 8  # levels of the tree in one tile
WIDTH = 1 << HEIGHT
MAX_LEAF_TILES = 4_096  # 2^20 leaves, 32 MB of hashes: up to here a bundle has the tiles of all leaves


class Tile(msgspec.Struct, frozen=True):
    level: int
    index: int
    width: int  # hashes in it; only the last of a level has fewer than WIDTH

    @property
    def path(self) -> str:
        """`tile/<level>/<index in groups of three digits>[.p/<width>]`."""
        groups = [f"{self.index % 1000:03d}"]
        rest = self.index // 1000
        while rest:
            groups.insert(0, f"x{rest % 1000:03d}")
            rest //= 1000
        partial = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{self.level}/{'/'.join(groups)}{partial}"

    @property
    def node_level(self) -> int:
        return self.level * HEIGHT

    @property
    def first_node(self) -> int:
        return self.index * WIDTH


def tiles_of(size: int, *, level: int) -> Iterator[Tile]:
    """All tiles of one level of a tree, from left to right."""
    hashes = size >> (level * HEIGHT)
    for index in range(0, hashes, WIDTH):
        yield Tile(level, index // WIDTH, min(WIDTH, hashes - index))


def levels_of(size: int) -> range:
    """The levels which have tiles."""
    return range((max(size.bit_length(), 1) + HEIGHT - 1) // HEIGHT) if size else range(0)


def chosen_tiles(size: int, *, first: int, last: int, older_size: int, max_leaf_tiles: int = MAX_LEAF_TILES) -> Iterator[Tile]:
    """Tiles of a bundle, from which the proofs of leaves [first, last] and the consistency with `older_size` follow.

    All of them while the leaf level has at most `max_leaf_tiles`; else only those of its tiles which these proofs touch.
    """
    edges = {max(older_size - 1, 0) // WIDTH, (size - 1) // WIDTH}
    for level in levels_of(size):
        for tile in tiles_of(size, level=level):
            is_touched = first // WIDTH <= tile.index <= last // WIDTH or tile.index in edges
            if level > 0 or is_touched or size <= max_leaf_tiles * WIDTH:
                yield tile


class TileReader:
    """Node hashes out of the tiles of one tree; raises ProofError for tiles that are not there."""

    def __init__(self, files: Mapping[str, bytes], size: int) -> None:
        self._files = files
        self._size = size
        self._read: dict[tuple[int, int], bytes] = {}

    def node(self, level: int, index: int) -> bytes:
        """Fits merkle.ReadNode."""
        known = self._read.get((level, index))
        if known is None:
            known = self._compute(level, index)
            self._read[level, index] = known
        return known

    def check(self, root: bytes) -> None:
        """Every tile that is there belongs to the tree with this root.  Raises ProofError naming the first that does not."""
        if merkle.subtree_hash(self.node, 0, self._size) != root if self._size else root != merkle.EMPTY_ROOT:
            raise ProofError("the tiles do not lead to the root")
        for level in levels_of(self._size):
            for tile in tiles_of(self._size, level=level):
                if tile.width == WIDTH and tile.path in self._files:
                    self._check_parent(tile)

    def has_leaf_tiles(self) -> bool:
        """Whether the tiles of all leaves are there, so that every proof can be computed."""
        return all(tile.path in self._files for tile in tiles_of(self._size, level=0))

    def _check_parent(self, tile: Tile) -> None:
        hashes = [self.node(tile.node_level, tile.first_node + offset) for offset in range(WIDTH)]
        if merkle.join_all(hashes) != self.node(tile.node_level + HEIGHT, tile.index):
            raise ProofError(f"{tile.path} does not belong to the tree")

    def _compute(self, level: int, index: int) -> bytes:
        if level % HEIGHT:
            return merkle.node_hash(self.node(level - 1, 2 * index), self.node(level - 1, 2 * index + 1))
        hashes = self._size >> level
        first = index // WIDTH * WIDTH
        tile = Tile(level // HEIGHT, index // WIDTH, min(WIDTH, hashes - first))
        raw = self._files.get(tile.path, b"")
        if len(raw) != tile.width * HASH_BYTES:
            raise ProofError(f"{tile.path} is missing or has a wrong length")
        return raw[(index - first) * HASH_BYTES : (index - first + 1) * HASH_BYTES]
