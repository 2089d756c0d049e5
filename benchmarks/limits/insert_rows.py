"""The limit of the store: INSERT … SELECT unnest of equally large rows into a plain copy of the events table.

No row-level security, no partitions, no worker: a superuser's connection and ready-made rows, but the same columns and indexes,
the same batch and the same fsync.
"""

import os
import time
import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime

import asyncpg

_BATCH = 200  # what a worker reads at once
_TABLE = """
    CREATE SCHEMA benchmark_limit;
    CREATE TABLE benchmark_limit.events (LIKE eventstore.events INCLUDING ALL);
"""
_INSERT = """
    INSERT INTO benchmark_limit.events
        (organization_id, project_id, event_id, received_on, received_at, occurred_at, issue_id, message_id, key_id, level, platform,
         environment, release, title, culprit, user_hash, summary, body_format, body_key_version, body)
    SELECT $1, $2, e.event_id, $4, $5, $5, e.issue_id, e.event_id, $1, 'error', 'python', 'production', 'shop@1',
           'ValueError: something went wrong for 12345', 'shop.checkout in pay', e.user_hash, CAST($6 AS jsonb), 1, 1, e.body
    FROM unnest($3::uuid[], $7::uuid[], $8::bytea[], $9::bytea[]) AS e(event_id, issue_id, user_hash, body)
"""
_DROP = "DROP SCHEMA benchmark_limit CASCADE"

Row = tuple[uuid.UUID, uuid.UUID, bytes, bytes]


async def measure(connection: "asyncpg.Connection[asyncpg.Record]", *, body_bytes: int, summary: str, seconds: float) -> float:
    """Rows per second, each batch committed."""
    await connection.execute(_TABLE)
    try:
        inserted, spent = 0, 0.0
        while spent < seconds:
            arguments = _arguments(_rows(body_bytes), summary)
            began = time.monotonic()
            await connection.execute(_INSERT, *arguments)
            spent += time.monotonic() - began
            inserted += _BATCH
        return inserted / spent
    finally:
        await connection.execute(_DROP)


def _rows(body_bytes: int) -> list[Row]:
    return [(uuid.uuid4(), uuid.uuid4(), os.urandom(32), os.urandom(body_bytes)) for _ in range(_BATCH)]


def _arguments(rows: Sequence[Row], summary: str) -> tuple[object, ...]:
    now = datetime.now(UTC)
    event_ids, issue_ids, hashes, bodies = (list(column) for column in zip(*rows, strict=True))
    today: date = now.date()
    return uuid.UUID(int=1), 1, event_ids, today, now, summary, issue_ids, hashes, bodies
