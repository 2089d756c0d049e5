"""What enters the tree: canonical whatever waited, and searchable by columns that follow from it."""

import base64
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit import canonical, leaf
from audit import record as records
from audit.actions import AuditAction
from audit.canonical import CanonicalValue
from audit.leaf import LeafColumns, LeafError
from audit.record import ActorKind, AuditActor, AuditRecord, AuditTarget

MOMENT = datetime(2026, 7, 27, 12, 30, 16, 42, tzinfo=UTC)
ACTOR = UUID("0198c000-0000-7000-8000-000000000003")
RECORD = AuditRecord(
    record_id=UUID(int=1),
    occurred_at=MOMENT,
    action=AuditAction.PROJECT_CREATED,
    actor=AuditActor(ActorKind.USER, ACTOR),
    target=AuditTarget("project", "17"),
)
ENTRY = records.seal(RECORD, organization_id=UUID(int=2)).entry


def _with(**changes: CanonicalValue) -> bytes:
    fields = canonical.decode(ENTRY)
    assert isinstance(fields, dict)
    return canonical.encode({**fields, **changes})


def test_a_leaf_carries_its_place_and_time() -> None:
    entry, columns = leaf.make(ENTRY, record_id=RECORD.record_id, index=41, sequenced_at=MOMENT)
    assert canonical.decode(entry) == {
        "index": 41,
        "record": canonical.decode(ENTRY),
        "sequenced_at": "2026-07-27T12:30:16.000042Z",
    }
    assert columns == LeafColumns(MOMENT, 8, ACTOR, "project", "17", RECORD.record_id)


def test_a_leaf_reads_back_as_it_was_made() -> None:
    entry, columns = leaf.make(ENTRY, record_id=RECORD.record_id, index=41, sequenced_at=MOMENT)
    found = leaf.read(entry)
    assert (found.index, found.sequenced_at, found.record, found.columns) == (41, MOMENT, canonical.decode(ENTRY), columns)


@given(st.binary(max_size=200))
def test_whatever_waits_gets_a_canonical_place(raw: bytes) -> None:
    entry, columns = leaf.make(raw, record_id=RECORD.record_id, index=7, sequenced_at=MOMENT)
    assert canonical.decode(entry)
    assert leaf.read(entry).columns == columns


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"not JSON",
        b"[]",
        b"{}",
        ENTRY + b" ",
        _with(occurred_at="2026-07-27"),
        _with(action_number=0),
        _with(action_number=2**31),
        _with(action_number="8"),
        _with(id=str(UUID(int=9))),
        _with(id="one"),
        _with(actor=None),
        _with(actor={"id": "somebody"}),
        _with(actor={"id": 1}),
        _with(target={"kind": "project"}),
        _with(target={"kind": "project", "id": 17}),
        canonical.encode({"record": "without everything"}),
    ],
)
def test_what_is_no_record_is_kept_as_it_is(raw: bytes) -> None:
    entry, columns = leaf.make(raw, record_id=RECORD.record_id, index=0, sequenced_at=MOMENT)
    fields = canonical.decode(entry)
    assert isinstance(fields, dict)
    assert base64.b64decode(str(fields["malformed"])) == raw
    assert columns == LeafColumns(MOMENT, leaf.UNREADABLE_ACTION, None, None, None, None)
    assert leaf.read(entry).record is None


def test_a_target_with_nul_is_searchable_in_a_database_without_nul() -> None:
    entry, columns = leaf.make(
        _with(target={"kind": "a\0b", "id": "\0"}), record_id=RECORD.record_id, index=0, sequenced_at=MOMENT
    )
    assert (columns.target_kind, columns.target_id) == ("a\ufffdb", "\ufffd")
    assert b"a\\u0000b" in entry


@pytest.mark.parametrize(
    "entry",
    [
        b"",
        b"[]",
        b"{}",
        canonical.encode({"index": True, "record": {}, "sequenced_at": "2026-07-27T12:30:16.000042Z"}),
        canonical.encode({"index": 1, "record": {}, "sequenced_at": "2026-07-27T12:30:16.000042Z"}),
        canonical.encode({"index": 1, "malformed": "", "sequenced_at": "now"}),
        leaf.make(ENTRY, record_id=RECORD.record_id, index=1, sequenced_at=MOMENT)[0].replace(b'{"index"', b'{"extra":1,"index"'),
    ],
)
def test_other_bytes_are_no_leaf(entry: bytes) -> None:
    with pytest.raises(LeafError):
        leaf.read(entry)
