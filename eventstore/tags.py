"""Tag values per issue: what issues are filtered by, and the bars of an issue page."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import text

from eventstore.batch_tally import Seen
from tenancy.scope import TenantTransaction

_ADD = text("""
    INSERT INTO eventstore.issue_tags AS t
        (organization_id, issue_id, key, value, project_id, first_seen, last_seen, times_seen)
    SELECT CAST(:organization_id AS uuid), n.issue_id, n.key, n.value, n.project_id, n.first_seen, n.last_seen, n.times_seen
    FROM unnest(CAST(:issue_id AS uuid[]), CAST(:key AS text[]), CAST(:value AS text[]), CAST(:project_id AS bigint[]),
                CAST(:first_seen AS timestamptz[]), CAST(:last_seen AS timestamptz[]), CAST(:times_seen AS bigint[]))
         AS n(issue_id, key, value, project_id, first_seen, last_seen, times_seen)
    ORDER BY n.issue_id, n.key, n.value
    ON CONFLICT (organization_id, issue_id, key, value) DO UPDATE
    SET first_seen = least(t.first_seen, excluded.first_seen), last_seen = greatest(t.last_seen, excluded.last_seen),
        times_seen = t.times_seen + excluded.times_seen
""")


async def add(tx: TenantTransaction, tags: Mapping[tuple[UUID, str, str], Seen]) -> None:
    """Add a batch's counts; the caller holds the locks of these issues."""
    if not tags:
        return
    await tx.execute(
        _ADD,
        {
            "organization_id": tx.organization_id,
            "issue_id": [issue_id for issue_id, _, _ in tags],
            "key": [key for _, key, _ in tags],
            "value": [value for _, _, value in tags],
            "project_id": [seen.project_id for seen in tags.values()],
            "first_seen": [seen.first_seen for seen in tags.values()],
            "last_seen": [seen.last_seen for seen in tags.values()],
            "times_seen": [seen.count for seen in tags.values()],
        },
    )
