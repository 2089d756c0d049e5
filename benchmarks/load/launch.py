"""Runs a load client in a process of its own: the one in C if a compiler is there, else the one in Python."""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import msgspec

from benchmarks.envelopes import corpus
from benchmarks.envelopes.events import EventSize
from benchmarks.machine import CLIENT_CORE, ROOT, pinned
from benchmarks.quiet import observer

_BUILD = ROOT / "build" / "benchmarks"  # git-ignored
_SOURCE = Path(__file__).with_name("client.c")
_BODIES = {EventSize.SMALL: 1000, EventSize.NORMAL: 1000, EventSize.LARGE: 100}
_SEED = 1


class LoadResult(msgspec.Struct, frozen=True):
    client: str
    seconds: float
    accepted: int
    errors: int
    first_error: str
    statuses: dict[str, int]
    p50_ms: float
    p95_ms: float
    p99_ms: float
    client_cpu_seconds: float

    @property
    def rate(self) -> float:
        return self.accepted / self.seconds

    @property
    def failures(self) -> int:
        """Whatever was not accepted."""
        return self.errors + sum(count for status, count in self.statuses.items() if not status.startswith("2"))


@dataclass(frozen=True, slots=True)
class Target:
    """Where envelopes go."""

    port: int
    path: str = "/api/1/envelope/"
    key: str = "0" * 32


@dataclass(frozen=True, slots=True)
class Load:
    """How they go: for some seconds or as a number of requests; without a rate, as fast as the connections allow."""

    connections: int
    size: EventSize = EventSize.NORMAL
    seconds: float | None = None
    requests: int | None = None
    rate: float | None = None


@cache
def client_command() -> tuple[str, ...]:
    """The client to be used on this machine, built if need be."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        return sys.executable, "-m", "benchmarks.load.python_client"
    _BUILD.mkdir(parents=True, exist_ok=True)
    program = _BUILD / "load_client"
    subprocess.run([compiler, "-O2", "-o", program, _SOURCE], check=True)
    return (str(program),)


@cache
def corpus_of(size: EventSize) -> Path:
    """The corpus of this size, made once per run: events carry the time at which it is made."""
    _BUILD.mkdir(parents=True, exist_ok=True)
    path = _BUILD / f"{size.name.lower()}.corpus"
    corpus.write(path, corpus.make_bodies(size, count=_BODIES[size], seed=_SEED, now=datetime.now(UTC)))
    return path


def mean_gzip_bytes(size: EventSize) -> int:
    """Of the bodies as they go over the wire."""
    bodies = corpus.read(corpus_of(size))
    return sum(len(body.gzipped) for body in bodies) // len(bodies)


def mean_raw_bytes(size: EventSize) -> int:
    """Of the bodies before compression."""
    bodies = corpus.read(corpus_of(size))
    return sum(body.raw_bytes for body in bodies) // len(bodies)


def start(target: Target, load: Load, *, ids: Path | None = None) -> "subprocess.Popen[bytes]":
    """A running client, on the client's core; `finish` waits for it."""
    options: dict[str, object] = {
        "--port": target.port,
        "--path": target.path,
        "--key": target.key,
        "--corpus": corpus_of(load.size),
        "--connections": load.connections,
    }
    wanted = {"--seconds": load.seconds, "--requests": load.requests, "--rate": load.rate, "--ids": ids}
    options |= {name: value for name, value in wanted.items() if value is not None}
    command: Sequence[str] = [*client_command(), *(str(part) for option in options.items() for part in option)]
    return subprocess.Popen(pinned(command, CLIENT_CORE), stdout=subprocess.PIPE, cwd=ROOT)


def finish(client: "subprocess.Popen[bytes]", *, timeout_seconds: float = 120) -> LoadResult:
    output, _ = client.communicate(timeout=timeout_seconds)
    if client.returncode != 0:
        raise RuntimeError(f"the load client ended with code {client.returncode}")
    return msgspec.convert(json.loads(output), LoadResult)


def run(target: Target, load: Load, *, ids: Path | None = None) -> LoadResult:
    """The result of a whole run, begun in a quiet moment."""
    with observer.measuring():
        return finish(start(target, load, ids=ids))
