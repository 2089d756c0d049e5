"""How much memory `errata up` takes, PostgreSQL and Redis included, idle and under load."""

import time

from benchmarks.envelopes.events import EventSize
from benchmarks.figures import Options, Section, Table, mebibytes, one
from benchmarks.load import launch
from benchmarks.load.launch import Load
from benchmarks.servers import standalone
from benchmarks.servers.standalone import Standalone

_SETTLE_SECONDS = 8.0
_LOAD_SECONDS = 25.0
_RATE = 500.0  # events per second: below what one worker stores, so that the queue does not grow without end
_TARGET_IDLE, _TARGET_LOADED = 512 * 2**20, 1024 * 2**20


def measure(options: Options) -> Section:
    with standalone.prepared() as started:
        started.launch()
        started.wait_until_ready()
        time.sleep(options.seconds(_SETTLE_SECONDS))
        idle = started.memory_bytes()
        steady = _peak(started, Load(connections=16, seconds=options.seconds(_LOAD_SECONDS), rate=_RATE))
        flood = _peak(started, Load(connections=64, seconds=options.seconds(8)))
        large = _peak(started, Load(connections=16, size=EventSize.LARGE, seconds=options.seconds(6), rate=40))
    columns = ("process", "idle", f"{_RATE:.0f} events/s", "as fast as 64 connections allow", "200 KB events, 40/s")
    table = Table(columns)
    for kind in sorted(idle, key=lambda name: -flood.get(name, 0)):
        table.rows.append((kind, *(mebibytes(found.get(kind, 0)) for found in (idle, steady, flood, large))))
    sums = [sum(found.values()) for found in (idle, steady, flood, large)]
    table.rows.append(("**all**", *(f"**{mebibytes(total)}**" for total in sums)))
    idle_verdict = "reached" if sums[0] <= _TARGET_IDLE else "**missed**"
    loaded_verdict = "reached" if sums[1] <= _TARGET_LOADED else "**missed**"
    return Section(
        title="Memory: everything `errata up` starts (PSS)",
        tables=[table],
        remarks=[
            (
                "Sum of PSS in /proc/*/smaps_rollup: a page shared by several processes counts once. Under load: the largest of the sums "
                "sampled every half second. One worker; measured once."
            ),
            (
                "The third column floods the queue faster than it is worked off: Redis holds the backlog, by design up to its maxmemory of "
                "512 MB, and its share says how much was waiting."
            ),
            (
                f"Supervisor and scheduler together: {one((idle.get('supervisor', 0) + idle.get('scheduler', 0)) / sums[0] * 100)} % of "
                f"the idle sum."
            ),
        ],
        target=f"{mebibytes(_TARGET_IDLE)} idle: {idle_verdict} ({mebibytes(sums[0])}); {mebibytes(_TARGET_LOADED)} under load: "
        f"{loaded_verdict} ({mebibytes(sums[1])})",
    )


def _peak(started: Standalone, load: Load) -> dict[str, int]:
    """The sample with the largest sum while the load runs."""
    client = launch.start(started.target, load)
    peak: dict[str, int] = {}
    while client.poll() is None:
        sample = started.memory_bytes()
        if sum(sample.values()) > sum(peak.values()):
            peak = sample
        time.sleep(0.5)
    launch.finish(client)
    return peak
