"""`errata serve worker`: stores what the edge has accepted."""

import asyncio
import os
import socket

from cli import connections, probes, process_life
from cli.configuration import Settings
from cli.exit_codes import HALTED
from processing.consumer import Worker, WorkerHaltedError
from processing.worker_dependencies import WorkerDependencies
from runtime.clock import utc_now


async def run(settings: Settings, stop: asyncio.Event) -> None:
    shards = settings.stream_shards
    database = connections.open_database(settings, "worker", pool_size=shards + 1, tests_connections=False)
    redis = connections.open_redis(settings, max_connections=2 * shards + 1)
    dependencies = WorkerDependencies(
        database=database,
        redis=redis,
        keyring=connections.open_keyring(settings),
        consumer_name=settings.worker_name or f"{socket.gethostname()}-{os.getpid()}",
        clock=utc_now,
        shards=shards,
    )
    try:
        async with probes.served(database, redis, host=settings.host, port=settings.metrics_port):
            await Worker(dependencies).run(stop)
    except WorkerHaltedError as error:
        raise SystemExit(HALTED) from error
    finally:
        await redis.aclose()
        await database.close()


if __name__ == "__main__":
    process_life.run("worker", run)
