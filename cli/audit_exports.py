"""Makes the exports that people asked for in the dashboard: one at a time, as errata_jobs, sealed before anybody can fetch them."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import structlog

from audit import bundle, export_file, export_jobs
from audit.bundle import NothingToExportError, ReadKey
from audit.export_jobs import ExportJob
from audit.log_reader import LogGapError
from runtime.clock import Clock
from runtime.keyring import DataKey, LocalKeyring
from tenancy import data_keys
from tenancy.data_keys import DataKeyPurpose
from tenancy.scope import Database, TenantTransaction

log = structlog.get_logger(__name__)

_LIFETIME = timedelta(hours=6)
_HEARTBEAT = timedelta(seconds=30)  # a job is taken over after export_jobs.HEARTBEAT_LOST
_ENTRIES_PERCENT = 90  # the rest is packing and sealing


class Exporter:
    """Leaves sealed files in `directory`, where the API finds them."""

    def __init__(self, directory: Path, keyring: LocalKeyring, clock: Clock) -> None:
        self._directory = directory
        self._keyring = keyring
        self._clock = clock

    async def run(self, database: Database) -> int:
        """Make what is waiting, one export of each organization, and delete what has expired; how many of both."""
        async with database.system(reason="find exports of the audit log") as tx:
            organizations = await export_jobs.list_organizations(tx, now=self._clock())
        changed = 0
        for organization_id in organizations:
            try:
                changed += await self._expire(database, organization_id)
                changed += await self._make_next(database, organization_id)
            except Exception:  # of one tenant: the others go on, and this one is tried again
                log.exception("audit.exports_failed", organization_id=str(organization_id))
        return changed

    async def _expire(self, database: Database, organization_id: UUID) -> int:
        """Files first: an export that is over and has no file is expired again; one with a file would be kept for ever."""
        async with database.tenant(organization_id) as tx:
            expired = await export_jobs.expire(tx, now=self._clock())
            for export_id in expired:
                export_file.delete(export_file.path_of(self._directory, organization_id, export_id))
        return len(expired)

    async def _make_next(self, database: Database, organization_id: UUID) -> int:
        async with database.tenant(organization_id) as tx:
            job = await export_jobs.claim(tx, now=self._clock())
        if job is None:
            return 0
        try:
            await self._make(database, organization_id, job)
        except (NothingToExportError, LogGapError) as error:
            log.warning("audit.export_failed", export_id=str(job.export_id), error=str(error))
            async with database.tenant(organization_id) as tx:
                await export_jobs.fail(tx, job.export_id, now=self._clock())
        except Exception:
            async with database.tenant(organization_id) as tx:
                await export_jobs.release(tx, job.export_id)
            raise
        return 1

    async def _make(self, database: Database, organization_id: UUID, job: ExportJob) -> None:
        work = self._directory / "work" / str(job.export_id)
        await asyncio.to_thread(_make_empty, work)
        try:
            async with self._alive(database, organization_id, job):
                size, version = await self._write(database, organization_id, job, archive=work / "bundle.zip")
        finally:
            await asyncio.to_thread(shutil.rmtree, work, ignore_errors=True)
        async with database.tenant(organization_id) as tx:
            await export_jobs.finish(tx, job.export_id, size_bytes=size, key_version=version, now=self._clock())
        log.info("audit.exported", export_id=str(job.export_id), size_bytes=size)

    async def _write(self, database: Database, organization_id: UUID, job: ExportJob, *, archive: Path) -> tuple[int, int]:
        async with database.tenant(organization_id, lifetime=_LIFETIME) as tx:
            key = await data_keys.current(tx, DataKeyPurpose.AUDIT, self._keyring)

            async def report(done: int, total: int) -> None:
                percent = _ENTRIES_PERCENT * done // max(total, 1)
                async with database.tenant(organization_id) as other:
                    await export_jobs.report_progress(other, job.export_id, percent=percent, now=self._clock())

            read_key = self._read_key(tx) if job.with_disclosures else None
            await bundle.export(tx, job.wanted, target=archive, read_key=read_key, on_progress=report)
        path = export_file.path_of(self._directory, organization_id, job.export_id)
        size = await asyncio.to_thread(_seal, archive, path, key=key, place=export_file.place_of(organization_id, job.export_id))
        return size, key.version

    def _read_key(self, tx: TenantTransaction) -> ReadKey:
        async def read(version: int) -> DataKey:
            return await data_keys.by_version(tx, DataKeyPurpose.AUDIT, version, keyring=self._keyring)

        return read

    @asynccontextmanager
    async def _alive(self, database: Database, organization_id: UUID, job: ExportJob) -> AsyncIterator[None]:
        async def beat() -> None:
            while True:
                await asyncio.sleep(_HEARTBEAT.total_seconds())
                async with database.tenant(organization_id) as tx:
                    await export_jobs.beat(tx, job.export_id, now=self._clock())

        beating = asyncio.create_task(beat())
        try:
            yield
        finally:
            beating.cancel()
            await asyncio.gather(beating, return_exceptions=True)


def _make_empty(work: Path) -> None:
    """An earlier try may have been killed here and have left entries in clear."""
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(mode=0o700, parents=True)


def _seal(archive: Path, path: Path, *, key: DataKey, place: bytes) -> int:
    with archive.open("rb") as content:
        return export_file.write(path, content, key=key, place=place)
