"""A large project without sending anything: realistic rows of issues, events and every counter, made inside PostgreSQL.

Few issues have most of the events, as in life; every issue has at least one.  Only a sample of events gets a body that opens
(`benchmarks/readable_bodies.py`), the others get random bytes of the same size: nobody reads them.
"""

import os
import time
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from benchmarks.envelopes.vocabulary import EXCEPTION_TYPES, RELEASES, WORDS

DAYS = 30
_CHUNK = 100_000  # events per transaction
_BODY_BYTES = 5_000  # of an event of 20 KB, compressed and sealed
_BLOB_BYTES = 4 * 2**20

TAGS = {
    "environment": ("production", "staging", "development", "qa"),
    "release": RELEASES,
    "plan": ("free", "pro", "team"),
    "region": ("eu-west", "us-east", "ap-south"),
    "shard": tuple(f"s{number}" for number in range(16)),
    "customer_id": tuple(f"c{number}" for number in range(800)),
    "feature": WORDS,
    "queue": WORDS,
    "browser": ("Chrome 131", "Firefox 133", "Safari 18", "Edge 131", "Opera 115"),
    "os": ("Windows 11", "macOS 15", "Linux", "iOS 18"),
    "server_name": tuple(f"web-{number:02d}.example.internal" for number in range(12)),
    "runtime": ("CPython 3.12.1", "CPython 3.11.9"),
}

_PREPARE = """
    SET session_replication_role = replica;  -- no foreign key is checked: the rows fit by construction
    SET synchronous_commit = off;
    SET work_mem = '256MB';
    SELECT setseed(0.25);
    CREATE FUNCTION pg_temp.make_id(moment timestamptz, salt text) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
        SELECT (lpad(to_hex((extract(epoch FROM moment) * 1000)::bigint), 12, '0') || '7' || substr(md5(salt), 1, 3)
                || '8' || substr(md5(salt), 4, 15))::uuid
    $$;
    CREATE FUNCTION pg_temp.pick(choices text[], salt text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
        SELECT choices[1 + (hashtext(salt) & 2147483647) % cardinality(choices)]
    $$;
    CREATE TEMPORARY TABLE made (n integer, issue_n integer, received_at timestamptz, user_n integer);
"""
_DRAW = """
    INSERT INTO made
    SELECT n, CASE WHEN n <= $1 THEN n ELSE 1 + floor($1 * random() ^ 4)::integer END,
           now() - random() * make_interval(days => $3), floor(random() * 20000)::integer
    FROM generate_series(1, $2::integer) n
"""
_ISSUES = """
    INSERT INTO eventstore.issues
        (organization_id, issue_id, project_id, number, type, value, title, culprit, level, level_rank, platform, status, substatus,
         first_seen, last_seen, event_count, user_count, first_release, last_release, status_changed_at)
    SELECT $1, pg_temp.make_id(now() - interval '30 days', 'issue' || m.issue_n), $2, m.issue_n, t.type, t.value,
           t.type || ': ' || t.value, t.culprit, l.level, l.rank, 'python', s.status,
           CASE s.status WHEN 'unresolved' THEN 'ongoing' ELSE 'none' END, min(m.received_at), max(m.received_at), count(*),
           count(DISTINCT m.user_n), pg_temp.pick($5, 'first' || m.issue_n), pg_temp.pick($5, 'last' || m.issue_n), min(m.received_at)
    FROM made m
    CROSS JOIN LATERAL (SELECT pg_temp.pick($3, 'type' || m.issue_n) AS type,
                               pg_temp.pick($4, 'a' || m.issue_n) || '_' || pg_temp.pick($4, 'b' || m.issue_n) || ' for '
                                   || pg_temp.pick($4, 'c' || m.issue_n) AS value,
                               'shop.' || pg_temp.pick($4, 'd' || m.issue_n) || ' in ' || pg_temp.pick($4, 'e' || m.issue_n) AS culprit) t
    CROSS JOIN LATERAL (SELECT CASE WHEN m.issue_n % 10 < 8 THEN 'error' WHEN m.issue_n % 10 = 8 THEN 'warning' ELSE 'fatal' END AS level,
                               CASE WHEN m.issue_n % 10 < 8 THEN 40 WHEN m.issue_n % 10 = 8 THEN 30 ELSE 50 END AS rank) l
    CROSS JOIN LATERAL (SELECT (ARRAY['unresolved', 'unresolved', 'unresolved', 'resolved', 'ignored'])[1 + m.issue_n / 7 % 5] AS status) s
    GROUP BY m.issue_n, t.type, t.value, t.culprit, l.level, l.rank, s.status
"""
_FINGERPRINTS = """
    INSERT INTO eventstore.issue_fingerprints
        (organization_id, project_id, fingerprint, version, variant, issue_id, created_at)
    SELECT organization_id, project_id, decode(md5(variant || issue_id), 'hex'), 'v1', variant, issue_id, first_seen
    FROM eventstore.issues CROSS JOIN unnest(ARRAY['app', 'system']) AS variant
    WHERE organization_id = $1 AND project_id = $2
"""
_EVENTS = """
    INSERT INTO eventstore.events
        (organization_id, project_id, event_id, received_on, received_at, occurred_at, issue_id, message_id, key_id, level, platform,
         environment, release, title, culprit, user_hash, summary, body_format, body_key_version, body)
    SELECT $1, $2, md5('event' || m.n)::uuid, (m.received_at AT TIME ZONE 'UTC')::date, m.received_at, m.received_at, i.issue_id,
           pg_temp.make_id(m.received_at, 'message' || m.n), $3, i.level, i.platform, pg_temp.pick($4, 'env' || m.n),
           pg_temp.pick($5, 'release' || m.n), i.title, i.culprit, sha256(('user' || m.user_n)::bytea),
           jsonb_build_object('tags', jsonb_build_object('plan', pg_temp.pick($6, 'plan' || m.n), 'shard', 's' || m.n % 16,
                                  'customer_id', 'c' || m.n % 800, 'region', 'eu-west', 'feature', 'cart', 'queue', 'mail'),
               'user', jsonb_build_object('id', m.user_n), 'contexts', jsonb_build_object('browser', 'Chrome 131', 'os', 'Linux',
                                  'runtime', 'CPython 3.12.1'), 'request', jsonb_build_object('method', 'GET', 'url',
                                  'https://shop.example.com/cart/checkout/' || m.n), 'exception_types', jsonb_build_array(i.type),
               'transaction', '/cart/checkout/{id}', 'sdk', 'sentry.python.django/2.48.0', 'handled', false),
           1, 1, substr($7::bytea, 1 + (m.n::bigint * 7919 % $8::integer)::integer, $9::integer + m.n % 2000 - 1000)
    FROM made m
    JOIN eventstore.issues i ON i.organization_id = $1 AND i.project_id = $2 AND i.number = m.issue_n
    WHERE m.n BETWEEN $10 AND $11
"""
_HOURLY = """
    INSERT INTO eventstore.issue_hourly (organization_id, issue_id, environment, hour, project_id, event_count)
    SELECT organization_id, issue_id, environment, date_trunc('hour', received_at), project_id, count(*)
    FROM eventstore.events WHERE organization_id = $1 AND project_id = $2
    GROUP BY 1, 2, 3, 4, 5
"""
_USERS = """
    INSERT INTO eventstore.issue_users (organization_id, issue_id, user_hash, first_seen, last_seen, times_seen)
    SELECT organization_id, issue_id, user_hash, min(received_at), max(received_at), count(*)
    FROM eventstore.events WHERE organization_id = $1 AND project_id = $2
    GROUP BY 1, 2, 3
"""
_TAGS = """
    INSERT INTO eventstore.issue_tags (organization_id, issue_id, key, value, project_id, first_seen, last_seen, times_seen)
    SELECT i.organization_id, i.issue_id, $3, pg_temp.pick($4, $3 || i.number || '-' || k), i.project_id, i.first_seen, i.last_seen,
           greatest(1, i.event_count / k)
    FROM eventstore.issues i CROSS JOIN LATERAL generate_series(1, least(6, i.event_count, cardinality($4::text[]))::integer) k
    WHERE i.organization_id = $1 AND i.project_id = $2
    ON CONFLICT DO NOTHING
"""
_NAMES = """
    INSERT INTO eventstore.{table} (organization_id, project_id, {column}, first_seen, last_seen, event_count)
    SELECT organization_id, project_id, {source}, min(received_at), max(received_at), count(*)
    FROM eventstore.events WHERE organization_id = $1 AND project_id = $2 GROUP BY 1, 2, 3
"""
_PARTITIONS = (
    "SELECT tenancy.ensure_day_partitions((now() AT TIME ZONE 'UTC')::date - $1::integer, (now() AT TIME ZONE 'UTC')::date)"
)

Connection = asyncpg.Connection  # generic in its stubs only


@dataclass(frozen=True, slots=True)
class Project:
    """Whose rows they are."""

    organization_id: UUID
    project_id: int
    key_id: UUID


async def find_project(connection: "Connection[asyncpg.Record]", project_id: int) -> Project:
    row = await connection.fetchrow(
        "SELECT organization_id, project_id, key_id FROM tenancy.dsn_keys WHERE project_id = $1 LIMIT 1", project_id
    )
    assert row is not None, "the demo project has a key"
    return Project(**row)


async def fill(connection: "Connection[asyncpg.Record]", project: Project, *, issues: int, events: int) -> float:
    """Fill an empty project through a superuser's connection; returns the seconds it took."""
    began = time.monotonic()
    whose = (project.organization_id, project.project_id)
    await connection.execute(_PREPARE)
    await connection.execute(_PARTITIONS, DAYS + 1)
    await connection.execute(_DRAW, issues, events, DAYS)
    await connection.execute(_ISSUES, *whose, EXCEPTION_TYPES, WORDS, RELEASES)
    await connection.execute(_FINGERPRINTS, *whose)
    await connection.execute("ANALYZE eventstore.issues")
    await _insert_events(connection, project, events)
    for statement in (
        _HOURLY,
        _USERS,
        _NAMES.format(table="releases", column="version", source="release"),
        _NAMES.format(table="environments", column="name", source="environment"),
    ):
        await connection.execute(statement, *whose)
    for key, values in TAGS.items():
        await connection.execute(_TAGS, *whose, key, values)
    await connection.execute("UPDATE tenancy.project_counters SET last_issue_number = $2 WHERE project_id = $1", whose[1], issues)
    await connection.execute("DROP TABLE made")
    await connection.execute("RESET ALL")
    await connection.execute("VACUUM (ANALYZE)")
    await connection.execute("CHECKPOINT")
    return time.monotonic() - began


async def _insert_events(connection: "Connection[asyncpg.Record]", project: Project, events: int) -> None:
    blob = os.urandom(_BLOB_BYTES)
    offsets = _BLOB_BYTES - 2 * _BODY_BYTES
    choices = (TAGS["environment"], RELEASES, TAGS["plan"], blob, offsets, _BODY_BYTES)
    whose = (project.organization_id, project.project_id, project.key_id)
    for first in range(1, events + 1, _CHUNK):
        await connection.execute(_EVENTS, *whose, *choices, first, min(first + _CHUNK - 1, events))
