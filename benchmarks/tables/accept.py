"""How many events one ingest process accepts, durably, and how long a client waits for its answer."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from benchmarks import machine
from benchmarks.envelopes.events import EventSize
from benchmarks.figures import Options, Section, Table, median, one, ratio, whole
from benchmarks.limits import redis_append
from benchmarks.load import launch
from benchmarks.load.launch import Load, LoadResult
from benchmarks.quiet import observer
from benchmarks.servers import deployment, noop_edge
from benchmarks.servers.deployment import Deployment
from benchmarks.servers.noop_edge import NoopEdge

_CONNECTIONS = (1, 16, 64, 256, 1000)
_SECONDS = 3.0
_STEADY_SHARE = 0.7  # of the rate at 64 connections, where the design gives a target for p99
_TARGET_RATE, _TARGET_P99_MS = 5_000, 25

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class _Run:
    """One load run and what it cost the processes that served it, in microseconds of CPU per accepted event."""

    result: LoadResult
    cpu: dict[str, float]


@dataclass(slots=True)
class _Pair:
    """Repetitions of the edge and of the no-op server, taken in turn."""

    edge: list[_Run] = field(default_factory=list)
    limit: list[_Run] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return median([run.result.rate for run in self.edge])

    @property
    def failures(self) -> int:
        return sum(run.result.failures for run in self.edge)

    def row(self, *first: str) -> tuple[str, ...]:
        limit = median([run.result.rate for run in self.limit])
        waits = [one(median([wait(run.result) for run in self.edge])) for wait in _WAITS]
        cpu = [whole(median([run.cpu[name] for run in runs])) for runs, name in _cpu_columns(self)]
        return (*first, whole(self.rate), *waits, str(self.failures), whole(limit), ratio(self.rate, limit), *cpu)


def _cpu_columns(pair: _Pair) -> tuple[tuple[list[_Run], str], ...]:
    return (pair.edge, "ingest"), (pair.edge, "redis"), (pair.limit, "no-op")


_WAITS: tuple[Callable[[LoadResult], float], ...] = (
    lambda result: result.p50_ms,
    lambda result: result.p95_ms,
    lambda result: result.p99_ms,
)


def measure(options: Options) -> Section:
    with deployment.running() as deployed, noop_edge.running() as noop:
        deployed.start("ingest", core=machine.SERVER_CORE)
        _edge_run(deployed, Load(connections=16, seconds=1.0))  # warm
        by_connections = _by_connections(deployed, noop, options)
        by_size = _by_size(deployed, noop, options)
        at_64 = by_connections[64].rate
        steady_load = Load(connections=64, seconds=options.seconds(4), rate=_STEADY_SHARE * at_64)
        steady = [_edge_run(deployed, steady_load).result for _ in range(options.repetitions)]
        append_rate = median([_redis_limit(deployed, options) for _ in range(options.repetitions)])
    waits = ("accepted/s", "p50 ms", "p95 ms", "p99 ms", "failures", "no-op server/s", "ratio")
    cpu = ("edge µs", "Redis µs", "no-op µs")
    first = Table(("connections", *waits, *cpu), [pair.row(str(count)) for count, pair in by_connections.items()])
    second = Table(("event", *waits, *cpu), [pair.row(size.value) for size, pair in by_size.items()])
    steady_p99 = median([result.p99_ms for result in steady])
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
                f"Load client in {by_connections[64].edge[0].result.client}. The edge (and in turn the no-op server) has core "
                f"{machine.SERVER_CORE}, client and Redis have core {machine.CLIENT_CORE}; no worker runs. "
                "The last three columns are CPU time per event."
            ),
        ],
        target=f"{whole(_TARGET_RATE)}/s at 64 connections: {_verdict(at_64 >= _TARGET_RATE)} ({whole(at_64)}); "
        f"p99 {_TARGET_P99_MS} ms at {_STEADY_SHARE:.0%} of that: {_verdict(steady_p99 <= _TARGET_P99_MS)} ({one(steady_p99)}); "
        f"no failure and within 20 % at 256 and 1,000: {_at_many_connections(by_connections)}",
    )


def _by_connections(deployed: Deployment, noop: NoopEdge, options: Options) -> dict[int, _Pair]:
    counts = (1, 64) if options.is_quick else _CONNECTIONS
    loads = {count: Load(connections=count, seconds=options.seconds(_SECONDS)) for count in counts}
    return _alternate(deployed, noop, loads, options)


def _by_size(deployed: Deployment, noop: NoopEdge, options: Options) -> dict[EventSize, _Pair]:
    sizes = (EventSize.SMALL, EventSize.LARGE)
    loads = {size: Load(connections=64, size=size, seconds=options.seconds(2)) for size in sizes}
    return _alternate(deployed, noop, loads, options)


def _alternate(deployed: Deployment, noop: NoopEdge, loads: dict[Key, Load], options: Options) -> dict[Key, _Pair]:
    """A B A B: no-op server and edge in turn, all loads in each repetition."""
    pairs = {key: _Pair() for key in loads}
    for _ in range(options.repetitions):
        for key, load in loads.items():
            pairs[key].limit.append(_noop_run(noop, load))
            pairs[key].edge.append(_edge_run(deployed, load))
    return pairs


def _noop_run(noop: NoopEdge, load: Load) -> _Run:
    before = machine.cpu_seconds(noop.process_id)
    result = launch.run(noop.target, load)
    return _Run(result, {"no-op": (machine.cpu_seconds(noop.process_id) - before) / result.accepted * 1e6})


def _edge_run(deployed: Deployment, load: Load) -> _Run:
    """The queue is emptied afterwards."""
    before = deployed.cpu_seconds()
    try:
        result = launch.run(deployed.target, load)
        after = deployed.cpu_seconds()
    finally:
        asyncio.run(_empty_queue(deployed))
    return _Run(result, {name: (after[name] - before[name]) / max(result.accepted, 1) * 1e6 for name in after})


async def _empty_queue(deployed: Deployment) -> None:
    async with deployed.redis() as redis:
        await redis.flushall()


def _redis_limit(deployed: Deployment, options: Options) -> float:
    payload_bytes = launch.mean_gzip_bytes(EventSize.NORMAL)
    with observer.measuring():
        return redis_append.measure(deployed.redis_socket, payload_bytes=payload_bytes, seconds=options.seconds(2))


def _at_many_connections(pairs: dict[int, _Pair]) -> str:
    many = [pair for count, pair in pairs.items() if count > 64]
    if not many:
        return "not measured"
    return _verdict(all(pair.rate >= 0.8 * pairs[64].rate and not pair.failures for pair in many))


def _verdict(is_reached: bool) -> str:  # noqa: FBT001  # reads as a sentence
    return "reached" if is_reached else "**missed**"
