"""Appends sealed messages to the streams; concurrent requests share one durable write (group commit).

`append` returns only after Redis has confirmed, and Redis runs `appendfsync always`: what it returned for is on disk.
"""

import asyncio
from collections import deque
from uuid import UUID

import structlog

from protocol.stream_message import StreamHeader, encode_header
from runtime import metrics, streams
from runtime.keyring import LocalKeyring, seal, wrap_context
from runtime.redis_client import RedisClient
from runtime.streams import StreamAppend, StreamUnavailableError
from tenancy.data_keys import DataKeyPurpose
from tenancy.key_directory import KeyGrant

LINGER_SECONDS = 0.001  # PERFORMANCE: micro-batches of 1-2 ms
MAX_BATCH_ENTRIES = 128
MAX_BATCH_BYTES = 32 * 1024 * 1024
MAX_WRITES_IN_FLIGHT = 4  # PERFORMANCE: a few connections share the fsync
WRITE_DEADLINE_SECONDS = 5.0
MAX_WAITING_BYTES = 256 * 1024 * 1024  # more than Redis takes in the deadline: refuse, do not grow
MAX_CACHED_QUEUE_KEYS = 10_000

log = structlog.get_logger(__name__)

_Waiting = tuple[StreamAppend, "asyncio.Future[None]"]


class Producer:
    """One per process; `drain` before the loop ends."""

    def __init__(self, redis: RedisClient, keyring: LocalKeyring, *, shards: int = streams.DEFAULT_SHARDS) -> None:
        self._redis = redis
        self._keyring = keyring
        self._streams = [streams.stream_name(shard) for shard in range(shards)]
        self._queue_keys: dict[tuple[UUID, int], bytes] = {}
        self._waiting: deque[_Waiting] = deque()
        self._waiting_bytes = 0
        self._writes: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None

    async def append(self, grant: KeyGrant, *, header: StreamHeader, payload: bytes) -> None:
        """Returns when the message is durable.  Raises StreamUnavailableError if it may not be."""
        if self._waiting_bytes + len(payload) > MAX_WAITING_BYTES:
            raise StreamUnavailableError("backlog")
        header_bytes = encode_header(header)
        sealed = seal(self._queue_key(grant), payload, associated_data=header_bytes)
        stream = self._streams[streams.shard_of(header.project_id, len(self._streams))]
        durable: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((StreamAppend(stream, header_bytes, sealed), durable))
        self._waiting_bytes += len(sealed)
        self._arrange_write()
        await durable

    async def drain(self) -> None:
        """Write what is waiting; for the end of the process."""
        while self._waiting or self._writes:
            self._begin_write()
            await asyncio.wait(self._writes)

    def _queue_key(self, grant: KeyGrant) -> bytes:
        identity = (grant.organization_id, grant.queue_key_version)
        key = self._queue_keys.get(identity)
        if key is None:
            if len(self._queue_keys) >= MAX_CACHED_QUEUE_KEYS:
                self._queue_keys.clear()
            context = wrap_context(grant.organization_id, DataKeyPurpose.QUEUE, grant.queue_key_version)
            key = self._queue_keys[identity] = self._keyring.unwrap(grant.wrapped_queue_key, context=context)
        return key

    def _arrange_write(self) -> None:
        """A full batch goes at once, a smaller one lingers for company; if all connections write, it waits for one."""
        if len(self._writes) >= MAX_WRITES_IN_FLIGHT:
            return
        if len(self._waiting) >= MAX_BATCH_ENTRIES:
            self._begin_write()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(LINGER_SECONDS, self._begin_write)

    def _begin_write(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._waiting and len(self._writes) < MAX_WRITES_IN_FLIGHT:
            task = asyncio.create_task(self._write(self._take_batch()))
            self._writes.add(task)
            task.add_done_callback(self._end_write)

    def _end_write(self, task: asyncio.Task[None]) -> None:
        self._writes.discard(task)
        self._begin_write()

    def _take_batch(self) -> list[_Waiting]:
        batch: list[_Waiting] = []
        batch_bytes = 0
        while self._waiting and len(batch) < MAX_BATCH_ENTRIES and batch_bytes < MAX_BATCH_BYTES:
            entry, durable = self._waiting.popleft()
            batch_bytes += len(entry.payload)
            batch.append((entry, durable))
        self._waiting_bytes -= batch_bytes
        return batch

    async def _write(self, batch: list[_Waiting]) -> None:
        metrics.ingest_commit_entries.observe(len(batch))
        failure: Exception | None = None
        try:
            async with asyncio.timeout(WRITE_DEADLINE_SECONDS):
                await streams.append_batch(self._redis, [entry for entry, _ in batch])
        except (StreamUnavailableError, TimeoutError) as error:
            failure = StreamUnavailableError(type(error).__name__)
            log.warning("queue.unavailable", error=str(error) or type(error).__name__, entries=len(batch))
        except BaseException:
            _settle(batch, StreamUnavailableError("write was abandoned"))
            raise
        _settle(batch, failure)


def _settle(batch: list[_Waiting], failure: Exception | None) -> None:
    """Wake the requests; one whose client has gone has cancelled its future."""
    for _, durable in batch:
        if durable.done():
            continue
        if failure is None:
            durable.set_result(None)
        else:
            durable.set_exception(failure)
