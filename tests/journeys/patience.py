"""Waiting for what another process does: ask again until it is so or the deadline is over, never sleep and hope."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

Found = TypeVar("Found")

POLL_SECONDS = 0.03


class NeverHappenedError(AssertionError):
    def __init__(self, what: str, *, within: float, last: object) -> None:
        super().__init__(f"{what}: not within {within:g} s; last answer: {last!r}")


async def eventually(
    probe: Callable[[], Awaitable[Found | None]], *, what: str, within: float, every: float = POLL_SECONDS
) -> Found:
    """The first answer of `probe` which is true.  Raises NeverHappenedError with the last false one."""
    deadline = time.monotonic() + within
    while True:
        found = await probe()
        if found:
            return found
        if time.monotonic() > deadline:
            raise NeverHappenedError(what, within=within, last=found)
        await asyncio.sleep(every)
