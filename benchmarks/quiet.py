"""Measuring on a machine that others use too: wait for a quiet moment, and say how quiet it was."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import machine

_SAMPLE_SECONDS = 0.3
_PAUSE_SECONDS = 2.0
_QUIET_SHARE = 0.08


@dataclass(frozen=True, slots=True)
class _Usage:
    """CPU seconds used so far: of the whole machine, and of this process with everything it started."""

    available: float
    busy: float
    own: float


class Observer:
    """What others used of the machine while something was measured; one per run of the benchmarks."""

    def __init__(self) -> None:
        self.patience_seconds = 0.0  # what is left of it, for all measurements together
        self._available = 0.0
        self._others = 0.0

    @contextmanager
    def measuring(self) -> Iterator[None]:
        """Wait for a quiet moment as long as patience lasts; then whatever others use during the block counts."""
        self._wait_until_quiet()
        before = _usage()
        yield
        available, others = _between(before, _usage())
        self._available += available
        self._others += others

    def take_share(self) -> float | None:
        """The share of others since the last call, from 0 to 1; None if nothing was measured that depends on them."""
        share = self._others / self._available if self._available else None
        self._available = self._others = 0.0
        return share

    def _wait_until_quiet(self) -> None:
        began = time.monotonic()
        while True:
            before = _usage()
            time.sleep(_SAMPLE_SECONDS)
            available, others = _between(before, _usage())
            if others <= _QUIET_SHARE * available or time.monotonic() - began > self.patience_seconds:
                break
            time.sleep(_PAUSE_SECONDS)
        self.patience_seconds = max(0.0, self.patience_seconds - (time.monotonic() - began - _SAMPLE_SECONDS))


observer = Observer()


def _usage() -> _Usage:
    fields = [
        int(field) for field in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]
    ]  # without guest time: proc(5)
    ticks = os.sysconf("SC_CLK_TCK")
    return _Usage(sum(fields) / ticks, (sum(fields) - fields[3] - fields[4]) / ticks, machine.cpu_seconds(os.getpid()))


def _between(before: _Usage, after: _Usage) -> tuple[float, float]:
    """CPU seconds that were available, and that others used."""
    others = (after.busy - before.busy) - (after.own - before.own)
    return after.available - before.available, max(0.0, others)
