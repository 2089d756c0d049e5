"""The worker: takes what the edge accepted from the streams and stores it, one lane per shard."""

import asyncio

import structlog

from processing.lane import Lane
from processing.poison_guard import PoisonGuard, TooManyDeadError
from processing.project_settings import SettingsCache
from processing.worker_dependencies import WorkerDependencies
from runtime import streams

log = structlog.get_logger(__name__)


class WorkerHaltedError(Exception):
    """Too many messages were given up; somebody must look before any worker goes on."""


class Worker:
    """Survives restarts of PostgreSQL and Redis; several may run at once, in one process or many."""

    def __init__(self, dependencies: WorkerDependencies) -> None:
        self._dependencies = dependencies

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set, then finish the batches in hand.  Raises WorkerHaltedError."""
        dependencies = self._dependencies
        settings = SettingsCache(dependencies.database, dependencies.keyring, dependencies.clock)
        guard = PoisonGuard()
        log.info("worker.started", consumer=dependencies.consumer_name, shards=dependencies.shards)
        try:
            async with asyncio.TaskGroup() as group:
                for shard in range(dependencies.shards):
                    lane = Lane(dependencies, stream=streams.stream_name(shard), settings=settings, guard=guard, stop=stop)
                    group.create_task(lane.run(), name=f"lane {shard}")
        except ExceptionGroup as failures:
            if failures.subgroup(TooManyDeadError) is None:
                raise
            log.critical("worker.halted", consumer=dependencies.consumer_name)
            raise WorkerHaltedError from failures
        log.info("worker.stopped", consumer=dependencies.consumer_name)
