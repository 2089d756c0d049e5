"""Events per issue, environment and hour: the trend lines."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from eventstore.batch_tally import Seen
from tenancy.scope import TenantTransaction

_ADD = text("""
    INSERT INTO eventstore.issue_hourly AS t (organization_id, issue_id, environment, hour, project_id, event_count)
    SELECT CAST(:organization_id AS uuid), n.issue_id, n.environment, n.hour, n.project_id, n.event_count
    FROM unnest(CAST(:issue_id AS uuid[]), CAST(:environment AS text[]), CAST(:hour AS timestamptz[]),
                CAST(:project_id AS bigint[]), CAST(:event_count AS bigint[]))
         AS n(issue_id, environment, hour, project_id, event_count)
    ORDER BY n.issue_id, n.environment, n.hour
    ON CONFLICT (organization_id, issue_id, environment, hour)
    DO UPDATE SET event_count = t.event_count + excluded.event_count
""")


async def add(tx: TenantTransaction, hours: Mapping[tuple[UUID, str, datetime], Seen]) -> None:
    """Add a batch's counts; the caller holds the locks of these issues."""
    if not hours:
        return
    await tx.execute(
        _ADD,
        {
            "organization_id": tx.organization_id,
            "issue_id": [issue_id for issue_id, _, _ in hours],
            "environment": [environment for _, environment, _ in hours],
            "hour": [hour for _, _, hour in hours],
            "project_id": [seen.project_id for seen in hours.values()],
            "event_count": [seen.count for seen in hours.values()],
        },
    )
