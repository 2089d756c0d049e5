"""Everything that is counted from a batch, and the issues it moves: one statement, because each costs a round trip per tenant.

The parts touch different tables, so none needs to see another's rows.  PostgreSQL runs them in the same order for everybody
(parts of WITH from the last to the first), each with its rows sorted by key; the issues are locked by the caller.
"""

from collections.abc import Collection, Mapping
from uuid import UUID

import msgspec
from sqlalchemy import text

from eventstore.batch_tally import BatchTally, Seen
from eventstore.issue_state import IssueState, rank_of
from eventstore.outcomes import OutcomeKey
from tenancy.scope import TenantTransaction

_ADD = text("""
    WITH counted_outcomes AS (
        INSERT INTO eventstore.outcome_hourly AS t
            (organization_id, project_id, key_id, hour, category, outcome, reason, quantity)
        SELECT CAST(:organization_id AS uuid), n.project_id, n.key_id, n.hour, n.category, n.outcome, n.reason, n.quantity
        FROM unnest(CAST(:outcome_project_id AS bigint[]), CAST(:outcome_key_id AS uuid[]), CAST(:outcome_hour AS timestamptz[]),
                    CAST(:outcome_category AS text[]), CAST(:outcome_outcome AS text[]), CAST(:outcome_reason AS text[]),
                    CAST(:outcome_quantity AS bigint[]))
             AS n(project_id, key_id, hour, category, outcome, reason, quantity)
        ORDER BY n.project_id, n.key_id, n.hour, n.category, n.outcome, n.reason
        ON CONFLICT (organization_id, project_id, key_id, hour, category, outcome, reason) DO UPDATE
        SET quantity = t.quantity + excluded.quantity
    ), counted_environments AS (
        INSERT INTO eventstore.environments AS t (organization_id, project_id, name, first_seen, last_seen, event_count)
        SELECT CAST(:organization_id AS uuid), n.project_id, n.name, n.first_seen, n.last_seen, n.event_count
        FROM unnest(CAST(:environment_project_id AS bigint[]), CAST(:environment_name AS text[]),
                    CAST(:environment_first_seen AS timestamptz[]), CAST(:environment_last_seen AS timestamptz[]),
                    CAST(:environment_count AS bigint[]))
             AS n(project_id, name, first_seen, last_seen, event_count)
        ORDER BY n.project_id, n.name
        ON CONFLICT (organization_id, project_id, name) DO UPDATE
        SET first_seen = least(t.first_seen, excluded.first_seen), last_seen = greatest(t.last_seen, excluded.last_seen),
            event_count = t.event_count + excluded.event_count
    ), counted_releases AS (
        INSERT INTO eventstore.releases AS t (organization_id, project_id, version, first_seen, last_seen, event_count)
        SELECT CAST(:organization_id AS uuid), n.project_id, n.version, n.first_seen, n.last_seen, n.event_count
        FROM unnest(CAST(:release_project_id AS bigint[]), CAST(:release_version AS text[]),
                    CAST(:release_first_seen AS timestamptz[]), CAST(:release_last_seen AS timestamptz[]),
                    CAST(:release_count AS bigint[]))
             AS n(project_id, version, first_seen, last_seen, event_count)
        ORDER BY n.project_id, n.version
        ON CONFLICT (organization_id, project_id, version) DO UPDATE
        SET first_seen = least(t.first_seen, excluded.first_seen), last_seen = greatest(t.last_seen, excluded.last_seen),
            event_count = t.event_count + excluded.event_count
    ), counted_tags AS (
        INSERT INTO eventstore.issue_tags AS t
            (organization_id, issue_id, key, value, project_id, first_seen, last_seen, times_seen)
        SELECT CAST(:organization_id AS uuid), n.issue_id, n.key, n.value, n.project_id, n.first_seen, n.last_seen, n.times_seen
        FROM unnest(CAST(:tag_issue_id AS uuid[]), CAST(:tag_key AS text[]), CAST(:tag_value AS text[]),
                    CAST(:tag_project_id AS bigint[]), CAST(:tag_first_seen AS timestamptz[]),
                    CAST(:tag_last_seen AS timestamptz[]), CAST(:tag_count AS bigint[]))
             AS n(issue_id, key, value, project_id, first_seen, last_seen, times_seen)
        ORDER BY n.issue_id, n.key, n.value
        ON CONFLICT (organization_id, issue_id, key, value) DO UPDATE
        SET first_seen = least(t.first_seen, excluded.first_seen), last_seen = greatest(t.last_seen, excluded.last_seen),
            times_seen = t.times_seen + excluded.times_seen
    ), counted_hours AS (
        INSERT INTO eventstore.issue_hourly AS t (organization_id, issue_id, environment, hour, project_id, event_count)
        SELECT CAST(:organization_id AS uuid), n.issue_id, n.environment, n.hour, n.project_id, n.event_count
        FROM unnest(CAST(:hour_issue_id AS uuid[]), CAST(:hour_environment AS text[]), CAST(:hour_hour AS timestamptz[]),
                    CAST(:hour_project_id AS bigint[]), CAST(:hour_count AS bigint[]))
             AS n(issue_id, environment, hour, project_id, event_count)
        ORDER BY n.issue_id, n.environment, n.hour
        ON CONFLICT (organization_id, issue_id, environment, hour)
        DO UPDATE SET event_count = t.event_count + excluded.event_count
    )
    UPDATE eventstore.issues AS i
    SET status = m.status, substatus = m.substatus, status_changed_at = m.status_changed_at, regressed_at = m.regressed_at,
        first_seen = m.first_seen, last_seen = m.last_seen, level = m.level, level_rank = m.level_rank,
        first_release = m.first_release, last_release = m.last_release, event_count = m.event_count, user_count = m.user_count
    FROM unnest(
        CAST(:issue_id AS uuid[]), CAST(:status AS text[]), CAST(:substatus AS text[]), CAST(:status_changed_at AS timestamptz[]),
        CAST(:regressed_at AS timestamptz[]), CAST(:first_seen AS timestamptz[]), CAST(:last_seen AS timestamptz[]),
        CAST(:level AS text[]), CAST(:level_rank AS smallint[]), CAST(:first_release AS text[]), CAST(:last_release AS text[]),
        CAST(:event_count AS bigint[]), CAST(:user_count AS bigint[])
    ) AS m(issue_id, status, substatus, status_changed_at, regressed_at, first_seen, last_seen, level, level_rank,
           first_release, last_release, event_count, user_count)
    WHERE i.organization_id = CAST(:organization_id AS uuid) AND i.issue_id = m.issue_id
""")

_STATE_COLUMNS = IssueState.__struct_fields__


async def add(
    tx: TenantTransaction, batch: BatchTally, *, states: Mapping[UUID, IssueState], outcomes: Mapping[OutcomeKey, int]
) -> None:
    """Write the new states of issues, which the caller has locked, and add a batch's counts."""
    await tx.execute(
        _ADD,
        {
            "organization_id": tx.organization_id,
            **_keys("outcome", OutcomeKey.__struct_fields__, [msgspec.structs.astuple(key) for key in outcomes]),
            "outcome_quantity": list(outcomes.values()),
            **_keys("environment", ("project_id", "name"), batch.environments),
            **_sightings("environment", batch.environments.values()),
            **_keys("release", ("project_id", "version"), batch.releases),
            **_sightings("release", batch.releases.values()),
            **_keys("tag", ("issue_id", "key", "value"), batch.tags),
            **_sightings("tag", batch.tags.values()),
            "tag_project_id": [seen.project_id for seen in batch.tags.values()],
            **_keys("hour", ("issue_id", "environment", "hour"), batch.hours),
            "hour_project_id": [seen.project_id for seen in batch.hours.values()],
            "hour_count": [seen.count for seen in batch.hours.values()],
            "issue_id": list(states),
            **_keys("", _STATE_COLUMNS, [msgspec.structs.astuple(state) for state in states.values()]),
            "level_rank": [rank_of(state.level) for state in states.values()],
        },
    )


def _keys(prefix: str, names: tuple[str, ...], keys: Collection[tuple[object, ...]]) -> dict[str, list[object]]:
    """Rows as one parameter per column."""
    columns = zip(*keys, strict=True) if keys else [()] * len(names)
    return {f"{prefix}_{name}" if prefix else name: list(column) for name, column in zip(names, columns, strict=True)}


def _sightings(prefix: str, sightings: Collection[Seen]) -> dict[str, list[object]]:
    return {
        f"{prefix}_first_seen": [seen.first_seen for seen in sightings],
        f"{prefix}_last_seen": [seen.last_seen for seen in sightings],
        f"{prefix}_count": [seen.count for seen in sightings],
    }
