"""Stops a worker that gives up too many messages: then the fault is ours, not the messages' (pure)."""

from collections import deque

MAX_DEAD_IN_A_ROW = 100
MAX_DEAD_SHARE = 0.05
WINDOW_MESSAGES = 1_000
MIN_MESSAGES = 200  # below this a share says nothing


class TooManyDeadError(Exception):
    def __init__(self, dead_in_a_row: int, dead_share: float) -> None:
        super().__init__(f"{dead_in_a_row} messages in a row were given up, {dead_share:.1%} of the last {WINDOW_MESSAGES}")
        self.dead_in_a_row = dead_in_a_row
        self.dead_share = dead_share


class PoisonGuard:
    """Remembers how the last messages ended."""

    def __init__(self) -> None:
        self._window: deque[bool] = deque(maxlen=WINDOW_MESSAGES)
        self._dead_in_a_row = 0

    def record_stored(self, count: int) -> None:
        self._window.extend(False for _ in range(min(count, WINDOW_MESSAGES)))
        if count:
            self._dead_in_a_row = 0

    def record_dead(self) -> None:
        """Raises TooManyDeadError when it is time to stop."""
        self._window.append(True)
        self._dead_in_a_row += 1
        share = sum(self._window) / len(self._window)
        is_frequent = len(self._window) >= MIN_MESSAGES and share > MAX_DEAD_SHARE
        if self._dead_in_a_row >= MAX_DEAD_IN_A_ROW or is_frequent:
            raise TooManyDeadError(self._dead_in_a_row, share)
