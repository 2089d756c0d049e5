"""Trees and proofs: public vectors, an independent implementation, and no changed byte that passes."""

import os
import random
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit import merkle
from audit.merkle import CompactRange, ProofError
from tests.unit.audit.naive_tree import NaiveTree, root_by_inclusion, roots_by_consistency

MAX_SIZE = 2000
ENTRIES = [os.urandom(index % 40) + index.to_bytes(4, "big") for index in range(MAX_SIZE)]
NAIVE = NaiveTree(ENTRIES)

# The eight leaves with which the certificate transparency projects test each other.
CT_LEAVES = [
    bytes.fromhex(text)
    for text in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
CT_ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
CT_INCLUSION = (
    (0, 1, ()),
    (0, 2, ("96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",)),
    (1, 2, ("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",)),
    (2, 3, ("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",)),
    (1, 5, ("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b")),
    (0, 8, ("96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4")),
    (5, 8, ("bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")),
)  # fmt: skip
CT_CONSISTENCY = (
    (1, 1, ()),
    (1, 8, ("96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4")),
    (2, 5, ("5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b")),
    (2, 8, ("5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4")),
    (6, 8, ("0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")),
)  # fmt: skip


def nodes_of(entries: Sequence[bytes]) -> merkle.ReadNode:
    """Every complete subtree, as the sequencer stores them."""
    tree, stored = CompactRange(), {}
    for entry in entries:
        stored.update({(level, index): node for level, index, node in tree.append(merkle.leaf_hash(entry))})
    return lambda level, index: stored[level, index]


NODES = nodes_of(ENTRIES)


def _hashes(texts: Sequence[str]) -> list[bytes]:
    return [bytes.fromhex(text) for text in texts]


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_the_public_vectors(size: int) -> None:
    assert merkle.root_of(map(merkle.leaf_hash, CT_LEAVES[:size])).hex() == CT_ROOTS[size]


@pytest.mark.parametrize(("index", "size", "proof"), CT_INCLUSION)
def test_inclusion_proofs_are_those_of_the_public_vectors(index: int, size: int, proof: tuple[str, ...]) -> None:
    assert merkle.inclusion_proof(nodes_of(CT_LEAVES), index, size) == _hashes(proof)
    merkle.verify_inclusion(
        leaf=merkle.leaf_hash(CT_LEAVES[index]),
        index=index,
        tree_size=size,
        proof=_hashes(proof),
        root=bytes.fromhex(CT_ROOTS[size]),
    )


@pytest.mark.parametrize(("first", "second", "proof"), CT_CONSISTENCY)
def test_consistency_proofs_are_those_of_the_public_vectors(first: int, second: int, proof: tuple[str, ...]) -> None:
    assert merkle.consistency_proof(nodes_of(CT_LEAVES), first, second) == _hashes(proof)
    merkle.verify_consistency(
        first_size=first,
        first_root=bytes.fromhex(CT_ROOTS[first]),
        second_size=second,
        second_root=bytes.fromhex(CT_ROOTS[second]),
        proof=_hashes(proof),
    )


def test_every_root_up_to_two_thousand_leaves_is_that_of_the_independent_tree() -> None:
    tree = CompactRange()
    for size in range(MAX_SIZE + 1):
        assert tree.root() == NAIVE.root(size)
        assert CompactRange(size, tree.hashes).root() == tree.root(), "a compact range can be stored and loaded"
        if size < MAX_SIZE:
            tree.append(merkle.leaf_hash(ENTRIES[size]))


def test_inclusion_proofs_of_every_size_are_accepted_by_the_independent_verifier() -> None:
    chosen = random.Random(6962)
    for size in range(1, MAX_SIZE + 1):
        for index in {0, size - 1, size // 2, chosen.randrange(size), chosen.randrange(size)}:
            leaf, proof = merkle.leaf_hash(ENTRIES[index]), merkle.inclusion_proof(NODES, index, size)
            assert proof == NAIVE.path(index, size)
            assert root_by_inclusion(leaf, index, size, proof) == NAIVE.root(size)
            merkle.verify_inclusion(leaf=leaf, index=index, tree_size=size, proof=proof, root=NAIVE.root(size))


def test_consistency_proofs_of_every_size_are_accepted_by_the_independent_verifier() -> None:
    chosen = random.Random(9162)
    for second in range(1, MAX_SIZE + 1):
        for first in {0, 1, second, second - 1, chosen.randint(1, second), chosen.randint(1, second)}:
            proof = merkle.consistency_proof(NODES, first, second)
            assert proof == NAIVE.proof(first, second)
            if first:
                roots = roots_by_consistency(first, second, proof, NAIVE.root(first))
                assert roots == (NAIVE.root(first), NAIVE.root(second))
            _verify_consistency(first, second, proof)


def _verify_consistency(first: int, second: int, proof: Sequence[bytes]) -> None:
    merkle.verify_consistency(
        first_size=first,
        first_root=NAIVE.root(first),
        second_size=second,
        second_root=NAIVE.root(second),
        proof=proof,
    )


def test_all_small_trees_have_proofs_of_every_leaf_and_prefix() -> None:
    for size in range(1, 65):
        for index in range(size):
            assert merkle.inclusion_proof(NODES, index, size) == NAIVE.path(index, size)
            assert merkle.consistency_proof(NODES, index, size) == NAIVE.proof(index, size)


def flipped(raw: bytes, position: int, bit: int) -> bytes:
    position %= len(raw)
    return raw[:position] + bytes([raw[position] ^ (1 << bit)]) + raw[position + 1 :]


SIZES = st.integers(1, MAX_SIZE)
POSITIONS = st.tuples(st.integers(0, 10_000), st.integers(0, 7))


@given(size=SIZES, choice=st.integers(0, MAX_SIZE), where=POSITIONS, part=st.sampled_from(["entry", "root", "proof"]))
@settings(max_examples=400, deadline=None)
def test_no_changed_bit_of_an_inclusion_passes(size: int, choice: int, where: tuple[int, int], part: str) -> None:
    index = choice % size
    entry, proof, root = ENTRIES[index], merkle.inclusion_proof(NODES, index, size), NAIVE.root(size)
    if part == "entry":
        entry = flipped(entry, *where)
    elif part == "root" or not proof:
        root = flipped(root, *where)
    else:
        proof[where[0] % len(proof)] = flipped(proof[where[0] % len(proof)], *where)
    with pytest.raises(ProofError):
        merkle.verify_inclusion(leaf=merkle.leaf_hash(entry), index=index, tree_size=size, proof=proof, root=root)


@given(size=SIZES, choice=st.integers(0, MAX_SIZE), other=st.integers(-3, MAX_SIZE + 3))
@settings(max_examples=400, deadline=None)
def test_no_other_index_passes(size: int, choice: int, other: int) -> None:
    index = choice % size
    if other == index:
        return
    with pytest.raises(ProofError):
        merkle.verify_inclusion(
            leaf=merkle.leaf_hash(ENTRIES[index]),
            index=other,
            tree_size=size,
            proof=merkle.inclusion_proof(NODES, index, size),
            root=NAIVE.root(size),
        )


@given(size=SIZES, choice=st.integers(0, MAX_SIZE), change=st.sampled_from(["drop", "double", "extend", "short", "long", "swap"]))
@settings(max_examples=300, deadline=None)
def test_no_proof_of_another_shape_passes(size: int, choice: int, change: str) -> None:
    index = choice % size
    proof = merkle.inclusion_proof(NODES, index, size)
    changes: dict[str, Callable[[], list[bytes]]] = {
        "drop": lambda: proof[:-1],
        "double": lambda: [*proof, *proof[-1:]],
        "extend": lambda: [*proof, os.urandom(32)],
        "short": lambda: [proof[0][:-1], *proof[1:]],
        "long": lambda: [proof[0] + b"\0", *proof[1:]],
        "swap": lambda: proof[::-1],
    }
    if not proof and change != "extend":
        return
    changed = changes[change]()
    if changed == proof:
        return
    with pytest.raises(ProofError):
        merkle.verify_inclusion(
            leaf=merkle.leaf_hash(ENTRIES[index]), index=index, tree_size=size, proof=changed, root=NAIVE.root(size)
        )


@given(first=SIZES, second=SIZES, where=POSITIONS, part=st.sampled_from(["first", "second", "proof", "drop", "extend"]))
@settings(max_examples=400, deadline=None)
def test_no_changed_bit_of_a_consistency_proof_passes(first: int, second: int, where: tuple[int, int], part: str) -> None:
    first, second = sorted((first, second))
    proof, roots = merkle.consistency_proof(NODES, first, second), [NAIVE.root(first), NAIVE.root(second)]
    if part == "first":
        roots[0] = flipped(roots[0], *where)
    elif part == "second" or not proof:
        roots[1] = flipped(roots[1], *where)
    elif part == "proof":
        proof[where[0] % len(proof)] = flipped(proof[where[0] % len(proof)], *where)
    else:
        proof = proof[:-1] if part == "drop" else [*proof, os.urandom(32)]
    with pytest.raises(ProofError):
        merkle.verify_consistency(first_size=first, first_root=roots[0], second_size=second, second_root=roots[1], proof=proof)


@pytest.mark.parametrize(("first", "second"), [(5, 8), (6, 8), (8, 9), (700, 1500)])
def test_a_consistency_proof_holds_for_its_own_sizes_only(first: int, second: int) -> None:
    proof = merkle.consistency_proof(NODES, first, second)
    for other_first, other_second in ((first - 1, second), (first + 1, second), (first, second + 1), (second, first)):
        with pytest.raises(ProofError):
            _verify_consistency(other_first, other_second, proof)


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_there_is_no_proof_of_a_leaf_outside_of_the_tree(index: int, size: int) -> None:
    with pytest.raises(IndexError):
        merkle.inclusion_proof(NODES, index, size)


@pytest.mark.parametrize(("first", "second"), [(-1, 3), (4, 3)])
def test_there_is_no_proof_of_a_prefix_longer_than_the_tree(first: int, second: int) -> None:
    with pytest.raises(IndexError):
        merkle.consistency_proof(NODES, first, second)


@pytest.mark.parametrize(("size", "hashes"), [(1, ()), (3, (b"\0" * 32,)), (1, (b"\0" * 31,)), (0, (b"\0" * 32,))])
def test_a_stored_range_which_does_not_fit_its_size_is_refused(size: int, hashes: tuple[bytes, ...]) -> None:
    with pytest.raises(ValueError, match="compact range"):
        CompactRange(size, hashes)
