"""Exports of the audit log: bundles which outsiders can verify without us, made in the background."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path
from uuid import UUID

from fastapi import APIRouter, Response
from starlette.responses import StreamingResponse

from audit import export_file, export_jobs, trail
from audit.actions import BY_LABEL, AuditAction
from audit.explorer import RecordFilter
from audit.export_jobs import ExportJob, ExportState
from audit.record import AuditTarget
from dashboard_api.audit_filters import ActionLabel, Moment, TargetText
from dashboard_api.audit_marks import audited, unaudited
from dashboard_api.dependencies import CurrentTenant, Tenant, Wiring, found, requires
from dashboard_api.path_ids import parse_id
from dashboard_api.refusals import ExportNotReadyError, ExportsUnavailableError, ScopeMissingError
from dashboard_api.schema import Answer, Body
from dashboard_api.wiring import ApiDependencies
from identity.scopes import Scope
from tenancy import data_keys

router = APIRouter(prefix="/api/v1/audit/exports", tags=["audit"])

LISTED = 50


class AuditExportCreate(Body):
    """What is left out does not narrow; `with_disclosures` adds what personal digests stand for and needs `audit:read`."""

    action: ActionLabel | None = None
    actor: UUID | None = None
    target_kind: TargetText | None = None
    target_id: TargetText | None = None
    since: Moment | None = None
    until: Moment | None = None
    with_disclosures: bool = False


class AuditExport(Answer):
    """`progress` is in per cent; `download_url` is there while there is a file, which is a day."""

    id: UUID
    state: ExportState
    progress: int
    filters: dict[str, str]
    with_disclosures: bool
    requested_by: UUID | None
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime | None
    size_bytes: int | None
    download_url: str | None


class AuditExportList(Answer):
    items: list[AuditExport]


@router.post("", status_code=202, dependencies=[requires(Scope.AUDIT_EXPORT), audited(AuditAction.AUDIT_EXPORTED)])
async def create_audit_export(body: AuditExportCreate, tenant: CurrentTenant, wiring: Wiring) -> AuditExport:
    """Ask for a bundle; the answer comes when a checkpoint covers the request."""
    if wiring.settings.exports_dir is None:
        raise ExportsUnavailableError
    _check_disclosures(tenant, with_disclosures=body.with_disclosures)
    wanted = RecordFilter(
        action=None if body.action is None else BY_LABEL[body.action],
        actor_id=body.actor,
        target_kind=body.target_kind,
        target_id=body.target_id,
        since=body.since,
        until=body.until,
    )
    now = wiring.clock()
    job = await export_jobs.request(tenant.tx, wanted, with_disclosures=body.with_disclosures, now=now)
    tenant.await_checkpoint(job.record_id)
    return _describe(job, now)


@router.get("", dependencies=[requires(Scope.AUDIT_EXPORT), unaudited("shows that exports were asked for, nothing of the log")])
async def list_audit_exports(tenant: CurrentTenant, wiring: Wiring) -> AuditExportList:
    """The newest fifty, whatever became of them."""
    now = wiring.clock()
    return AuditExportList(items=[_describe(job, now) for job in await export_jobs.list_latest(tenant.tx, limit=LISTED)])


@router.get(
    "/{export_id}", dependencies=[requires(Scope.AUDIT_EXPORT), unaudited("shows how far an export is, nothing of the log")]
)
async def get_audit_export(export_id: str, tenant: CurrentTenant, wiring: Wiring) -> AuditExport:
    """How far it is."""
    return _describe(found(await export_jobs.get(tenant.tx, parse_id(export_id))), wiring.clock())


@router.get(
    "/{export_id}/download",
    dependencies=[requires(Scope.AUDIT_EXPORT), audited(AuditAction.AUDIT_EXPORT_DOWNLOADED)],
    response_class=Response,
    responses={200: {"content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}}},
)
async def download_audit_export(export_id: str, tenant: CurrentTenant, wiring: Wiring) -> Response:
    """The bundle; each download is recorded, and answered when a checkpoint covers that."""
    job = found(await export_jobs.get(tenant.tx, parse_id(export_id)))
    if not job.has_file(wiring.clock()):
        raise ExportNotReadyError
    _check_disclosures(tenant, with_disclosures=job.with_disclosures)
    chunks = await _open(tenant, job, wiring)
    target = AuditTarget("audit_export", str(job.export_id))
    tenant.await_checkpoint(await trail.record(tenant.tx, AuditAction.AUDIT_EXPORT_DOWNLOADED, target=target))
    headers = {
        "Content-Disposition": f'attachment; filename="errata-audit-{job.export_id}.zip"',
        "Content-Length": str(job.size_bytes),
    }
    return StreamingResponse(chunks, media_type="application/zip", headers=headers)


def _check_disclosures(tenant: Tenant, *, with_disclosures: bool) -> None:
    if with_disclosures and not tenant.actor.may(Scope.AUDIT_READ):
        raise ScopeMissingError(Scope.AUDIT_READ)


async def _open(tenant: Tenant, job: ExportJob, wiring: ApiDependencies) -> AsyncIterator[bytes]:
    """Opens the first chunk at once, so that a file which is missing or not ours is a problem and no broken download."""
    path, version = _path(tenant, job, wiring), job.key_version
    if version is None:
        raise ExportNotReadyError
    try:
        key = await data_keys.by_version(tenant.tx, data_keys.DataKeyPurpose.AUDIT, version, keyring=wiring.keyring)
    except data_keys.DataKeyMissingError as error:
        raise ExportNotReadyError from error
    chunks = export_file.read(path, key=key, place=export_file.place_of(tenant.tx.organization_id, job.export_id))
    try:
        first = await asyncio.to_thread(next, chunks)
    except FileNotFoundError as error:
        raise ExportNotReadyError from error
    return _stream(first, chunks)


def _path(tenant: Tenant, job: ExportJob, wiring: ApiDependencies) -> Path:
    if wiring.settings.exports_dir is None:
        raise ExportsUnavailableError
    return export_file.path_of(wiring.settings.exports_dir, tenant.tx.organization_id, job.export_id)


async def _stream(first: bytes, others: Iterator[bytes]) -> AsyncIterator[bytes]:
    chunk: bytes | None = first
    while chunk is not None:
        yield chunk
        chunk = await asyncio.to_thread(next, others, None)


def _describe(job: ExportJob, now: datetime) -> AuditExport:
    has_ended = job.state is ExportState.DONE and not job.has_file(now)
    return AuditExport(
        id=job.export_id,
        state=ExportState.EXPIRED if has_ended else job.state,
        progress=job.progress,
        filters=job.wanted.as_fields(),
        with_disclosures=job.with_disclosures,
        requested_by=job.requested_by,
        created_at=job.created_at,
        finished_at=job.finished_at,
        expires_at=job.expires_at,
        size_bytes=job.size_bytes,
        download_url=f"{router.prefix}/{job.export_id}/download" if job.has_file(now) else None,
    )
