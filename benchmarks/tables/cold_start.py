"""How long `errata up` takes: from the command to the first event accepted, in an empty directory and again in a used one."""

import time

from benchmarks.figures import Options, Section, Table, median, one
from benchmarks.load import launch
from benchmarks.load.launch import Load
from benchmarks.quiet import observer
from benchmarks.servers import standalone
from benchmarks.servers.standalone import Standalone

_TARGET_SECONDS = 10


def measure(options: Options) -> Section:
    first: list[float] = []
    again: list[float] = []
    stops: list[float] = []
    for _ in range(options.repetitions):
        with standalone.prepared() as started:
            first.append(_seconds_to_first_event(started))
            stops.append(_seconds_to_stop(started))
            again.append(_seconds_to_first_event(started))
    rows: list[tuple[str, ...]] = [
        ("first: makes cluster, schema, secrets and demo organization", one(median(first)), one(max(first))),
        ("again, in the same directory", one(median(again)), one(max(again))),
        ("stop (Ctrl-C to the end of the last process)", one(median(stops)), one(max(stops))),
    ]
    verdict = "reached" if median(first) <= _TARGET_SECONDS else "**missed**"
    return Section(
        title="Cold start of `errata up`",
        tables=[Table(("start", "median s", "worst s"), rows)],
        remarks=[
            "From the command to the 200 for one envelope of 20 KB. Installation and the dashboard's build are done before."
        ],
        target=f"{_TARGET_SECONDS} s to the first event accepted: {verdict} ({one(median(first))} s)",
    )


def _seconds_to_first_event(started: Standalone) -> float:
    with observer.measuring():
        began = time.monotonic()
        started.launch()
        started.wait_until_ready()
        sent = launch.finish(launch.start(started.target, Load(connections=1, requests=1)))
        took = time.monotonic() - began
    if sent.accepted != 1:
        raise RuntimeError(f"the first event was not accepted: {sent.statuses} {sent.first_error}")
    return took


def _seconds_to_stop(started: Standalone) -> float:
    began = time.monotonic()
    started.stop()
    return time.monotonic() - began
