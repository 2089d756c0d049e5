"""A second Merkle tree, written from the definitions of RFC 9162 (2.1.1, 2.1.3.1, 2.1.4.1), by recursion and without our code."""

import hashlib
from collections.abc import Sequence


class NaiveTree:
    """Keeps every subtree it has computed, so that thousands of sizes take seconds."""

    def __init__(self, entries: Sequence[bytes]) -> None:
        self._entries = entries
        self._known: dict[tuple[int, int], bytes] = {}

    def root(self, size: int) -> bytes:
        return self._hash(0, size)

    def range_hash(self, start: int, end: int) -> bytes:
        """MTH(D[start:end])."""
        return self._hash(start, end)

    def path(self, index: int, size: int) -> list[bytes]:
        """PATH(m, D_n)."""
        return self._path(index, 0, size)

    def proof(self, first: int, second: int) -> list[bytes]:
        """PROOF(m, D_n), empty for nothing and for everything."""
        return self._subproof(first, 0, second, is_known=True) if 0 < first < second else []

    def _hash(self, start: int, end: int) -> bytes:
        if (start, end) not in self._known:
            self._known[start, end] = self._compute(start, end)
        return self._known[start, end]

    def _compute(self, start: int, end: int) -> bytes:
        if start == end:
            return hashlib.sha256().digest()
        if end - start == 1:
            return hashlib.sha256(bytes([0]) + self._entries[start]).digest()
        k = split(end - start)
        return join(self._hash(start, start + k), self._hash(start + k, end))

    def _path(self, index: int, start: int, end: int) -> list[bytes]:
        if end - start == 1:
            return []
        k = split(end - start)
        if index < k:
            return [*self._path(index, start, start + k), self._hash(start + k, end)]
        return [*self._path(index - k, start + k, end), self._hash(start, start + k)]

    def _subproof(self, first: int, start: int, end: int, *, is_known: bool) -> list[bytes]:
        if first == end - start:
            return [] if is_known else [self._hash(start, end)]
        k = split(end - start)
        if first <= k:
            return [*self._subproof(first, start, start + k, is_known=is_known), self._hash(start + k, end)]
        return [*self._subproof(first - k, start + k, end, is_known=False), self._hash(start, start + k)]


def split(count: int) -> int:
    k = 1
    while k * 2 < count:
        k *= 2
    return k


def join(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(bytes([1]) + left + right).digest()


def root_by_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """The root to which the proof leads; None if it has too few or too many hashes."""
    if size == 1:
        return leaf if not proof else None
    if not proof:
        return None
    k, (*inner, last) = split(size), proof
    below = root_by_inclusion(leaf, index, k, inner) if index < k else root_by_inclusion(leaf, index - k, size - k, inner)
    if below is None:
        return None
    return join(below, last) if index < k else join(last, below)


def roots_by_consistency(first: int, second: int, proof: Sequence[bytes], known: bytes | None) -> tuple[bytes, bytes] | None:
    """Both roots to which the proof leads; `known` is the first root while its tree is a left edge of the second."""
    if first == second:
        if known is not None:
            return None if proof else (known, known)
        return (proof[0], proof[0]) if len(proof) == 1 else None
    if not proof:
        return None
    k, (*inner, last) = split(second), proof
    if first <= k:
        below = roots_by_consistency(first, k, inner, known)
        return None if below is None else (below[0], join(below[1], last))
    below = roots_by_consistency(first - k, second - k, inner, None)
    return None if below is None else (join(last, below[0]), join(last, below[1]))
