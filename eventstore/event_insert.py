"""Write events: one statement per batch, and only what was not there before.

COPY is refused under row-level security; INSERT … SELECT unnest … is the fastest way left (PERFORMANCE.md).
"""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import Row, text

from eventstore.issue_plan import FingerprintKey
from eventstore.new_event import Identity, NewEvent
from tenancy.scope import TenantTransaction

# Serves both ways of naming issues: by keys of fingerprints, of which the first of each event leads to its issue, or by ids
# (then there are no keys).  With keys, all of them must be known: else nothing is inserted, and only what is known comes back.
_INSERT = text("""
    WITH known AS MATERIALIZED (
        SELECT f.project_id, f.fingerprint, f.issue_id
        FROM unnest(CAST(:key_project_id AS bigint[]), CAST(:key_fingerprint AS bytea[])) AS w(project_id, fingerprint)
        JOIN eventstore.issue_fingerprints f
          ON f.organization_id = CAST(:organization_id AS uuid) AND f.project_id = w.project_id AND f.fingerprint = w.fingerprint
    ), inserted AS (
        INSERT INTO eventstore.events (
            organization_id, project_id, event_id, received_on, received_at, occurred_at, issue_id, message_id, key_id,
            level, platform, environment, release, title, culprit, user_hash, summary, body_format, body_key_version, body)
        SELECT CAST(:organization_id AS uuid), e.project_id, e.event_id, e.received_on, e.received_at, e.occurred_at,
               coalesce(e.issue_id, k.issue_id), e.message_id, e.key_id, e.level, e.platform, e.environment, e.release, e.title,
               e.culprit, e.user_hash, CAST(e.summary AS jsonb), e.body_format, e.body_key_version, e.body
        FROM unnest(
            CAST(:project_id AS bigint[]), CAST(:event_id AS uuid[]), CAST(:received_on AS date[]),
            CAST(:received_at AS timestamptz[]), CAST(:occurred_at AS timestamptz[]), CAST(:issue_id AS uuid[]),
            CAST(:fingerprint AS bytea[]), CAST(:message_id AS uuid[]), CAST(:key_id AS uuid[]), CAST(:level AS text[]),
            CAST(:platform AS text[]), CAST(:environment AS text[]), CAST(:release AS text[]), CAST(:title AS text[]),
            CAST(:culprit AS text[]), CAST(:user_hash AS bytea[]), CAST(:summary AS text[]), CAST(:body_format AS smallint[]),
            CAST(:body_key_version AS integer[]), CAST(:body AS bytea[])
        ) AS e(project_id, event_id, received_on, received_at, occurred_at, issue_id, fingerprint, message_id, key_id, level,
               platform, environment, release, title, culprit, user_hash, summary, body_format, body_key_version, body)
        LEFT JOIN known k ON k.project_id = e.project_id AND k.fingerprint = e.fingerprint
        WHERE (SELECT count(*) FROM known) = CAST(:key_count AS bigint)
        ORDER BY e.project_id, e.event_id
        ON CONFLICT DO NOTHING
        RETURNING project_id, event_id, received_on
    )
    SELECT k.project_id, k.fingerprint, k.issue_id, NULL AS event_id, NULL AS received_on FROM known k
    UNION ALL
    SELECT i.project_id, NULL, NULL, i.event_id, i.received_on FROM inserted i
""")

_COLUMNS = (
    "project_id", "event_id", "received_on", "received_at", "occurred_at", "message_id", "key_id", "level", "platform",
    "environment", "release", "title", "culprit", "user_hash", "summary", "body_format", "body_key_version", "body",
)  # fmt: skip


async def insert_known(
    tx: TenantTransaction, events: Sequence[NewEvent], *, keys: Collection[FingerprintKey]
) -> tuple[dict[FingerprintKey, UUID], set[Identity] | None]:
    """The issues to which these keys, all of the events, lead; and if that is every key, as `insert_new`, else None."""
    rows = await _insert(tx, events, keys=list(keys), issue_ids=[None] * len(events))
    known = {(row.project_id, row.fingerprint): row.issue_id for row in rows if row.event_id is None}
    return known, _inserted(rows) if len(known) == len(keys) else None


async def insert_new(
    tx: TenantTransaction, events: Sequence[NewEvent], *, issue_of: Mapping[tuple[int, UUID], UUID]
) -> set[Identity]:
    """Insert what is not stored yet; returns the identities of the inserted events.  Identities in `events` are distinct."""
    issue_ids = [issue_of[event.project_id, event.event_id] for event in events]
    return _inserted(await _insert(tx, events, keys=(), issue_ids=issue_ids))


async def _insert(
    tx: TenantTransaction, events: Sequence[NewEvent], *, keys: Sequence[FingerprintKey], issue_ids: Sequence[UUID | None]
) -> Sequence[Row[tuple[object, ...]]]:
    parameters: dict[str, object] = {name: [getattr(event, name) for event in events] for name in _COLUMNS}
    parameters |= {
        "organization_id": tx.organization_id,
        "issue_id": issue_ids,
        "fingerprint": [event.fingerprints[0].digest for event in events],
        "key_project_id": [project_id for project_id, _ in keys],
        "key_fingerprint": [digest for _, digest in keys],
        "key_count": len(keys),
    }
    return (await tx.execute(_INSERT, parameters)).all()


def _inserted(rows: Sequence[Row[tuple[object, ...]]]) -> set[Identity]:
    return {(row.project_id, row.event_id, row.received_on) for row in rows if row.event_id is not None}
