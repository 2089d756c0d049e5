"""Environments seen per project."""

from collections.abc import Mapping

from sqlalchemy import text

from eventstore.batch_tally import Seen
from tenancy.scope import TenantTransaction

_ADD = text("""
    INSERT INTO eventstore.environments AS t (organization_id, project_id, name, first_seen, last_seen, event_count)
    SELECT CAST(:organization_id AS uuid), n.project_id, n.name, n.first_seen, n.last_seen, n.event_count
    FROM unnest(CAST(:project_id AS bigint[]), CAST(:name AS text[]), CAST(:first_seen AS timestamptz[]),
                CAST(:last_seen AS timestamptz[]), CAST(:event_count AS bigint[]))
         AS n(project_id, name, first_seen, last_seen, event_count)
    ORDER BY n.project_id, n.name
    ON CONFLICT (organization_id, project_id, name) DO UPDATE
    SET first_seen = least(t.first_seen, excluded.first_seen), last_seen = greatest(t.last_seen, excluded.last_seen),
        event_count = t.event_count + excluded.event_count
""")


async def add(tx: TenantTransaction, environments: Mapping[tuple[int, str], Seen]) -> None:
    """Add a batch's counts; rows are locked in the order of the key, the same for every worker."""
    if not environments:
        return
    await tx.execute(
        _ADD,
        {
            "organization_id": tx.organization_id,
            "project_id": [project_id for project_id, _ in environments],
            "name": [name for _, name in environments],
            "first_seen": [seen.first_seen for seen in environments.values()],
            "last_seen": [seen.last_seen for seen in environments.values()],
            "event_count": [seen.count for seen in environments.values()],
        },
    )
