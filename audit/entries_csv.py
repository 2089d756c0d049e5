"""entries.csv: the exported records for a spreadsheet, one line each, which no spreadsheet takes for a formula.

Pure, and a function of the entries alone, so that a verifier can make it again and compare.
"""

import csv
import io
import json
from collections.abc import Iterable

from audit import leaf, merkle
from audit.canonical import CanonicalValue
from audit.leaf import Leaf
from audit.record import format_moment

COLUMNS = (
    "index", "sequenced_at", "occurred_at", "action", "actor_kind", "actor_id", "credential", "network", "target_kind", "target_id",
    "changes", "details", "reason", "request_id", "record_id", "leaf_hash",
)  # fmt: skip
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # OWASP ASVS 1.2.10
_IGNORED_BEFORE = " \ufeff\u00a0\0"  # a spreadsheet skips these before it looks for a formula


def header() -> str:
    return _line(COLUMNS)


def line(entry: bytes) -> str:
    """The line of one leaf entry.  Raises LeafError if it is none."""
    found = leaf.read(entry)
    return _line(_cells(found, merkle.leaf_hash(entry)))


def guard(cell: str) -> str:
    """A cell that a spreadsheet would take for a formula begins with an apostrophe instead."""
    return f"'{cell}" if cell.lstrip(_IGNORED_BEFORE).startswith(_FORMULA_STARTS) else cell


def _cells(found: Leaf, leaf_hash: bytes) -> list[str]:
    record: dict[str, CanonicalValue] = found.record or {}
    actor, source, target = (_part(record, name) for name in ("actor", "source", "target"))
    return [
        str(found.index),
        format_moment(found.sequenced_at),
        _text(record.get("occurred_at")),
        _text(record.get("action")),
        *(_text(actor.get(name)) for name in ("kind", "id", "credential")),
        _text(source.get("network")),
        *(_text(target.get(name)) for name in ("kind", "id")),
        *(_text(record.get(name) or None) for name in ("changes", "details")),
        *(_text(record.get(name)) for name in ("reason", "request_id", "id")),
        leaf_hash.hex(),
    ]


def _part(record: dict[str, CanonicalValue], name: str) -> dict[str, CanonicalValue]:
    value = record.get(name)
    return value if isinstance(value, dict) else {}


def _text(value: CanonicalValue) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _line(cells: Iterable[str]) -> str:
    """Source: RFC 4180; every cell is quoted."""
    target = io.StringIO()
    csv.writer(target, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow([guard(cell) for cell in cells])
    return target.getvalue()
