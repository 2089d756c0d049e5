"""Merkle trees of an append-only log: roots, inclusion and consistency proofs.  Source: RFC 9162, 2.1 (hashes as RFC 6962).

Pure.  Proofs are made from any reader of node hashes, so that a log of millions of entries needs a logarithm of them.
"""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()

# (level, index) -> hash of the complete subtree of 2^level leaves that starts at leaf index * 2^level
ReadNode = Callable[[int, int], bytes]


class ProofError(Exception):
    """A proof does not prove what it claims."""


def leaf_hash(entry: bytes) -> bytes:
    """32 bytes; the prefix keeps leaves and inner nodes apart.  Source: RFC 9162, 2.1.1."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """32 bytes.  Source: RFC 9162, 2.1.1."""
    return sha256(b"\x01" + left + right).digest()


class CompactRange:
    """The hashes of the complete subtrees of a tree, largest first: all that is needed to append and to know the root."""

    __slots__ = ("_hashes", "_size")

    def __init__(self, size: int = 0, hashes: Sequence[bytes] = ()) -> None:
        if len(hashes) != size.bit_count() or any(len(item) != HASH_BYTES for item in hashes):
            raise ValueError("a compact range has one 32-byte hash per set bit of its size")
        self._size = size
        self._hashes = list(hashes)

    @property
    def size(self) -> int:
        return self._size

    @property
    def hashes(self) -> tuple[bytes, ...]:
        return tuple(self._hashes)

    def append(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Add a leaf hash; gives every node which that completes as (level, index, hash), the leaf first."""
        completed = [(0, self._size, leaf)]
        index, current, level = self._size, leaf, 0
        while index & 1:
            current = node_hash(self._hashes.pop(), current)
            index >>= 1
            level += 1
            completed.append((level, index, current))
        self._hashes.append(current)
        self._size += 1
        return completed

    def root(self) -> bytes:
        """The tree hash; of an empty tree the hash of nothing."""
        if not self._hashes:
            return EMPTY_ROOT
        root = self._hashes[-1]
        for left in reversed(self._hashes[:-1]):
            root = node_hash(left, root)
        return root


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root over leaf hashes."""
    tree = CompactRange()
    for leaf in leaves:
        tree.append(leaf)
    return tree.root()


def join_all(hashes: Sequence[bytes]) -> bytes:
    """The root over a power of two of hashes of one level."""
    row = list(hashes)
    while len(row) > 1:
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]


def touched_nodes(make_proof: Callable[[ReadNode], object]) -> set[tuple[int, int]]:
    """Which nodes a proof reads, so that they can be fetched at once before it is made."""
    touched: set[tuple[int, int]] = set()

    def note(level: int, index: int) -> bytes:
        touched.add((level, index))
        return EMPTY_ROOT

    make_proof(note)
    return touched


def subtree_hash(read_node: ReadNode, start: int, end: int) -> bytes:
    """Hash of leaves [start, end), where start is a multiple of the largest power of two that fits."""
    count = end - start
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return read_node(level, start >> level)
    split = _split(count)
    return node_hash(subtree_hash(read_node, start, start + split), subtree_hash(read_node, start + split, end))


def inclusion_proof(read_node: ReadNode, index: int, tree_size: int) -> list[bytes]:
    """Hashes which prove that leaf `index` is in the tree of `tree_size` leaves.

    Each hash is 32 bytes, ordered from leaf to root; at most ceil(log2(tree_size)).
    Raises IndexError unless 0 <= index < tree_size.  Source: RFC 9162, 2.1.3.1.
    """
    if not 0 <= index < tree_size:
        raise IndexError(f"leaf {index} is not in a tree of {tree_size}")
    proof: list[bytes] = []
    start, end = 0, tree_size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            proof.append(subtree_hash(read_node, middle, end))
            end = middle
        else:
            proof.append(subtree_hash(read_node, start, middle))
            start = middle
    return proof[::-1]


def consistency_proof(read_node: ReadNode, first_size: int, second_size: int) -> list[bytes]:
    """Hashes which prove that the tree of `first_size` leaves is a prefix of that of `second_size`.

    Raises IndexError unless 0 <= first_size <= second_size.  Empty for sizes 0 or equal.  Source: RFC 9162, 2.1.4.1.
    """
    if not 0 <= first_size <= second_size:
        raise IndexError(f"{first_size} is not a prefix size of {second_size}")
    if first_size in {0, second_size}:
        return []
    proof: list[bytes] = []
    start, end, is_first_complete = 0, second_size, True
    while first_size != end:
        middle = start + _split(end - start)
        if first_size <= middle:
            proof.append(subtree_hash(read_node, middle, end))
            end = middle
        else:
            proof.append(subtree_hash(read_node, start, middle))
            start, is_first_complete = middle, False
    if not is_first_complete:
        proof.append(subtree_hash(read_node, start, end))
    return proof[::-1]


def verify_inclusion(*, leaf: bytes, index: int, tree_size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Raises ProofError unless `proof` leads from the leaf hash to `root`.  Source: RFC 9162, 2.1.3.2."""
    if not 0 <= index < tree_size:
        raise ProofError("index outside of the tree")
    _check_lengths(proof)
    node, last, current = index, tree_size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise ProofError("inclusion proof too long")
        if node & 1 or node == last:
            current = node_hash(sibling, current)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            current = node_hash(current, sibling)
        node, last = node >> 1, last >> 1
    if last != 0 or current != root:
        raise ProofError("inclusion proof does not lead to the root")


def verify_consistency(
    *, first_size: int, first_root: bytes, second_size: int, second_root: bytes, proof: Sequence[bytes]
) -> None:
    """Raises ProofError unless the first tree is a prefix of the second.  Source: RFC 9162, 2.1.4.2."""
    if not 0 <= first_size <= second_size:
        raise ProofError("sizes are in the wrong order")
    _check_lengths(proof)
    if first_size in {0, second_size}:
        expected = EMPTY_ROOT if first_size == 0 else second_root
        if proof or first_root != expected:
            raise ProofError("trees of this size are not consistent")
        return
    path = list(proof) if first_size & (first_size - 1) else [first_root, *proof]
    if not path:
        raise ProofError("consistency proof is empty")
    if _walk_consistency(path, node=first_size - 1, last=second_size - 1) != (first_root, second_root):
        raise ProofError("consistency proof does not lead to both roots")


def _walk_consistency(path: Sequence[bytes], *, node: int, last: int) -> tuple[bytes, bytes]:
    """The two roots to which the hashes lead.  Source: RFC 9162, 2.1.4.2, steps 3 to 6."""
    while node & 1:
        node, last = node >> 1, last >> 1
    first = second = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise ProofError("consistency proof too long")
        if node & 1 or node == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        node, last = node >> 1, last >> 1
    if last != 0:
        raise ProofError("consistency proof too short")
    return first, second


def _check_lengths(proof: Sequence[bytes]) -> None:
    if any(len(item) != HASH_BYTES for item in proof):
        raise ProofError("a hash of the proof has not 32 bytes")


def _split(count: int) -> int:
    """The largest power of two smaller than `count`."""
    return 1 << ((count - 1).bit_length() - 1)
