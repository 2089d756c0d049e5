"""Progress for people: one plain line per finished step, the same on a terminal and in a pipe."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from cli.failures import CannotStartError


class Step:
    """A step in progress; `detail` is shown on its line when it is done."""

    def __init__(self) -> None:
        self.detail = ""


@contextmanager
def step(label: str) -> Iterator[Step]:
    """Print `✓ label: detail (seconds)` when the block ends well; a failure prints nothing here."""
    started = time.monotonic()
    current = Step()
    yield current
    seconds = time.monotonic() - started
    detail = f": {current.detail}" if current.detail else ""
    say(f"✓ {label}{detail} ({seconds:.1f} s)")


def say(line: str) -> None:
    """One line on standard output, at once, whatever the terminal's encoding."""
    print(_printable(line, sys.stdout.encoding), flush=True)


def warn(line: str) -> None:
    """One line on standard error."""
    print(_printable(line, sys.stderr.encoding), file=sys.stderr, flush=True)


def fail(error: CannotStartError) -> NoReturn:
    """Say what is wrong and how to cure it, and end the process."""
    warn(f"✗ {error}")
    raise SystemExit(error.exit_code)


def _printable(line: str, encoding: str | None) -> str:
    """Characters the terminal cannot show become question marks instead of a traceback."""
    return line.encode(encoding or "utf-8", errors="replace").decode(encoding or "utf-8")
