"""Which people met an issue, by keyed hash: the exact number of users affected.  Locks the issues in the same round trip."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec
from sqlalchemy import text

from eventstore.batch_tally import Seen
from eventstore.issue_state import IssueState, Status, Substatus
from tenancy.scope import TenantTransaction

# The issues' locks come first and guard the people's rows.  A rival may have added a person after this statement's
# snapshot: hence DO UPDATE, which meets the present row; a person is new whose count is no more than this batch's.
_LOCK_AND_ADD = text("""
    WITH locked AS MATERIALIZED (
        SELECT i.issue_id, i.status, i.substatus, i.status_changed_at, i.regressed_at, i.first_seen, i.last_seen, i.level,
               i.first_release, i.last_release, i.event_count, i.user_count
        FROM eventstore.issues i
        WHERE i.organization_id = CAST(:organization_id AS uuid) AND i.issue_id = ANY(CAST(:issue_ids AS uuid[]))
        ORDER BY i.issue_id
        FOR NO KEY UPDATE
    ), sighting AS (
        SELECT * FROM unnest(CAST(:issue_id AS uuid[]), CAST(:user_hash AS bytea[]), CAST(:first_seen AS timestamptz[]),
                             CAST(:last_seen AS timestamptz[]), CAST(:times_seen AS bigint[]))
             AS n(issue_id, user_hash, first_seen, last_seen, times_seen)
    ), added AS (
        INSERT INTO eventstore.issue_users AS t (organization_id, issue_id, user_hash, first_seen, last_seen, times_seen)
        SELECT CAST(:organization_id AS uuid), s.issue_id, s.user_hash, s.first_seen, s.last_seen, s.times_seen
        FROM sighting s JOIN locked l ON l.issue_id = s.issue_id
        ORDER BY s.issue_id, s.user_hash
        ON CONFLICT (organization_id, issue_id, user_hash) DO UPDATE
        SET first_seen = least(t.first_seen, excluded.first_seen), last_seen = greatest(t.last_seen, excluded.last_seen),
            times_seen = t.times_seen + excluded.times_seen
        RETURNING t.issue_id, t.user_hash, t.times_seen
    ), newcomer AS (
        SELECT a.issue_id, count(*) AS number
        FROM added a JOIN sighting s ON s.issue_id = a.issue_id AND s.user_hash = a.user_hash AND s.times_seen = a.times_seen
        GROUP BY a.issue_id
    )
    SELECT l.issue_id, l.status, l.substatus, l.status_changed_at, l.regressed_at, l.first_seen, l.last_seen, l.level,
           l.first_release, l.last_release, l.event_count, l.user_count, coalesce(n.number, 0) AS new_users
    FROM locked l LEFT JOIN newcomer n ON n.issue_id = l.issue_id
""")

_STATE_COLUMNS = IssueState.__struct_fields__


class LockedIssue(msgspec.Struct, frozen=True):
    state: IssueState  # before the batch
    new_users: int


async def lock_issues_and_add(
    tx: TenantTransaction, issue_ids: Sequence[UUID], *, users: Mapping[tuple[UUID, bytes], Seen]
) -> dict[UUID, LockedIssue]:
    """Lock the issues, in the order of their ids, to the end of the transaction, and record the people of a batch.

    An issue that is gone is absent, and so are its people.
    """
    result = await tx.execute(
        _LOCK_AND_ADD,
        {
            "organization_id": tx.organization_id,
            "issue_ids": list(issue_ids),
            "issue_id": [issue_id for issue_id, _ in users],
            "user_hash": [user_hash for _, user_hash in users],
            "first_seen": [seen.first_seen for seen in users.values()],
            "last_seen": [seen.last_seen for seen in users.values()],
            "times_seen": [seen.count for seen in users.values()],
        },
    )
    return {row.issue_id: LockedIssue(_state(row._asdict()), row.new_users) for row in result}


def _state(row: dict[str, object]) -> IssueState:
    fields = {name: row[name] for name in _STATE_COLUMNS}
    fields["status"] = Status(str(row["status"]))
    fields["substatus"] = Substatus(str(row["substatus"]))
    return IssueState(**fields)  # type: ignore[arg-type]  # the columns of the table have the types of the struct
