"""Issues as the worker makes them: found or made once per distinct fingerprint.

Lock order, the same for every worker: project counters, fingerprints, events, issues (by id), then what hangs on issues.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import count
from uuid import UUID

from sqlalchemy import text

from eventstore.issue_plan import FingerprintKey
from eventstore.issue_state import rank_of
from eventstore.new_event import Fingerprint, NewEvent
from tenancy import projects
from tenancy.scope import TenantTransaction


class IssueConflictError(Exception):
    """Another transaction made or removed an issue under our feet; the batch must be tried again from the start."""

    def __init__(self, what: str) -> None:
        super().__init__(what)


_FIND = text("""
    SELECT f.project_id, f.fingerprint, f.issue_id
    FROM unnest(CAST(:project_id AS bigint[]), CAST(:fingerprint AS bytea[])) AS w(project_id, fingerprint)
    JOIN eventstore.issue_fingerprints f
      ON f.organization_id = CAST(:organization_id AS uuid) AND f.project_id = w.project_id AND f.fingerprint = w.fingerprint
""")

# The fingerprint is the arbiter: an issue is made only where its own insert won.  One statement, because the fingerprint
# refers to the issue and the issue must not exist without it.
_CREATE = text("""
    WITH wanted AS (
        SELECT * FROM unnest(
            CAST(:issue_id AS uuid[]), CAST(:number AS bigint[]), CAST(:project_id AS bigint[]), CAST(:fingerprint AS bytea[]),
            CAST(:version AS text[]), CAST(:variant AS text[]), CAST(:type AS text[]), CAST(:value AS text[]),
            CAST(:title AS text[]), CAST(:culprit AS text[]), CAST(:level AS text[]), CAST(:level_rank AS smallint[]),
            CAST(:platform AS text[]), CAST(:occurred_at AS timestamptz[]), CAST(:received_at AS timestamptz[])
        ) AS w(issue_id, number, project_id, fingerprint, version, variant, type, value, title, culprit, level, level_rank,
               platform, occurred_at, received_at)
    ), claimed AS (
        INSERT INTO eventstore.issue_fingerprints
            (organization_id, project_id, fingerprint, version, variant, issue_id, created_at)
        SELECT CAST(:organization_id AS uuid), w.project_id, w.fingerprint, w.version, w.variant, w.issue_id, w.received_at
        FROM wanted w
        ORDER BY w.project_id, w.fingerprint
        ON CONFLICT DO NOTHING
        RETURNING issue_id
    )
    INSERT INTO eventstore.issues (
        organization_id, issue_id, project_id, number, type, value, title, culprit, level, level_rank, platform,
        status, substatus, first_seen, last_seen, event_count, user_count, status_changed_at)
    SELECT CAST(:organization_id AS uuid), w.issue_id, w.project_id, w.number, w.type, w.value, w.title, w.culprit, w.level,
           w.level_rank, w.platform, 'unresolved', 'new', w.occurred_at, w.occurred_at, 0, 0, w.received_at
    FROM wanted w JOIN claimed c ON c.issue_id = w.issue_id
    RETURNING issue_id
""")

_ADD_FINGERPRINTS = text("""
    INSERT INTO eventstore.issue_fingerprints (organization_id, project_id, fingerprint, version, variant, issue_id, created_at)
    SELECT CAST(:organization_id AS uuid), w.project_id, w.fingerprint, w.version, w.variant, w.issue_id,
           CAST(:created_at AS timestamptz)
    FROM unnest(CAST(:project_id AS bigint[]), CAST(:fingerprint AS bytea[]), CAST(:version AS text[]),
                CAST(:variant AS text[]), CAST(:issue_id AS uuid[]))
         AS w(project_id, fingerprint, version, variant, issue_id)
    ORDER BY w.project_id, w.fingerprint
    ON CONFLICT DO NOTHING
""")


async def find(tx: TenantTransaction, keys: Iterable[FingerprintKey]) -> dict[FingerprintKey, UUID]:
    """The issues to which these fingerprints lead; unknown ones are absent."""
    wanted = list(keys)
    if not wanted:
        return {}
    result = await tx.execute(
        _FIND,
        {
            "organization_id": tx.organization_id,
            "project_id": [project_id for project_id, _ in wanted],
            "fingerprint": [digest for _, digest in wanted],
        },
    )
    return {(row.project_id, row.fingerprint): row.issue_id for row in result}


async def create(tx: TenantTransaction, founders: Mapping[UUID, NewEvent], *, first_numbers: Mapping[int, int]) -> None:
    """Make one issue per founder, with no events counted yet.  Raises IssueConflictError if a fingerprint is taken."""
    if not founders:
        return
    events = list(founders.values())
    numbers = {project_id: count(first) for project_id, first in first_numbers.items()}
    parameters: dict[str, object] = {
        name: [getattr(event, name) for event in events]
        for name in ("project_id", "type", "value", "title", "culprit", "level", "platform", "occurred_at", "received_at")
    }
    parameters |= {
        "organization_id": tx.organization_id,
        "issue_id": list(founders),
        "number": [next(numbers[event.project_id]) for event in events],
        "fingerprint": [event.fingerprints[0].digest for event in events],
        "version": [event.fingerprints[0].version for event in events],
        "variant": [event.fingerprints[0].variant for event in events],
        "level_rank": [rank_of(event.level) for event in events],
    }
    made = (await tx.execute(_CREATE, parameters)).all()
    if len(made) != len(founders):
        raise IssueConflictError("a fingerprint was claimed by another worker")


async def add_fingerprints(
    tx: TenantTransaction, fingerprints: Mapping[FingerprintKey, tuple[Fingerprint, UUID]], *, now: datetime
) -> None:
    """Let more fingerprints lead to their issue; one that leads elsewhere already stays where it is."""
    if not fingerprints:
        return
    await tx.execute(
        _ADD_FINGERPRINTS,
        {
            "organization_id": tx.organization_id,
            "created_at": now,
            "project_id": [project_id for project_id, _ in fingerprints],
            "fingerprint": [digest for _, digest in fingerprints],
            "version": [fingerprint.version for fingerprint, _ in fingerprints.values()],
            "variant": [fingerprint.variant for fingerprint, _ in fingerprints.values()],
            "issue_id": [issue_id for _, issue_id in fingerprints.values()],
        },
    )


async def take_numbers(tx: TenantTransaction, founders: Iterable[NewEvent]) -> dict[int, int]:
    """The first issue number per project, enough for these founders.

    Locks the projects' counters, in order: one worker at a time makes issues in a project.
    """
    wanted = Counter(event.project_id for event in founders)
    return {
        project_id: await projects.take_issue_numbers(tx, project_id, count=quantity)
        for project_id, quantity in sorted(wanted.items())
    }
