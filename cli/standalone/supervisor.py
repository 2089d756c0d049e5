"""Keeps the children running: restarts what ends by itself, stops all in order, never leaves one behind."""

import asyncio
import contextlib
import math
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cli import exit_codes, terminal
from cli.failures import CannotStartError
from cli.standalone import child_process
from cli.standalone.child_process import ChildSpec

_POLL_SECONDS = 0.25
_START_POLL_SECONDS = 0.02
_LONGEST_PAUSE_SECONDS = 30.0
_STABLE_SECONDS = 60.0  # a child that ran this long starts again at once


@dataclass(slots=True)
class _Child:
    spec: ChildSpec
    process: subprocess.Popen[bytes]
    started: float = field(default_factory=time.monotonic)
    failures: int = 0
    restart_at: float | None = None
    is_halted: bool = False


class Supervisor:
    """The children of one `errata up`, in the order in which they were started."""

    def __init__(self, record: Path) -> None:
        self._record = record
        self._children: list[_Child] = []

    def start(self, spec: ChildSpec) -> None:
        child_process.rotate(spec.log)
        self._children.append(_Child(spec, child_process.spawn(spec)))
        self._remember()

    @property
    def has_children(self) -> bool:
        return bool(self._children)

    async def run_once(self, spec: ChildSpec) -> int:
        """Run a child to its end; the exit code.  It is killed if this is cancelled."""
        process = child_process.spawn(spec)
        try:
            await _ended(process, seconds=math.inf)
        finally:
            if process.poll() is None:
                process.kill()
        return process.wait()

    async def wait_until(self, is_ready: Callable[[], bool], *, name: str, seconds: float) -> None:
        """Returns when `is_ready`.  Raises CannotStartError when the child ends or time is over."""
        child = next(each for each in self._children if each.spec.name == name)
        deadline = time.monotonic() + seconds
        while not is_ready():
            code = child.process.poll()
            if code is not None:
                raise CannotStartError(f"{name} ended with code {code} while starting", cure=f"Read why in {child.spec.log}")
            if time.monotonic() > deadline:
                raise CannotStartError(f"{name} was not ready after {seconds:.0f} seconds", cure=f"Read why in {child.spec.log}")
            await asyncio.sleep(_START_POLL_SECONDS)

    async def watch(self) -> None:
        """Restart what ends, with growing pauses; runs until it is cancelled."""
        while True:
            for child in self._children:
                self._attend(child)
            await asyncio.sleep(_POLL_SECONDS)

    async def stop(self, order: Sequence[tuple[str, ...]]) -> None:
        """Stop group by group: the names that begin with the entries of each group, then whatever is left."""
        for prefixes in (*order, ("",)):
            group = [child for child in self._children if child.spec.name.startswith(prefixes)]
            await asyncio.gather(*(self._stop_one(child) for child in group))
        self._record.unlink(missing_ok=True)

    def _attend(self, child: _Child) -> None:
        now = time.monotonic()
        if child.restart_at is not None:
            if now >= child.restart_at:
                child.process, child.started, child.restart_at = child_process.spawn(child.spec), now, None
                self._remember()
            return
        code = child.process.poll()
        if code is None or child.is_halted:
            return
        if code == exit_codes.HALTED:
            child.is_halted = True
            terminal.warn(f"! {child.spec.name} has halted and is not started again: read why in {child.spec.log}")
            return
        child.failures = 1 if now - child.started > _STABLE_SECONDS else child.failures + 1
        pause = min(_LONGEST_PAUSE_SECONDS, 0.25 * 2**child.failures)
        child.restart_at = now + pause
        terminal.warn(f"! {child.spec.name} ended with code {code}, starts again in {pause:.1f} s; its log: {child.spec.log}")

    async def _stop_one(self, child: _Child) -> None:
        process = child.process
        if process.poll() is None:
            process.send_signal(child.spec.stop_signal)
        if not await _ended(process, seconds=child.spec.stop_seconds):
            terminal.warn(f"! {child.spec.name} did not stop in {child.spec.stop_seconds:.0f} s and was killed")
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # its own children too
            process.wait()

    def _remember(self) -> None:
        marks = (child_process.mark(child.process.pid) for child in self._children)
        child_process.remember(self._record, (each for each in marks if each is not None))


async def _ended(process: subprocess.Popen[bytes], *, seconds: float) -> bool:
    """Whether the process ends within the time."""
    deadline = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < deadline:  # noqa: ASYNC110  # a process outside is no asyncio event
        await asyncio.sleep(_START_POLL_SECONDS)
    return process.poll() is not None
