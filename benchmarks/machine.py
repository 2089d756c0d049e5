"""The machine that measures: its facts, its cores, and how busy others keep it."""

import contextlib
import os
import platform
import shutil
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE = _CORES[0]  # the process under test has it for itself
CLIENT_CORE = _CORES[-1]  # the load client, and the databases beside it


def pinned(command: Sequence[str], core: int | None) -> list[str]:
    """The command on one core; unchanged without a core or without taskset."""
    if core is None or len(_CORES) < 2 or shutil.which("taskset") is None:
        return list(command)
    return ["taskset", "-c", str(core), *command]


def pin(process_id: int, cores: Sequence[int]) -> None:
    """Move a running process, all its threads and all its children to these cores."""
    if len(_CORES) < 2:
        return
    for member in process_tree(process_id):
        for thread in _listed(Path(f"/proc/{member}/task")):
            try:
                os.sched_setaffinity(thread, cores)
            except ProcessLookupError:
                continue


def all_cores() -> Sequence[int]:
    return _CORES


def process_tree(process_id: int) -> list[int]:
    """The process and its descendants."""
    found, position = [process_id], 0
    while position < len(found):
        for thread in _listed(Path(f"/proc/{found[position]}/task")):
            try:
                found += map(int, Path(f"/proc/{found[position]}/task/{thread}/children").read_text().split())
            except (FileNotFoundError, ProcessLookupError):
                continue
        position += 1
    return found


def cpu_seconds(process_id: int) -> float:
    """Used so far by a process and its descendants, dead ones included."""
    ticks = 0
    for member in process_tree(process_id):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            fields = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(map(int, fields[11:15]))  # utime, stime, cutime, cstime: fields 14 to 17 of proc(5)
    return ticks / os.sysconf("SC_CLK_TCK")


def own_proportional_bytes(process_id: int) -> int:
    """PSS of one process: what it shares is divided among those who share it.  0 when it has gone."""
    try:
        lines = Path(f"/proc/{process_id}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def facts() -> dict[str, str]:
    """What a reader needs to know before comparing figures."""
    memory_kib = next(line for line in Path("/proc/meminfo").read_text().splitlines() if line.startswith("MemTotal")).split()[1]
    return {
        "Date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "Commit": _output("git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"),
        "Processor": f"{len(_CORES)} x {_processor()}",
        "Memory": f"{int(memory_kib) / 2**20:.0f} GiB",
        "Kernel": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
    }


def _processor() -> str:
    models = [line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line]
    return models[0] if models else platform.machine()


def _output(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def _listed(folder: Path) -> list[int]:
    try:
        return [int(entry.name) for entry in folder.iterdir()]
    except (FileNotFoundError, ProcessLookupError):
        return []
