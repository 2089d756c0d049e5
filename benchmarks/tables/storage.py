"""How many bytes of disk an event takes, everything included: tables, indexes, TOAST, and every side table."""

import asyncio
import time

from benchmarks.envelopes.events import EventSize
from benchmarks.figures import Options, Section, Table, mebibytes, whole
from benchmarks.load import launch
from benchmarks.load.launch import Load
from benchmarks.servers import deployment
from benchmarks.servers.deployment import Deployment

_EVENTS = 10_000
_PATIENCE_SECONDS = 120
_TARGET_BYTES = 6_000
# Partitions count for their parent; a partitioned parent itself has no storage.
_SIZES = """
    SELECT coalesce(parent.relname, c.relname) AS name, sum(pg_relation_size(c.oid))::bigint AS heap,
           sum(pg_indexes_size(c.oid))::bigint AS indexes,
           sum(CASE WHEN c.reltoastrelid = 0 THEN 0 ELSE pg_total_relation_size(c.reltoastrelid) END)::bigint AS toast,
           sum(pg_total_relation_size(c.oid))::bigint AS total
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_inherits i ON i.inhrelid = c.oid
    LEFT JOIN pg_class parent ON parent.oid = i.inhparent
    WHERE n.nspname IN ('eventstore', 'processing') AND c.relkind = 'r'
    GROUP BY 1 ORDER BY total DESC
"""


def measure(options: Options) -> Section:
    return asyncio.run(_measure(_EVENTS // (5 if options.is_quick else 1)))


async def _measure(events: int) -> Section:
    with deployment.running() as deployed:
        await _store(deployed, events)
        connection = await deployed.connect_as_superuser()
        await connection.execute("VACUUM")  # sets the free space and visibility maps, as autovacuum will have done
        stored = await connection.fetchval("SELECT count(*) FROM eventstore.events")
        body_bytes = await connection.fetchval("SELECT avg(octet_length(body)) FROM eventstore.events")
        rows = await connection.fetch(_SIZES)
        await connection.close()
    if stored != events:
        raise RuntimeError(f"{stored} of {events} events are stored")
    table = Table(("table, partitions included", "bytes per event", "heap", "indexes", "TOAST", "in all"))
    total = sum(row["total"] for row in rows)
    for row in rows:
        if row["total"] > 0.002 * total:
            sizes = [whole(row[name] / events) for name in ("heap", "indexes", "toast")]
            table.rows.append((row["name"], whole(row["total"] / events), *sizes, mebibytes(row["total"])))
    table.rows.append(("**everything**", f"**{whole(total / events)}**", "", "", "", mebibytes(total)))
    raw, gzipped = launch.mean_raw_bytes(EventSize.NORMAL), launch.mean_gzip_bytes(EventSize.NORMAL)
    verdict = "reached" if total / events <= _TARGET_BYTES else "**missed**"
    return Section(
        title="Storage: bytes per event at rest",
        tables=[table],
        remarks=[
            (
                f"{whole(events)} different events of {whole(raw)} bytes ({whole(gzipped)} gzipped) over 200 stack traces, 20,000 users and "
                f"800 values of the most varied tag; sealed bodies of {whole(body_bytes)} bytes. Counted once: sizes hardly vary."
            ),
            f"Ratio to the gzipped wire size: {total / events / gzipped:.2f}; to the bare body: {total / events / float(body_bytes):.2f}.",
        ],
        target=f"{whole(_TARGET_BYTES)} bytes: {verdict} ({whole(total / events)})",
    )


async def _store(deployed: Deployment, events: int) -> None:
    for name in ("ingest", "worker-1"):
        deployed.start(name)
    sent = launch.finish(launch.start(deployed.target, Load(connections=16, requests=events)))
    if sent.accepted != events:
        raise RuntimeError(f"only {sent.accepted} of {events} were accepted")
    deadline = time.monotonic() + _PATIENCE_SECONDS
    async with deployed.redis() as redis:
        while await deployment.backlog(redis):
            if time.monotonic() > deadline:
                raise RuntimeError("the worker did not store the events in time")
            await asyncio.sleep(0.1)
