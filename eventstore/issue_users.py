"""Which people met an issue, by keyed hash: the exact number of users affected."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import text

from eventstore.batch_tally import Seen
from tenancy.scope import TenantTransaction

# Both parts see the table as it was before the statement, so UPDATE meets exactly the people who were known already.
_ADD = text("""
    WITH sighting AS (
        SELECT * FROM unnest(CAST(:issue_id AS uuid[]), CAST(:user_hash AS bytea[]), CAST(:first_seen AS timestamptz[]),
                             CAST(:last_seen AS timestamptz[]), CAST(:times_seen AS bigint[]))
             AS n(issue_id, user_hash, first_seen, last_seen, times_seen)
    ), known AS (
        UPDATE eventstore.issue_users AS t
        SET first_seen = least(t.first_seen, s.first_seen), last_seen = greatest(t.last_seen, s.last_seen),
            times_seen = t.times_seen + s.times_seen
        FROM sighting s
        WHERE t.organization_id = CAST(:organization_id AS uuid) AND t.issue_id = s.issue_id AND t.user_hash = s.user_hash
    ), added AS (
        INSERT INTO eventstore.issue_users (organization_id, issue_id, user_hash, first_seen, last_seen, times_seen)
        SELECT CAST(:organization_id AS uuid), s.issue_id, s.user_hash, s.first_seen, s.last_seen, s.times_seen
        FROM sighting s
        ORDER BY s.issue_id, s.user_hash
        ON CONFLICT DO NOTHING
        RETURNING issue_id
    )
    SELECT issue_id, count(*) AS new_users FROM added GROUP BY issue_id
""")


async def add(tx: TenantTransaction, users: Mapping[tuple[UUID, bytes], Seen]) -> dict[UUID, int]:
    """Record the people of a batch; returns how many were new per issue.  The caller holds the locks of these issues."""
    if not users:
        return {}
    result = await tx.execute(
        _ADD,
        {
            "organization_id": tx.organization_id,
            "issue_id": [issue_id for issue_id, _ in users],
            "user_hash": [user_hash for _, user_hash in users],
            "first_seen": [seen.first_seen for seen in users.values()],
            "last_seen": [seen.last_seen for seen in users.values()],
            "times_seen": [seen.count for seen in users.values()],
        },
    )
    return {row.issue_id: row.new_users for row in result}
