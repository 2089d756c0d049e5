"""One shard's way through a worker: read, prepare the next batch while the last one is being stored, reclaim what was left.

Lanes share nothing but the event loop, so a project, which has one shard, never meets itself in another lane.
"""

import asyncio
import time
from datetime import timedelta

import structlog

from processing.backoff import Backoff
from processing.batch_preparation import PreparedBatch, prepare_batch
from processing.batch_storage import BatchStorage
from processing.failures import name_of
from processing.poison_guard import PoisonGuard
from processing.poison_messages import PoisonMessages
from processing.project_settings import SettingsCache
from processing.worker_dependencies import WorkerDependencies
from runtime import metrics, streams
from runtime.redis_client import RedisError
from runtime.streams import StreamEntry

log = structlog.get_logger(__name__)

MAX_RECLAIMED = 100
RECLAIMS_PER_IDLE_TIME = 3
# A message at the head of what was abandoned which was delivered this often has probably killed its workers each time.
DEADLY_DELIVERIES = 10


class Lane:
    def __init__(
        self, dependencies: WorkerDependencies, *, stream: str, settings: SettingsCache, guard: PoisonGuard, stop: asyncio.Event
    ) -> None:
        self._dependencies = dependencies
        self._stream = stream
        self._settings = settings
        self._stop = stop
        self._storage = BatchStorage(dependencies, stream=stream, guard=guard, stop=stop)
        self._poison = PoisonMessages(dependencies, stream=stream, guard=guard, stop=stop)
        self._backoff = Backoff(stop)
        self._has_group = False
        self._reclaim_due_at = 0.0  # monotonic
        self._has_taken_up_own = False

    async def run(self) -> None:
        """Until the stop, then finish what was read.  Raises TooManyDeadError (in a group)."""
        storing: asyncio.Task[None] | None = None
        async with asyncio.TaskGroup() as group:
            while not self._stop.is_set():
                _raise_if_cancelled()
                try:
                    if time.monotonic() >= self._reclaim_due_at:
                        await _finish(storing)
                        await self._reclaim()
                    entries = await self._read()
                except (RedisError, OSError) as error:
                    log.warning("worker.redis_unavailable", stream=self._stream, error=name_of(error))
                    self._has_group = False
                    await self._backoff.wait()
                    continue
                self._backoff = Backoff(self._stop)
                if entries:
                    read_at = time.monotonic()
                    batch = await prepare_batch(entries, settings=self._settings, stop=self._stop)
                    await _finish(storing)
                    storing = group.create_task(self._store(batch, read_at=read_at))

    async def _read(self) -> list[StreamEntry]:
        if not self._has_group:
            await streams.ensure_group(self._dependencies.redis, self._stream)
            self._has_group = True
        return await streams.read_group(
            self._dependencies.redis,
            self._stream,
            consumer=self._dependencies.consumer_name,
            count=self._dependencies.batch_messages,
            block_ms=_milliseconds(self._dependencies.read_block),
        )

    async def _store(self, batch: PreparedBatch, *, read_at: float) -> None:
        refused = await self._storage.store(batch)
        await self._poison.settle([*batch.failed, *refused])
        for entry in batch.unreadable:
            await self._poison.quarantine(entry)
        metrics.processing_batch_seconds.observe(time.monotonic() - read_at)

    async def _reclaim(self) -> None:
        """Take over what a dead worker or a failure left; one by one, so that a deadly message harms nobody but itself."""
        if not self._has_group:
            await streams.ensure_group(self._dependencies.redis, self._stream)
            self._has_group = True
        entries = await self._claim()
        if entries:
            log.info("worker.reclaimed", stream=self._stream, entries=len(entries))
            entries = await self._without_deadly_head(entries)
        for entry in entries:
            if self._stop.is_set():
                return
            batch = await prepare_batch([entry], settings=self._settings, stop=self._stop)
            await self._store(batch, read_at=time.monotonic())
        if not entries:
            self._reclaim_due_at = time.monotonic() + self._dependencies.reclaim_idle.total_seconds() / RECLAIMS_PER_IDLE_TIME

    async def _claim(self) -> list[StreamEntry]:
        """First what this worker held itself before it was killed: its name is its own, so nobody else is at it."""
        redis, consumer = self._dependencies.redis, self._dependencies.consumer_name
        if not self._has_taken_up_own:
            own = await streams.claim_own(redis, self._stream, consumer=consumer, count=MAX_RECLAIMED)
            if own:
                return own
            self._has_taken_up_own = True
        idle_ms = _milliseconds(self._dependencies.reclaim_idle)
        return await streams.claim_abandoned(redis, self._stream, consumer=consumer, min_idle_ms=idle_ms, count=MAX_RECLAIMED)

    async def _without_deadly_head(self, entries: list[StreamEntry]) -> list[StreamEntry]:
        """Only the oldest entry is suspect: those behind it were never reached."""
        head = entries[0]
        count = (await streams.delivery_counts(self._dependencies.redis, self._stream, [head.entry_id])).get(head.entry_id, 0)
        if count <= DEADLY_DELIVERIES:
            return entries
        await self._poison.put_entry_aside(head, deliveries=count)
        return entries[1:]


def _milliseconds(duration: timedelta) -> int:
    return int(duration / timedelta(milliseconds=1))


def _raise_if_cancelled() -> None:
    """Waiting on Redis may swallow a cancellation: asyncio.wait_for, which redis-py calls, loses it in a race until Python 3.12."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


async def _finish(task: asyncio.Task[None] | None) -> None:
    """Wait for the end of a task, whatever it is; its failure reaches the task group by itself."""
    if task is not None:
        await asyncio.wait([task])
