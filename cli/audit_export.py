"""Exports as an operator asks for them: recorded first, and made only when a checkpoint covers that record."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

import msgspec

from audit import bundle, explorer, trail
from audit.actions import AuditAction
from audit.bundle import Exported, NothingToExportError
from audit.explorer import RecordFilter
from audit.log_reader import LogGapError
from cli import connections, operator, terminal
from cli.configuration import Settings
from cli.failures import CannotStartError
from runtime.keyring import DataKey, LocalKeyring
from tenancy import data_keys
from tenancy.data_keys import DataKeyMissingError, DataKeyPurpose
from tenancy.scope import Database, TenantTransaction

_LIFETIME = timedelta(hours=6)
_PATIENCE_SECONDS = 10.0
_POLL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Order:
    organization_id: UUID
    wanted: RecordFilter
    target: Path
    older_note: str | None
    with_disclosures: bool


async def run(settings: Settings, order: Order) -> None:
    """Raises CannotStartError if nothing can be exported, or if the export's own record gets no checkpoint."""
    keyring = connections.open_keyring(settings)

    async def work(database: Database) -> None:
        await _record(database, order, keyring)
        exported = await _export(database, order, keyring)
        terminal.say(
            f"✓ {exported.entries} entries ({exported.first} to {exported.last}) of {exported.tree_size} in {order.target}"
        )
        if exported.unreadable_disclosures:
            terminal.warn(f"! {exported.unreadable_disclosures} disclosures do not open with the keys of this installation")

    await operator.with_api_database(settings, work)


async def _record(database: Database, order: Order, keyring: LocalKeyring) -> None:
    try:
        async with database.tenant(order.organization_id) as tx:
            key = await data_keys.current(tx, DataKeyPurpose.AUDIT, keyring)
    except DataKeyMissingError as error:
        raise CannotStartError("there is no such organization", cure="Check its id") from error
    acting = msgspec.structs.replace(operator.acting("audit export"), audit_key=key)
    async with database.tenant(order.organization_id, acting=acting) as tx:
        record_id = await trail.record(
            tx,
            AuditAction.AUDIT_EXPORTED,
            details={"filters": {**order.wanted.as_fields()}, "with_disclosures": order.with_disclosures},
        )
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while not await _is_covered(database, order.organization_id, record_id):  # noqa: ASYNC110  # another process signs
                await asyncio.sleep(_POLL_SECONDS)
    except TimeoutError as error:
        raise CannotStartError(
            "no checkpoint covers the record of this export yet", cure="Check that the scheduler runs, then export again"
        ) from error


async def _is_covered(database: Database, organization_id: UUID, record_id: UUID) -> bool:
    async with database.tenant(organization_id) as tx:
        return await explorer.are_covered(tx, [record_id])


async def _export(database: Database, order: Order, keyring: LocalKeyring) -> Exported:
    try:
        async with database.tenant(order.organization_id, lifetime=_LIFETIME) as tx:
            return await bundle.export(
                tx,
                order.wanted,
                target=order.target.absolute(),
                older_note=order.older_note,
                read_key=partial(_read_key, tx, keyring) if order.with_disclosures else None,
                on_progress=_show,
            )
    except (NothingToExportError, LogGapError) as error:
        raise CannotStartError(str(error), cure="Run `errata audit verify --live`") from error


async def _read_key(tx: TenantTransaction, keyring: LocalKeyring, version: int) -> DataKey:
    return await data_keys.by_version(tx, DataKeyPurpose.AUDIT, version, keyring=keyring)


async def _show(done: int, total: int) -> None:
    if done < total:
        terminal.say(f"  {done} of {total}")
