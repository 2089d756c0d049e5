"""The files of an exported bundle and the shapes of their content.  Pure; docs/audit.md describes them for outsiders."""

import base64
from collections.abc import Sequence

import msgspec

ENTRIES = "entries.jsonl"
TABLE = "entries.csv"
PROOFS = "proofs.jsonl"
DISCLOSURES = "disclosures.jsonl"
CHECKPOINT = "checkpoint"
OLDER_CHECKPOINT = "checkpoint.previous"
CONSISTENCY = "consistency.json"
RANGE = "range.json"
REFERENCE = "reference.json"
VKEYS = "vkeys.txt"
INSTRUCTIONS = "VERIFY.md"
MANIFEST = "manifest.json"
TILES = "tile/"


class Neighbour(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The entry just outside of the range, which shows by its time that the range ends where it says."""

    index: int
    entry: str  # base64 of the hashed bytes
    proof: list[str]  # base64, leaf to root


class Range(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Entries [first, last] were exported, none if last < first; a filter may have left some out of entries.jsonl.

    A range without `since` begins with the log, one without `until` ends with the checkpoint.  Entries below `pruned_below` are
    gone by the retention policy; their hashes still carry the tree.
    """

    first: int
    last: int
    is_filtered: bool
    since: str | None = None
    until: str | None = None
    filter: dict[str, str] = {}
    before: Neighbour | None = None
    after: Neighbour | None = None
    pruned_below: int = 0


class Proof(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    index: int
    proof: list[str]  # base64, leaf to root


class Consistency(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    first_size: int
    second_size: int
    proof: list[str]  # base64


class DisclosedField(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`disclosure` is base64url of [salt, name, value]; its SHA-256 is the digest inside the entry.  Source: RFC 9901, 4.2."""

    index: int
    digest: str
    disclosure: str
    name: str
    value: str


class ReferenceEntry(msgspec.Struct, frozen=True, rename="pascal", forbid_unknown_fields=True):
    index: int
    entry: str
    proof: list[str]


class Reference(msgspec.Struct, frozen=True, rename="pascal", forbid_unknown_fields=True):
    """What the independent verifier in Go reads."""

    vkey: str
    old: str
    new: str
    oldsize: int
    size: int
    consistency: list[str]
    entries: list[ReferenceEntry]


def to_base64(hashes: Sequence[bytes]) -> list[str]:
    return [base64.b64encode(item).decode("ascii") for item in hashes]
