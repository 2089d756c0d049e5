"""How many accepted events one worker, and two workers, store per second: everything from the queue to the commit."""

import asyncio
import signal
import time
from dataclasses import dataclass

from benchmarks import machine
from benchmarks.envelopes.events import EventSize
from benchmarks.figures import Options, Section, Table, median, ratio, whole
from benchmarks.limits import insert_rows
from benchmarks.load import launch
from benchmarks.load.launch import Load
from benchmarks.quiet import observer
from benchmarks.servers import deployment
from benchmarks.servers.deployment import Deployment

_BACKLOG = {EventSize.SMALL: 6_000, EventSize.NORMAL: 4_000, EventSize.LARGE: 600}
_WARM_UP = 400
_POLL_SECONDS = 0.01
_PATIENCE_SECONDS = 120
_TARGET_RATE = 800


@dataclass(frozen=True, slots=True)
class _Drain:
    """A backlog worked off."""

    rate: float
    cpu_microseconds: dict[str, float]  # per event, by process


def measure(options: Options) -> Section:
    return asyncio.run(_measure(options))


async def _measure(options: Options) -> Section:
    with deployment.running() as deployed:
        deployed.start("ingest")
        one_worker = await _with_workers(deployed, 1, options)
        body_bytes, summary = await _typical_row(deployed)
        connection = await deployed.connect_as_superuser()
        limits = []
        for _ in range(options.repetitions):
            with observer.measuring():
                seconds = options.seconds(2)
                limits.append(await insert_rows.measure(connection, body_bytes=body_bytes, summary=summary, seconds=seconds))
        await connection.close()
        two_workers = await _with_workers(deployed, 2, options)
    limit = median(limits)
    table = Table(
        ("event", "1 worker, stored/s", "2 workers, stored/s", "µs of CPU per event, 1 worker", "1 worker / raw INSERT")
    )
    for size in one_worker:
        rate = median([drain.rate for drain in one_worker[size]])
        second = median([drain.rate for drain in two_workers[size]])
        compared = ratio(rate, limit) if size is EventSize.NORMAL else "-"
        table.rows.append((size.value, whole(rate), whole(second), _cpu(one_worker[size]), compared))
    at_20_kb = median([drain.rate for drain in one_worker[EventSize.NORMAL]])
    verdict = "reached" if at_20_kb >= _TARGET_RATE else "**missed**"
    return Section(
        title="Digest: events stored per second, all stages on",
        tables=[table],
        remarks=[
            (
                "A backlog waits in the queue while the workers are stopped by a signal; the clock runs from the first "
                "acknowledged batch to an empty queue. One project, 200 stack traces, one PostgreSQL with fsync."
            ),
            (
                f"One worker has core {machine.SERVER_CORE} for itself, PostgreSQL and Redis have core {machine.CLIENT_CORE}; two "
                f"workers share both cores with them."
            ),
            (
                f"Raw INSERT … SELECT unnest of rows of the same size ({whole(body_bytes)} bytes of body), 200 per transaction, the same "
                f"indexes and fsync, no RLS: {whole(limit)}/s."
            ),
        ],
        target=f"{_TARGET_RATE}/s per worker core for 20 KB: {verdict} ({whole(at_20_kb)})",
    )


async def _with_workers(deployed: Deployment, count: int, options: Options) -> dict[EventSize, list[_Drain]]:
    names = [f"worker-{number}" for number in range(1, count + 1)]
    cores = [machine.SERVER_CORE] if count == 1 else [None] * count
    servers = [machine.CLIENT_CORE] if count == 1 else machine.all_cores()
    for server in ("postgres", "redis"):
        machine.pin(deployed.process_id(server), servers)
    for name, core in zip(names, cores, strict=True):
        deployed.start(name, core=core)
    await _drain(deployed, names, EventSize.NORMAL, events=_WARM_UP)
    drains: dict[EventSize, list[_Drain]] = {size: [] for size in EventSize}
    for _ in range(options.repetitions):
        for size, found in drains.items():
            with observer.measuring():
                found.append(await _drain(deployed, names, size, events=_BACKLOG[size] // (2 if options.is_quick else 1)))
    for name in names:
        deployed.stop(name)
    return drains


async def _drain(deployed: Deployment, workers: list[str], size: EventSize, *, events: int) -> _Drain:
    for name in workers:
        deployed.send_signal(name, signal.SIGSTOP)
    sent = launch.finish(launch.start(deployed.target, Load(connections=16, size=size, requests=events)))
    if sent.accepted != events:
        raise RuntimeError(f"only {sent.accepted} of {events} were accepted: {sent.statuses} {sent.first_error}")
    before = deployed.cpu_seconds()
    for name in workers:
        deployed.send_signal(name, signal.SIGCONT)
    rate = await _drain_rate(deployed, events)
    after = deployed.cpu_seconds()
    return _Drain(rate, {name: (after[name] - before[name]) / events * 1e6 for name in after})


async def _drain_rate(deployed: Deployment, events: int) -> float:
    """Events per second from the first acknowledgement to the last."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    first: tuple[float, int] | None = None
    async with deployed.redis() as redis:
        while time.monotonic() < deadline:
            left, now = await deployment.backlog(redis), time.monotonic()
            if first is None and left < events:
                first = (now, left)
            if first is not None and left == 0:
                return first[1] / (now - first[0]) if now > first[0] else float(events)
            await asyncio.sleep(_POLL_SECONDS)
    raise RuntimeError(f"the workers did not work off {events} events: {deployed.log_of('worker-1')}")


async def _typical_row(deployed: Deployment) -> tuple[int, str]:
    """The mean size of a body and one summary, of the events of 20 KB."""
    connection = await deployed.connect_as_superuser()
    try:
        row = await connection.fetchrow(
            "SELECT avg(octet_length(body))::integer AS body_bytes, min(summary::text) AS summary FROM eventstore.events"
            " WHERE octet_length(body) BETWEEN 2500 AND 12000"
        )
        assert row is not None, "an aggregate always has a row"
        return row["body_bytes"], row["summary"]
    finally:
        await connection.close()


def _cpu(drains: list[_Drain]) -> str:
    groups = {"worker": "worker", "postgres": "PostgreSQL", "redis": "Redis"}
    shown = []
    for prefix, label in groups.items():
        used = [sum(value for name, value in drain.cpu_microseconds.items() if name.startswith(prefix)) for drain in drains]
        shown.append(f"{label} {whole(median(used))}")
    return ", ".join(shown)
