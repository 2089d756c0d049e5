"""How many events one ingest process accepts, durably, and how long a client waits for its answer."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from benchmarks import machine
from benchmarks.envelopes.events import EventSize
from benchmarks.figures import Options, Section, Table, median, one, ratio, whole
from benchmarks.limits import redis_append
from benchmarks.load import launch
from benchmarks.load.launch import Load, LoadResult, Target
from benchmarks.servers import deployment, noop_edge
from benchmarks.servers.deployment import Deployment

_CONNECTIONS = (1, 16, 64, 256, 1000)
_SECONDS = 3.0
_STEADY_SHARE = 0.7  # of the rate at 64 connections, where the design gives a target for p99
_TARGET_RATE, _TARGET_P99_MS = 5_000, 25


@dataclass(slots=True)
class _Pair:
    """Repetitions of the edge and of the no-op server, taken in turn."""

    edge: list[LoadResult] = field(default_factory=list)
    limit: list[LoadResult] = field(default_factory=list)

    def row(self, *first: str) -> tuple[str, ...]:
        rate, limit = _median(self.edge, lambda one_run: one_run.rate), _median(self.limit, lambda one_run: one_run.rate)
        waits = [one(_median(self.edge, wait)) for wait in _WAITS]
        failures = str(sum(each.failures for each in self.edge))
        return (*first, whole(rate), *waits, failures, whole(limit), ratio(rate, limit))


_WAITS: tuple[Callable[[LoadResult], float], ...] = (
    lambda result: result.p50_ms,
    lambda result: result.p95_ms,
    lambda result: result.p99_ms,
)


def measure(options: Options) -> Section:
    with deployment.running() as deployed, noop_edge.running() as noop:
        deployed.start("ingest", core=machine.SERVER_CORE)
        _measure_once(deployed, deployed.target, Load(connections=16, seconds=1.0))  # warm
        by_connections = _by_connections(deployed, noop, options)
        by_size = _by_size(deployed, noop, options)
        at_64 = _median(by_connections[64].edge, lambda result: result.rate)
        steady = [
            _measure_once(deployed, deployed.target, Load(connections=64, seconds=options.seconds(4), rate=_STEADY_SHARE * at_64))
            for _ in range(options.repetitions)
        ]
        append_rate = median([_redis_limit(deployed, options) for _ in range(options.repetitions)])
    waits = ("accepted/s", "p50 ms", "p95 ms", "p99 ms", "failures", "no-op server/s", "ratio")
    first = Table(("connections", *waits), [pair.row(str(count)) for count, pair in by_connections.items()])
    second = Table(("event", *waits), [pair.row(size.value) for size, pair in by_size.items()])
    steady_p99 = _median(steady, lambda result: result.p99_ms)
    return Section(
        title="Accept: one ingest process, every event fsynced before its answer",
        tables=[first, second],
        remarks=[
            (
                f"Open loop at {_STEADY_SHARE:.0%} of the rate of 64 connections ({whole(_STEADY_SHARE * at_64)}/s): "
                f"p99 {one(steady_p99)} ms, {sum(result.failures for result in steady)} failures."
            ),
            (
                f"Raw XADD of the same payload (4 sockets, pipelines of 32, appendfsync always): {whole(append_rate)}/s; "
                f"the edge at 64 connections reaches {ratio(at_64, append_rate)} of it."
            ),
            (
                f"20 KB events, {whole(launch.mean_gzip_bytes(EventSize.NORMAL))} bytes gzipped; second table with 64 connections. "
                f"Load client in {by_connections[64].edge[0].client}. The edge (and in turn the no-op server) has core "
                f"{machine.SERVER_CORE}, client and Redis have core {machine.CLIENT_CORE}; no worker runs."
            ),
        ],
        target=f"{whole(_TARGET_RATE)}/s at 64 connections: {_verdict(at_64 >= _TARGET_RATE)} ({whole(at_64)}); "
        f"p99 {_TARGET_P99_MS} ms at {_STEADY_SHARE:.0%} of that: {_verdict(steady_p99 <= _TARGET_P99_MS)} ({one(steady_p99)}); "
        f"no failure and within 20 % at 256 and 1,000: {_verdict(_holds_at_many(by_connections))}",
    )


def _by_connections(deployed: Deployment, noop: Target, options: Options) -> dict[int, _Pair]:
    counts = (1, 64) if options.is_quick else _CONNECTIONS
    pairs = {count: _Pair() for count in counts}
    for _ in range(options.repetitions):
        for count, pair in pairs.items():
            load = Load(connections=count, seconds=options.seconds(_SECONDS))
            pair.limit.append(launch.run(noop, load))
            pair.edge.append(_measure_once(deployed, deployed.target, load))
    return pairs


def _by_size(deployed: Deployment, noop: Target, options: Options) -> dict[EventSize, _Pair]:
    pairs = {size: _Pair() for size in (EventSize.SMALL, EventSize.LARGE)}
    for _ in range(options.repetitions):
        for size, pair in pairs.items():
            load = Load(connections=64, size=size, seconds=options.seconds(2))
            pair.limit.append(launch.run(noop, load))
            pair.edge.append(_measure_once(deployed, deployed.target, load))
    return pairs


def _measure_once(deployed: Deployment, target: Target, load: Load) -> LoadResult:
    """One run; the queue is emptied afterwards."""
    try:
        return launch.run(target, load)
    finally:
        asyncio.run(_empty_queue(deployed))


async def _empty_queue(deployed: Deployment) -> None:
    async with deployed.redis() as redis:
        await redis.flushall()


def _redis_limit(deployed: Deployment, options: Options) -> float:
    payload_bytes = launch.mean_gzip_bytes(EventSize.NORMAL)
    return redis_append.measure(deployed.redis_socket, payload_bytes=payload_bytes, seconds=options.seconds(2))


def _median(results: list[LoadResult], figure: Callable[[LoadResult], float]) -> float:
    return median([figure(result) for result in results])


def _holds_at_many(pairs: dict[int, _Pair]) -> bool:
    base = _median(pairs[64].edge, lambda result: result.rate)
    many = [pair for count, pair in pairs.items() if count > 64]
    return all(
        _median(pair.edge, lambda result: result.rate) >= 0.8 * base and not any(result.failures for result in pair.edge)
        for pair in many
    )


def _verdict(is_reached: bool) -> str:  # noqa: FBT001  # reads as a sentence
    return "reached" if is_reached else "**missed**"
