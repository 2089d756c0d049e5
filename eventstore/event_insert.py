"""Write events: one statement per batch, and only what was not there before.

COPY is refused under row-level security; INSERT … SELECT unnest … is the fastest way left (PERFORMANCE.md).
"""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import text

from eventstore.new_event import NewEvent
from tenancy.scope import TenantTransaction

_INSERT = text("""
    INSERT INTO eventstore.events (
        organization_id, project_id, event_id, received_on, received_at, occurred_at, issue_id, message_id, key_id,
        level, platform, environment, release, title, culprit, user_hash, summary, body_format, body_key_version, body)
    SELECT CAST(:organization_id AS uuid), e.project_id, e.event_id, e.received_on, e.received_at, e.occurred_at, e.issue_id,
           e.message_id, e.key_id, e.level, e.platform, e.environment, e.release, e.title, e.culprit, e.user_hash,
           CAST(e.summary AS jsonb), e.body_format, e.body_key_version, e.body
    FROM unnest(
        CAST(:project_id AS bigint[]), CAST(:event_id AS uuid[]), CAST(:received_on AS date[]),
        CAST(:received_at AS timestamptz[]), CAST(:occurred_at AS timestamptz[]), CAST(:issue_id AS uuid[]),
        CAST(:message_id AS uuid[]), CAST(:key_id AS uuid[]), CAST(:level AS text[]), CAST(:platform AS text[]),
        CAST(:environment AS text[]), CAST(:release AS text[]), CAST(:title AS text[]), CAST(:culprit AS text[]),
        CAST(:user_hash AS bytea[]), CAST(:summary AS text[]), CAST(:body_format AS smallint[]),
        CAST(:body_key_version AS integer[]), CAST(:body AS bytea[])
    ) AS e(project_id, event_id, received_on, received_at, occurred_at, issue_id, message_id, key_id, level, platform,
           environment, release, title, culprit, user_hash, summary, body_format, body_key_version, body)
    ORDER BY e.project_id, e.event_id
    ON CONFLICT DO NOTHING
    RETURNING project_id, event_id, received_on
""")

_COLUMNS = (
    "project_id", "event_id", "received_on", "received_at", "occurred_at", "message_id", "key_id", "level", "platform",
    "environment", "release", "title", "culprit", "user_hash", "summary", "body_format", "body_key_version", "body",
)  # fmt: skip


async def insert_new(
    tx: TenantTransaction, events: Sequence[NewEvent], *, issue_of: Mapping[tuple[int, UUID], UUID]
) -> set[tuple[int, UUID, date]]:
    """Insert what is not stored yet; returns the identities of the inserted events.  Identities in `events` are distinct."""
    if not events:
        return set()
    parameters: dict[str, object] = {name: [getattr(event, name) for event in events] for name in _COLUMNS}
    parameters["issue_id"] = [issue_of[event.project_id, event.event_id] for event in events]
    parameters["organization_id"] = tx.organization_id
    result = await tx.execute(_INSERT, parameters)
    return {(row.project_id, row.event_id, row.received_on) for row in result}
