"""What enters the tree: a record with its place and the sequencer's time, and the columns by which leaves are searched.

Pure.  The entry alone counts; the columns are derived from it, so that live verification can derive them again.
"""

import base64
from datetime import datetime
from uuid import UUID

import msgspec

from audit import canonical
from audit.canonical import CanonicalValue
from audit.record import format_moment, parse_moment

UNREADABLE_ACTION = 0  # the number of no action
_MAX_ACTION = 2**31 - 1  # PostgreSQL's integer


class LeafError(Exception):
    """The bytes are no leaf entry of ours."""


class LeafColumns(msgspec.Struct, frozen=True):
    """Beside the entry, for searching."""

    occurred_at: datetime
    action_number: int
    actor_id: UUID | None
    target_kind: str | None
    target_id: str | None
    record_id: UUID | None  # None: what waited there was no record of ours


class Leaf(msgspec.Struct, frozen=True):
    """A leaf entry as it was read."""

    index: int
    sequenced_at: datetime
    record: dict[str, CanonicalValue] | None  # None: what waited there was no record of ours
    columns: LeafColumns


def make(record_entry: bytes, *, record_id: UUID, index: int, sequenced_at: datetime) -> tuple[bytes, LeafColumns]:
    """The canonical bytes that enter the tree, and their columns.

    Bytes which are no record of this id take their place as base64 under `malformed`: they neither get lost nor stop the log.
    """
    moment = format_moment(sequenced_at).encode("ascii")
    try:
        columns = _columns_under(record_id, _object(canonical.decode(record_entry)))
    except (LeafError, canonical.NotCanonicalError):
        entry = b'{"index":%d,"malformed":"%b","sequenced_at":"%b"}' % (index, base64.b64encode(record_entry), moment)
        return entry, _unreadable(sequenced_at)
    # Canonical without encoding it again: the record is, and these three keys are in order.
    return b'{"index":%d,"record":%b,"sequenced_at":"%b"}' % (index, record_entry, moment), columns


def read(entry: bytes) -> Leaf:
    """Raises LeafError unless `entry` is exactly what `make` makes."""
    try:
        fields = _object(canonical.decode(entry))
    except canonical.NotCanonicalError as error:
        raise LeafError(str(error)) from error
    match fields:
        case {"index": bool()}:
            raise LeafError("the index is no number")
        case {"index": int(index), "sequenced_at": str(moment), "record": dict(record)} if len(fields) == 3:
            sequenced_at = _moment(moment)
            return Leaf(index, sequenced_at, record, _columns_of(record))
        case {"index": int(index), "sequenced_at": str(moment), "malformed": str()} if len(fields) == 3:
            sequenced_at = _moment(moment)
            return Leaf(index, sequenced_at, None, _unreadable(sequenced_at))
    raise LeafError("an entry has index, sequenced_at and record")


def _unreadable(sequenced_at: datetime) -> LeafColumns:
    return LeafColumns(sequenced_at, UNREADABLE_ACTION, actor_id=None, target_kind=None, target_id=None, record_id=None)


def _columns_under(record_id: UUID, record: dict[str, CanonicalValue]) -> LeafColumns:
    columns = _columns_of(record)
    if columns.record_id != record_id:
        raise LeafError("a record under another id")
    return columns


def _columns_of(record: dict[str, CanonicalValue]) -> LeafColumns:
    match record:
        case {
            "id": str(record_id),
            "occurred_at": str(occurred_at),
            "action_number": int(number),
            "actor": dict(actor),
        } if 0 < number <= _MAX_ACTION:
            kind, target_id = _target_of(record)
            return LeafColumns(_moment(occurred_at), int(number), _actor_of(actor), kind, target_id, _uuid(record_id))
    raise LeafError("a record lacks id, occurred_at, action_number or actor")


def _actor_of(actor: dict[str, CanonicalValue]) -> UUID | None:
    match actor:
        case {"id": None}:
            return None
        case {"id": str(text)}:
            return _uuid(text)
    raise LeafError("an actor has an id or null")


def _target_of(record: dict[str, CanonicalValue]) -> tuple[str | None, str | None]:
    match record:
        case {"target": None}:
            return None, None
        case {"target": {"kind": str(kind), "id": str(target_id)}}:
            return _text(kind), _text(target_id)
    raise LeafError("a target has kind and id, or is null")


def _moment(text: str) -> datetime:
    try:
        return parse_moment(text)
    except ValueError as error:
        raise LeafError("not a moment") from error


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise LeafError("not an id") from error


def _text(value: str) -> str:
    """PostgreSQL's text cannot hold NUL, JSON's strings can."""
    return value.replace("\0", "\ufffd")


def _object(value: CanonicalValue) -> dict[str, CanonicalValue]:
    if not isinstance(value, dict):
        raise LeafError("not an object")
    return value
