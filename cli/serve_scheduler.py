"""`errata serve scheduler`: periodic work as errata_jobs, and the audit sequencer as errata_sequencer.

One is enough; several do no harm.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from audit import sequencing
from audit.sequencer import Sequencer
from cli import audit_keys, connections, probes, process_life, schema
from cli.audit_exports import Exporter
from cli.configuration import Settings
from processing import dead_letter_expiry
from runtime import metrics
from runtime.clock import utc_now
from tenancy import organizations
from tenancy.scope import Database

log = structlog.get_logger(__name__)

_RETRY = timedelta(minutes=1)
_EXPORTS_EVERY = timedelta(seconds=2)  # somebody waits for them


@dataclass(frozen=True, slots=True)
class PeriodicJob:
    """Work that is safe to repeat; `run` returns how many things it has changed."""

    name: str
    every: timedelta
    run: Callable[[Database], Awaitable[int]]


async def _expire_dead_letters(database: Database) -> int:
    async with database.system(reason="expire dead letters of every organization") as tx:
        organization_ids = await organizations.list_all_ids(tx)
    expired = 0
    for organization_id in organization_ids:
        async with database.tenant(organization_id) as tenant_tx:
            expired += await dead_letter_expiry.expire(tenant_tx, now=utc_now())
    return expired


JOBS = (
    PeriodicJob("day_partitions", timedelta(hours=1), schema.ensure_partitions),
    PeriodicJob("dead_letter_expiry", timedelta(hours=1), _expire_dead_letters),
)


def jobs_of(settings: Settings) -> tuple[PeriodicJob, ...]:
    """Exports need a place which the API sees, too."""
    if settings.exports_directory is None:
        return JOBS
    exporter = Exporter(settings.exports_directory, connections.open_keyring(settings), utc_now)
    return (*JOBS, PeriodicJob("audit_exports", _EXPORTS_EVERY, exporter.run))


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Each job at once and then at its interval, until `stop`; one that fails is tried again soon and stops no other."""
    signer, jobs = audit_keys.read_signer(settings), jobs_of(settings)
    database = connections.open_database(settings, "jobs", pool_size=4)  # an export holds one and reports with another
    log_database = connections.open_database(settings, "sequencer", pool_size=sequencing.CONCURRENT_ORGANIZATIONS)
    redis = connections.open_redis(settings, max_connections=1)
    try:
        async with probes.served(database, redis, host=settings.host, port=settings.metrics_port):
            log.info("scheduler.started", jobs=[job.name for job in jobs])
            async with asyncio.TaskGroup() as group:
                for job in jobs:
                    group.create_task(_repeat(job, database, stop))
                group.create_task(sequencing.run(Sequencer(log_database, signer, utc_now), stop))
    finally:
        await database.close()
        await log_database.close()
        await redis.aclose()


async def _repeat(job: PeriodicJob, database: Database, stop: asyncio.Event) -> None:
    while not stop.is_set():
        pause = job.every if await _run_once(job, database) else min(job.every, _RETRY)
        try:
            async with asyncio.timeout(pause.total_seconds()):
                await stop.wait()
        except TimeoutError:
            continue


async def _run_once(job: PeriodicJob, database: Database) -> bool:
    """Whether the job succeeded."""
    try:
        changed = await job.run(database)
    except Exception:
        log.exception("scheduler.job_failed", job=job.name)
        metrics.scheduler_runs.labels(job.name, "failed").inc()
        return False
    if changed or job.every >= _RETRY:  # what looks every other second says only what it found
        log.info("scheduler.job_done", job=job.name, changed=changed)
    metrics.scheduler_runs.labels(job.name, "done").inc()
    return True


if __name__ == "__main__":
    process_life.run("scheduler", run)
