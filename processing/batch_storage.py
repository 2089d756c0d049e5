"""Prepared messages become durable: one transaction per tenant, then the acknowledgement, then hints for who is looking.

The order is the law of the house.  Whatever stays unacknowledged is delivered again, which processed_messages makes harmless.
"""

import asyncio
import time
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import structlog

from processing import persistence
from processing.backoff import Backoff
from processing.batch_preparation import DATABASE_SECONDS, FailedMessage, PreparedBatch, TenantBatch, is_recent
from processing.failures import Fault, fault_of, name_of
from processing.persistence import StoredBatch
from processing.poison_guard import PoisonGuard
from processing.preparation import PreparedMessage
from processing.worker_dependencies import WorkerDependencies
from runtime import live, metrics, streams
from runtime.live import LiveHint
from runtime.redis_client import RedisError

log = structlog.get_logger(__name__)

MAX_CONTENTION_RETRIES = 5
MAX_UNACKNOWLEDGED_SECONDS = 0.05  # what a killed worker has committed but not acknowledged is prepared once more in vain
MAX_HINTS = 50  # per tenant and batch, new issues first: who looks asks for the whole list anyway


class BatchStorage:
    """Stores what one lane has prepared."""

    def __init__(self, dependencies: WorkerDependencies, *, stream: str, guard: PoisonGuard, stop: asyncio.Event) -> None:
        self._dependencies = dependencies
        self._stream = stream
        self._guard = guard
        self._stop = stop
        self._committed: list[str] = []  # entry ids
        self._committed_since = 0.0  # monotonic
        self._hints: list[tuple[UUID, LiveHint]] = []

    async def store(self, batch: PreparedBatch) -> list[FailedMessage]:
        """Returns the messages which the database refused one by one; after a stop, what is left stays pending."""
        failed: list[FailedMessage] = []
        try:
            for tenant_batch in batch.tenants:
                if tenant_batch.prepared:
                    await self._store_some(tenant_batch, tenant_batch.prepared, failed=failed)
                if self._committed and time.monotonic() - self._committed_since >= MAX_UNACKNOWLEDGED_SECONDS:
                    await self._acknowledge()
        finally:
            await self._acknowledge()
        return failed

    async def _store_some(self, batch: TenantBatch, messages: Sequence[PreparedMessage], *, failed: list[FailedMessage]) -> None:
        """Halve what fails until the bad message stands alone: the rest is stored."""
        try:
            stored = await self._commit(batch.tenant.organization_id, messages)
        except Exception as error:  # noqa: BLE001  # the loop over stream items; _commit gave up waiting and retrying
            log.warning("worker.batch_failed", error=name_of(error), messages=len(messages))
            if len(messages) == 1:
                failed.append(FailedMessage(batch.messages[messages[0].entry_id], batch.tenant, name_of(error)))
                return
            middle = len(messages) // 2
            await self._store_some(batch, messages[:middle], failed=failed)
            await self._store_some(batch, messages[middle:], failed=failed)
            return
        if stored is not None:
            self._after_commit(batch.tenant.organization_id, messages, stored=stored)

    async def _commit(self, organization_id: UUID, messages: Sequence[PreparedMessage]) -> StoredBatch | None:
        """None if the worker is to stop before PostgreSQL is back.  Raises what is the fault of a message."""
        backoff = Backoff(self._stop)
        rivals = 0
        while True:
            now = self._dependencies.clock()
            try:
                async with asyncio.timeout(DATABASE_SECONDS), self._dependencies.database.tenant(organization_id) as tx:
                    stored = await persistence.store(tx, messages, now=now)
            except Exception as error:
                fault = fault_of(error, is_recent=is_recent((message.received_at for message in messages), now=now))
                rivals += fault is Fault.CONTENTION
                if fault is Fault.MESSAGE or rivals > MAX_CONTENTION_RETRIES:
                    raise
                log.warning("worker.batch_retried", error=name_of(error), messages=len(messages))
                if not await backoff.wait():
                    return None
            else:
                return stored

    def _after_commit(self, organization_id: UUID, messages: Sequence[PreparedMessage], *, stored: StoredBatch) -> None:
        if not self._committed:
            self._committed_since = time.monotonic()
        self._committed += [message.entry_id for message in messages]
        newest_first = sorted(stored.changed_issues, key=lambda issue: not issue.is_new)[:MAX_HINTS]
        self._hints += [
            (organization_id, LiveHint("issue.changed", issue.project_id, issue.issue_id, issue.is_new)) for issue in newest_first
        ]
        self._guard.record_stored(len(messages))
        self._measure(messages, stored)

    async def _acknowledge(self) -> None:
        """What was committed since last time; small tenants share the round trips."""
        committed, hints = self._committed, self._hints
        self._committed, self._hints = [], []
        try:
            await streams.acknowledge(self._dependencies.redis, self._stream, committed)
            await live.publish_all(self._dependencies.redis, hints)
        except (RedisError, OSError) as error:
            log.warning("worker.acknowledgement_lost", error=name_of(error), messages=len(committed))

    def _measure(self, messages: Sequence[PreparedMessage], stored: StoredBatch) -> None:
        for key, quantity in stored.outcomes.items():
            metrics.processing_items.labels(key.category, key.outcome).inc(quantity)
        metrics.processing_redeliveries.inc(stored.redelivered_count)
        newest = max(message.received_at for message in messages)
        metrics.processing_lag_seconds.set(max(self._dependencies.clock() - newest, timedelta(0)).total_seconds())
