"""Starting a child that does not outlive us, remembering it on disk, and ending what an earlier run left behind."""

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cli.standalone.secret_files import write_private
from cli.standalone.service_account import ServiceAccount

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_START_TIME_FIELD = 19  # field 22 of /proc/<pid>/stat, counted after the name in parentheses (proc(5))
_LOG_BYTES = 10 * 2**20
_LOGS_KEPT = 3
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class ChildSpec:
    """How a child is started and how it is asked to stop."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    directory: Path
    log: Path | None  # None: shown to the operator
    stop_signal: signal.Signals
    stop_seconds: float
    account: ServiceAccount | None = None


@dataclass(frozen=True, slots=True)
class ProcessMark:
    """A process, told apart from a later one with the same number by its start time."""

    process_id: int
    start_time: int

    def is_alive(self) -> bool:
        return _start_time(self.process_id) == self.start_time


def spawn(spec: ChildSpec) -> subprocess.Popen[bytes]:
    """Start the child in its own session (Ctrl-C reaches only us), its output appended to its log or, without one, to ours."""
    account = spec.account
    with contextlib.ExitStack() as files:
        output = None if spec.log is None else files.enter_context(spec.log.open("ab"))
        return subprocess.Popen(  # noqa: S603  # a command of ours
            spec.command,
            env=dict(spec.environment),
            cwd=spec.directory,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=None if output is None else subprocess.STDOUT,
            start_new_session=True,
            user=None if account is None else account.user_id,
            group=None if account is None else account.group_id,
            extra_groups=None if account is None else [],
            preexec_fn=_die_with_parent(spec.stop_signal),  # noqa: PLW1509  # one system call on a library loaded before the fork
        )


def rotate(log: Path | None) -> None:
    """Move a log that has grown aside; the three newest are kept."""
    if log is None:
        return
    try:
        if log.stat().st_size < _LOG_BYTES:
            return
    except FileNotFoundError:
        return
    for number in range(_LOGS_KEPT - 1, 0, -1):
        older = log.with_name(f"{log.name}.{number}")
        if older.exists():
            older.replace(log.with_name(f"{log.name}.{number + 1}"))
    log.replace(log.with_name(f"{log.name}.1"))


def mark(process_id: int) -> ProcessMark | None:
    """None if the process is gone already."""
    start_time = _start_time(process_id)
    return None if start_time is None else ProcessMark(process_id, start_time)


def remember(record: Path, marks: Iterable[ProcessMark]) -> None:
    write_private(record, json.dumps([[each.process_id, each.start_time] for each in marks]))


def end_leftovers(record: Path, *, patience_seconds: float) -> int:
    """End what an earlier run recorded and what still lives; returns how many there were.

    After kill -9 the children are stopping by themselves: they get time, then SIGKILL.
    """
    try:
        listed = json.loads(record.read_text())
    except (FileNotFoundError, ValueError):
        return 0
    alive = [each for each in (ProcessMark(int(number), int(start)) for number, start in listed) if each.is_alive()]
    for each in alive:
        _signal(each, signal.SIGINT)  # a fast shutdown for PostgreSQL, an ordinary one for the others
    deadline = time.monotonic() + patience_seconds
    while any(each.is_alive() for each in alive) and time.monotonic() < deadline:
        time.sleep(0.02)
    for each in alive:
        _signal(each, signal.SIGKILL)
    record.unlink(missing_ok=True)
    return len(alive)


def _die_with_parent(stop_signal: signal.Signals) -> Callable[[], None]:
    parent = os.getpid()

    def ask_kernel() -> None:
        """Runs in the child after it has changed its user: changing it would clear the request again (prctl(2))."""
        _libc.prctl(_PR_SET_PDEATHSIG, int(stop_signal), 0, 0, 0)
        if os.getppid() != parent:  # the parent died in between
            os._exit(1)

    return ask_kernel


def _signal(target: ProcessMark, number: signal.Signals) -> None:
    if target.is_alive():
        with contextlib.suppress(ProcessLookupError):
            os.kill(target.process_id, number)


def _start_time(process_id: int) -> int | None:
    """Clock ticks after boot at which a running process started; None for a process that is gone or a zombie."""
    try:
        after_name = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if after_name[0] in {"Z", "X"} else int(after_name[_START_TIME_FIELD])
