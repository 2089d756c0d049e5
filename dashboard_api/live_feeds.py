"""One Redis subscription per organization that somebody watches, shared by all who watch it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import msgspec
import structlog

from dashboard_api.refusals import LiveFeedUnavailableError
from runtime import live, metrics
from runtime.live import LiveHint
from runtime.redis_client import RedisClient, RedisError

MAX_WATCHERS = 1000  # per process
QUEUE_LENGTH = 100  # a watcher who reads no more loses hints, and nothing else
SUBSCRIBE_SECONDS = 5

log = structlog.get_logger(__name__)

Hints = asyncio.Queue[LiveHint | None]  # None: the feed has ended


class _Channel:
    def __init__(self) -> None:
        self.watchers: set[Hints] = set()
        self.is_open = asyncio.Event()
        self.has_ended = False

    def deliver(self, hint: LiveHint) -> None:
        for watcher in self.watchers:
            if not watcher.full():
                watcher.put_nowait(hint)

    def end(self) -> None:
        self.has_ended = True
        self.is_open.set()
        for watcher in self.watchers:
            if watcher.full():
                watcher.get_nowait()
            watcher.put_nowait(None)


class LiveFeeds:
    """Lives as long as the application; see `running_feeds`."""

    def __init__(self, redis: RedisClient, tasks: asyncio.TaskGroup) -> None:
        self._redis = redis
        self._tasks = tasks
        self._channels: dict[UUID, tuple[_Channel, asyncio.Task[None]]] = {}

    @asynccontextmanager
    async def watch(self, organization_id: UUID) -> AsyncIterator[Hints]:
        """The hints of one organization from here on.  Raises LiveFeedUnavailableError."""
        if sum(len(channel.watchers) for channel, _ in self._channels.values()) >= MAX_WATCHERS:
            raise LiveFeedUnavailableError
        channel = self._channel(organization_id)
        watcher: Hints = asyncio.Queue(QUEUE_LENGTH)
        channel.watchers.add(watcher)
        metrics.api_live_connections.inc()
        try:
            await _wait_until_open(channel)
            yield watcher
        finally:
            metrics.api_live_connections.dec()
            channel.watchers.discard(watcher)
            self._close_if_unwatched(organization_id, channel)

    def stop(self) -> None:
        for _, task in self._channels.values():
            task.cancel()

    def _channel(self, organization_id: UUID) -> _Channel:
        known = self._channels.get(organization_id)
        if known is not None:
            return known[0]
        channel = _Channel()
        self._channels[organization_id] = (channel, self._tasks.create_task(self._follow(organization_id, channel)))
        return channel

    def _close_if_unwatched(self, organization_id: UUID, channel: _Channel) -> None:
        known = self._channels.get(organization_id)
        if known is not None and known[0] is channel and not channel.watchers:
            del self._channels[organization_id]
            known[1].cancel()

    async def _follow(self, organization_id: UUID, channel: _Channel) -> None:
        try:
            async with live.subscribe(self._redis, organization_id) as hints:
                channel.is_open.set()
                async for hint in hints:
                    channel.deliver(hint)
        except (RedisError, OSError, msgspec.MsgspecError) as error:
            log.warning("live.feed_broken", error=type(error).__name__)
        finally:
            known = self._channels.get(organization_id)
            if known is not None and known[0] is channel:
                del self._channels[organization_id]
            channel.end()


async def _wait_until_open(channel: _Channel) -> None:
    try:
        async with asyncio.timeout(SUBSCRIBE_SECONDS):
            await channel.is_open.wait()
    except TimeoutError as error:
        raise LiveFeedUnavailableError from error
    if channel.has_ended:
        raise LiveFeedUnavailableError


@asynccontextmanager
async def running_feeds(redis: RedisClient) -> AsyncIterator[LiveFeeds]:
    """Feeds until the end of the block; then everybody is sent home."""
    async with asyncio.TaskGroup() as tasks:
        feeds = LiveFeeds(redis, tasks)
        try:
            yield feeds
        finally:
            feeds.stop()
