"""Tiles: where they lie, which belong to a bundle, and that every proof follows from them."""

import os
import random

import pytest

from audit import merkle, tiles
from audit.merkle import CompactRange, ProofError
from audit.tiles import Tile, TileReader
from tests.unit.audit.naive_tree import NaiveTree

ENTRIES = [os.urandom(8) for _ in range(700)]
NAIVE = NaiveTree(ENTRIES)


def files_of(size: int) -> dict[str, bytes]:
    """Every tile, computed without our tree."""
    return {
        tile.path: b"".join(
            NAIVE.range_hash(node << tile.node_level, (node + 1) << tile.node_level)
            for node in range(tile.first_node, tile.first_node + tile.width)
        )
        for level in tiles.levels_of(size)
        for tile in tiles.tiles_of(size, level=level)
    }


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0, 256), "tile/0/000"),
        (Tile(1, 273, 112), "tile/1/273.p/112"),
        (Tile(0, 1_234_067, 256), "tile/0/x001/x234/067"),  # the example of C2SP tlog-tiles
        (Tile(0, 1000, 1), "tile/0/x001/000.p/1"),
    ],
)
def test_a_tile_lies_where_other_tools_look_for_it(tile: Tile, path: str) -> None:
    assert tile.path == path


def test_a_tree_of_seventy_thousand_has_the_tiles_of_the_specification() -> None:
    """Source: C2SP tlog-tiles, its example of a log of 70,000 entries."""
    shapes = {level: [tile.width for tile in tiles.tiles_of(70_000, level=level)] for level in tiles.levels_of(70_000)}
    assert shapes == {0: [256] * 273 + [112], 1: [256, 17], 2: [1]}


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 511, 512, 600, 700])
def test_every_proof_follows_from_the_tiles(size: int) -> None:
    reader = TileReader(files_of(size), size)
    reader.check(NAIVE.root(size))
    assert reader.has_leaf_tiles()
    chosen = random.Random(size)
    for _ in range(30):
        index, first = chosen.randrange(size), chosen.randint(1, size)
        assert merkle.inclusion_proof(reader.node, index, size) == NAIVE.path(index, size)
        assert merkle.consistency_proof(reader.node, first, size) == NAIVE.proof(first, size)


def test_the_tiles_of_an_empty_tree_are_none() -> None:
    assert list(tiles.levels_of(0)) == []
    TileReader({}, 0).check(merkle.EMPTY_ROOT)


def test_no_changed_byte_of_any_tile_passes() -> None:
    whole, chosen = files_of(700), random.Random(3)
    for path, content in whole.items():
        for _ in range(20):
            raw = bytearray(content)
            raw[chosen.randrange(len(raw))] ^= 1 << chosen.randrange(8)
            with pytest.raises(ProofError):
                TileReader({**whole, path: bytes(raw)}, 700).check(NAIVE.root(700))


@pytest.mark.parametrize("content", [None, b"", b"\0" * 31])
def test_a_missing_or_short_tile_is_named(content: bytes | None) -> None:
    whole = files_of(300)
    changed = {path: raw for path, raw in whole.items() if path != "tile/0/001.p/44"}
    if content is not None:
        changed["tile/0/001.p/44"] = content
    with pytest.raises(ProofError, match=r"tile/0/001\.p/44"):
        TileReader(changed, 300).check(NAIVE.root(300))


def test_a_small_bundle_has_all_tiles_and_a_large_one_those_of_its_range() -> None:
    everything = {tile.path for level in tiles.levels_of(70_000) for tile in tiles.tiles_of(70_000, level=level)}
    assert {tile.path for tile in tiles.chosen_tiles(70_000, first=10, last=20, older_size=1)} == everything
    few = {tile.path for tile in tiles.chosen_tiles(70_000, first=600, last=900, older_size=30_001, max_leaf_tiles=10)}
    assert few == {
        "tile/0/002",
        "tile/0/003",
        "tile/0/117",
        "tile/0/273.p/112",
        "tile/1/000",
        "tile/1/001.p/17",
        "tile/2/000.p/1",
    }


def test_the_tiles_of_a_range_prove_its_entries_and_its_beginning() -> None:
    size, first, last, older = 70_000, 600, 900, 30_001
    leaves = [index.to_bytes(32, "big") for index in range(size)]
    tree, stored = CompactRange(), {}
    for leaf in leaves:
        stored.update({(level, at): node for level, at, node in tree.append(leaf)})
    files = {
        tile.path: b"".join(stored[tile.node_level, tile.first_node + offset] for offset in range(tile.width))
        for tile in tiles.chosen_tiles(size, first=first, last=last, older_size=older, max_leaf_tiles=10)
    }
    reader = TileReader(files, size)
    reader.check(tree.root())
    assert not reader.has_leaf_tiles()
    for index in range(first, last + 1):
        proof = merkle.inclusion_proof(reader.node, index, size)
        merkle.verify_inclusion(leaf=leaves[index], index=index, tree_size=size, proof=proof, root=tree.root())
    assert merkle.consistency_proof(reader.node, older, size) == merkle.consistency_proof(
        lambda level, at: stored[level, at], older, size
    )


def test_what_a_proof_reads_is_known_before_it_is_made() -> None:
    touched = merkle.touched_nodes(lambda read: merkle.inclusion_proof(read, 5, 700))
    known = {place: NAIVE.range_hash(place[1] << place[0], (place[1] + 1) << place[0]) for place in touched}
    assert merkle.inclusion_proof(lambda level, at: known[level, at], 5, 700) == NAIVE.path(5, 700)
