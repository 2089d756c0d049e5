"""Stream entries become prepared messages, tenant by tenant; the event loop gets its turn after each."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import structlog

from processing import preparation
from processing.backoff import Backoff
from processing.failures import Fault, fault_of, name_of
from processing.preparation import PreparedMessage, StreamMessage
from processing.project_settings import SettingsCache, TenantSettings
from protocol.stream_message import decode_header
from runtime.streams import StreamEntry

log = structlog.get_logger(__name__)

DATABASE_SECONDS = 30.0  # a transaction that takes longer is given up and tried again
RECENT = timedelta(days=1)  # day partitions exist for this long around now


@dataclass(frozen=True, slots=True)
class FailedMessage:
    """A message that could not be prepared or stored; `tenant` is None if even its settings could not be had."""

    message: StreamMessage
    tenant: TenantSettings | None
    error_class: str


@dataclass(slots=True)
class TenantBatch:
    """The messages of one organization that are ready for one transaction."""

    tenant: TenantSettings
    prepared: list[PreparedMessage] = field(default_factory=list)
    messages: dict[str, StreamMessage] = field(default_factory=dict)  # by entry id


@dataclass(slots=True)
class PreparedBatch:
    tenants: list[TenantBatch] = field(default_factory=list)
    failed: list[FailedMessage] = field(default_factory=list)
    unreadable: list[StreamEntry] = field(default_factory=list)  # no header: nobody's message


async def prepare_batch(entries: Sequence[StreamEntry], *, settings: SettingsCache, stop: asyncio.Event) -> PreparedBatch:
    """Waits while PostgreSQL is away; what is left out because of a stop stays pending in the stream."""
    batch = PreparedBatch()
    for organization_id, messages in _by_organization(entries, batch.unreadable).items():
        tenant = await _load_settings(organization_id, messages, settings=settings, stop=stop, failed=batch.failed)
        if tenant is None:
            continue
        tenant_batch = TenantBatch(tenant)
        for message in messages:
            try:
                tenant_batch.prepared.append(preparation.prepare(message, tenant))
                tenant_batch.messages[message.entry_id] = message
            except Exception as error:  # noqa: BLE001  # the loop over stream items: one bad message must not take the rest down
                batch.failed.append(FailedMessage(message, tenant, name_of(error)))
            await asyncio.sleep(0)
        batch.tenants.append(tenant_batch)
    return batch


def is_recent(received_at: Iterable[datetime], *, now: datetime) -> bool:
    """Whether all were received about now, by the edge's clock."""
    return all(abs(now - moment) < RECENT for moment in received_at)


def _by_organization(entries: Sequence[StreamEntry], unreadable: list[StreamEntry]) -> dict[UUID, list[StreamMessage]]:
    organizations: dict[UUID, list[StreamMessage]] = {}
    for entry in entries:
        try:
            header = decode_header(entry.header)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            unreadable.append(entry)
            continue
        message = StreamMessage(entry.stream, entry.entry_id, header, entry.header, entry.payload)
        organizations.setdefault(header.organization_id, []).append(message)
    return organizations


async def _load_settings(
    organization_id: UUID,
    messages: Sequence[StreamMessage],
    *,
    settings: SettingsCache,
    stop: asyncio.Event,
    failed: list[FailedMessage],
) -> TenantSettings | None:
    backoff = Backoff(stop)
    while True:
        try:
            async with asyncio.timeout(DATABASE_SECONDS):
                return await settings.get(
                    organization_id,
                    project_ids={message.header.project_id for message in messages},
                    key_versions={message.header.queue_key_version for message in messages},
                )
        except Exception as error:  # noqa: BLE001  # the loop over stream items: classified below
            if fault_of(error, is_recent=True) is Fault.MESSAGE:
                failed += [FailedMessage(message, None, name_of(error)) for message in messages]
                return None
            log.warning("worker.settings_unavailable", error=name_of(error))
        if not await backoff.wait():
            return None
