"""What becomes of messages that fail: left for another delivery twice, then put aside; nothing is thrown away."""

import asyncio
from collections.abc import Sequence

import msgspec
import structlog

from processing import dead_letters
from processing.backoff import Backoff
from processing.batch_preparation import DATABASE_SECONDS, FailedMessage, is_recent
from processing.failures import Fault, fault_of, name_of
from processing.poison_guard import PoisonGuard
from processing.preparation import StreamMessage, count_items
from processing.worker_dependencies import WorkerDependencies
from protocol.outcome import DiscardReason, Outcome
from protocol.stream_message import decode_header
from runtime import metrics, streams
from runtime.redis_client import RedisError
from runtime.streams import StreamAppend, StreamEntry, StreamUnavailableError

log = structlog.get_logger(__name__)

MAX_DELIVERIES = 3


def quarantine_name(stream: str) -> str:
    """Where entries go that belong to no tenant; the same hash slot as the stream."""
    return f"{stream}:unreadable"


class PoisonMessages:
    """Settles the failures of one lane."""

    def __init__(self, dependencies: WorkerDependencies, *, stream: str, guard: PoisonGuard, stop: asyncio.Event) -> None:
        self._dependencies = dependencies
        self._stream = stream
        self._guard = guard
        self._stop = stop

    async def settle(self, failed: Sequence[FailedMessage]) -> None:
        """Put aside what was delivered often enough.  Raises TooManyDeadError when that happens too often."""
        if not failed:
            return
        try:
            deliveries = await streams.delivery_counts(
                self._dependencies.redis, self._stream, [failure.message.entry_id for failure in failed]
            )
        except (RedisError, OSError) as error:
            log.warning("worker.deliveries_unknown", error=name_of(error))
            return
        for failure in failed:
            count = deliveries.get(failure.message.entry_id, 0)
            log.warning(
                "message.failed", message_id=str(failure.message.header.message_id), error=failure.error_class, deliveries=count
            )
            if count >= MAX_DELIVERIES:
                await self.put_aside(failure, deliveries=count)

    async def put_aside(self, failure: FailedMessage, *, deliveries: int) -> None:
        """To the tenant's dead letters; where that is impossible, to the quarantine."""
        try:
            is_done = await self._bury(failure, deliveries=deliveries)
        except Exception as error:  # noqa: BLE001  # the loop over stream items: an organization that cannot be is no reason to stop
            log.error("message.unburiable", message_id=str(failure.message.header.message_id), error=name_of(error))  # noqa: TRY400  # the text of an error may quote people's data
            await self.quarantine(_entry_of(failure.message))
            return
        if is_done:
            await self._acknowledge(failure.message.entry_id)
            metrics.processing_dead_letters.inc()
            self._guard.record_dead()

    async def put_entry_aside(self, entry: StreamEntry, *, deliveries: int) -> None:
        """Without opening it again: whoever tried so far did not live to tell."""
        try:
            header = decode_header(entry.header)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            await self.quarantine(entry)
            return
        message = StreamMessage(entry.stream, entry.entry_id, header, entry.header, entry.payload)
        await self.put_aside(FailedMessage(message, None, "WorkerLost"), deliveries=deliveries)

    async def quarantine(self, entry: StreamEntry) -> None:
        """Set an entry aside which is nobody's.  Raises TooManyDeadError when that happens too often."""
        aside = StreamAppend(quarantine_name(entry.stream), entry.header, entry.payload)
        try:
            await streams.append_batch(self._dependencies.redis, [aside])
        except StreamUnavailableError as error:
            log.warning("worker.quarantine_unavailable", error=name_of(error))
            return
        log.error("stream_entry.quarantined", stream=entry.stream, entry_id=entry.entry_id)
        await self._acknowledge(entry.entry_id)
        metrics.processing_dead_letters.inc()
        self._guard.record_dead()

    async def _bury(self, failure: FailedMessage, *, deliveries: int) -> bool:
        """False if the worker is to stop before PostgreSQL is back.  Raises if the database refuses the letter itself."""
        message = failure.message
        items = count_items(message, failure.tenant, outcome=Outcome.DEAD, reason=DiscardReason.PROCESSING_FAILED)
        backoff = Backoff(self._stop)
        while True:
            now = self._dependencies.clock()
            try:
                async with (
                    asyncio.timeout(DATABASE_SECONDS),
                    self._dependencies.database.tenant(message.header.organization_id) as tx,
                ):
                    await dead_letters.bury(
                        tx, message, deliveries=deliveries, error_class=failure.error_class, items=items, now=now
                    )
            except Exception as error:
                if fault_of(error, is_recent=is_recent([message.received_at], now=now)) is Fault.MESSAGE:
                    raise
                log.warning("worker.burial_retried", error=name_of(error))
            else:
                return True
            if not await backoff.wait():
                return False

    async def _acknowledge(self, entry_id: str) -> None:
        try:
            await streams.acknowledge(self._dependencies.redis, self._stream, [entry_id])
        except (RedisError, OSError) as error:
            log.warning("worker.acknowledgement_lost", error=name_of(error), messages=1)


def _entry_of(message: StreamMessage) -> StreamEntry:
    return StreamEntry(message.stream, message.entry_id, message.header_bytes, message.sealed_payload)
