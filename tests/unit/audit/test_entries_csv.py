"""The table: what is in the entries, and nothing that a spreadsheet would run."""

import csv
import io
from datetime import UTC, datetime
from uuid import UUID

import pytest

from audit import entries_csv, leaf, merkle
from audit import record as records
from audit.actions import AuditAction
from audit.record import ActorKind, AuditActor, AuditRecord, AuditSource, AuditTarget, Change

MOMENT = datetime(2026, 7, 27, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "\ufeff=1",
        "\u00a0=1",
        "\0=1",
        "\uff1d1",
        "\uff0b1",
        "\uff0d1",
        "\uff20x",
        "=cmd|' /C calc'!A0",
        "   -2+3",
        "\ufeff \t@x",
    ],
)
def test_what_looks_like_a_formula_becomes_text(cell: str) -> None:
    assert entries_csv.guard(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "a=b", "1-1", "member.add", '"quoted"', '{"a": 1}', "'=1"])
def test_other_cells_stay(cell: str) -> None:
    assert entries_csv.guard(cell) == cell


def test_a_line_has_the_fields_of_its_entry() -> None:
    record = AuditRecord(
        record_id=UUID(int=1),
        occurred_at=MOMENT,
        action=AuditAction.MEMBER_ROLE_CHANGED,
        actor=AuditActor(ActorKind.API_KEY, UUID(int=2), "key-1"),
        source=AuditSource(network="private"),
        target=AuditTarget("member", '=HYPERLINK("x"),"y"'),
        changes={"role": Change("member", "admin")},
        reason="line one\nline two",
    )
    sealed = records.seal(record, organization_id=UUID(int=3))
    entry, _ = leaf.make(sealed.entry, record_id=record.record_id, index=7, sequenced_at=MOMENT)
    (row,) = csv.DictReader(io.StringIO(entries_csv.header() + entries_csv.line(entry), newline=""))
    assert row == {
        "index": "7",
        "sequenced_at": "2026-07-27T12:00:00.000000Z",
        "occurred_at": "2026-07-27T12:00:00.000000Z",
        "action": "member.change_role",
        "actor_kind": "api_key",
        "actor_id": str(UUID(int=2)),
        "credential": "key-1",
        "network": "private",
        "target_kind": "member",
        "target_id": '\'=HYPERLINK("x"),"y"',
        "changes": '{"role": {"after": "admin", "before": "member"}}',
        "details": "",
        "reason": "line one\nline two",
        "request_id": "",
        "record_id": str(UUID(int=1)),
        "leaf_hash": merkle.leaf_hash(entry).hex(),
    }


def test_what_was_no_record_has_a_line_too() -> None:
    entry, _ = leaf.make(b"no record", record_id=UUID(int=1), index=0, sequenced_at=MOMENT)
    (row,) = csv.DictReader(io.StringIO(entries_csv.header() + entries_csv.line(entry), newline=""))
    assert (row["index"], row["action"], row["leaf_hash"]) == ("0", "", merkle.leaf_hash(entry).hex())
