"""Waiting for what is away: longer each time, at random, and never longer than the stop signal."""

import asyncio
import random

FIRST_SECONDS = 0.1
MAX_SECONDS = 5.0


class Backoff:
    """One row of failures; make a new one after a success."""

    def __init__(self, stop: asyncio.Event) -> None:
        self._stop = stop
        self._seconds = FIRST_SECONDS

    async def wait(self) -> bool:
        """Wait a little longer than last time; False at once when the process is to stop."""
        delay = self._seconds * random.uniform(0.5, 1.0)  # noqa: S311  # spreads workers, protects nothing
        self._seconds = min(self._seconds * 2, MAX_SECONDS)
        try:
            async with asyncio.timeout(delay):
                await self._stop.wait()
        except TimeoutError:
            return True
        return False
