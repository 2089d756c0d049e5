"""The sequencer's loop: what waits is in a signed checkpoint well within a second, and one tenant's failure stops no other."""

import asyncio
from datetime import timedelta
from time import monotonic
from uuid import UUID

import msgspec
import structlog

from audit.sequencer import Sequenced, Sequencer
from runtime import metrics
from runtime.clock import Clock, utc_now

log = structlog.get_logger(__name__)

PERIOD = timedelta(milliseconds=200)
CONCURRENT_ORGANIZATIONS = 8  # most of a batch's time is spent waiting for the database
_FIRST_PAUSE_ROUNDS, _LAST_PAUSE_ROUNDS = 5, 150  # of a failing organization: 1 s, doubling up to 30 s


class _Failing(msgspec.Struct):
    """An organization whose last batch failed."""

    rounds_left: int
    next_pause: int


async def run(sequencer: Sequencer, stop: asyncio.Event, *, clock: Clock = utc_now, period: timedelta = PERIOD) -> None:
    """Sequence until `stop`; every error is logged, counted and tried again."""
    loop = _Loop(sequencer, clock)
    log.info("audit.sequencer_started", period_ms=period.total_seconds() * 1000)
    while not stop.is_set():
        began = monotonic()
        has_more = await loop.round()
        rest = period.total_seconds() - (monotonic() - began)
        try:
            async with asyncio.timeout(0 if has_more else max(rest, 0)):
                await stop.wait()
        except TimeoutError:
            continue


class _Loop:
    def __init__(self, sequencer: Sequencer, clock: Clock) -> None:
        self._sequencer = sequencer
        self._clock = clock
        self._failing: dict[UUID, _Failing] = {}
        self._slots = asyncio.Semaphore(CONCURRENT_ORGANIZATIONS)

    async def round(self) -> bool:
        """One batch of every organization; whether more waits already."""
        try:
            waiting = await self._sequencer.list_pending()
        except Exception:
            log.exception("audit.sequencer_failed")
            metrics.audit_sequencer_failures.inc()
            return False
        async with asyncio.TaskGroup() as group:
            batches = [group.create_task(self._batch(found)) for found in waiting if self._is_due(found)]
        return any(batch.result() for batch in batches)

    async def _batch(self, organization_id: UUID) -> bool:
        """Whether the batch was full, so that the next one should follow at once."""
        try:
            async with self._slots:
                sequenced = await self._sequencer.sequence(organization_id)
        except Exception:
            log.exception("audit.sequencing_failed", organization_id=str(organization_id))
            metrics.audit_sequencer_failures.inc()
            self._postpone(organization_id)
            return False
        self._failing.pop(organization_id, None)
        if sequenced is not None:
            self._measure(sequenced)
        return sequenced is not None and sequenced.is_full

    def _measure(self, sequenced: Sequenced) -> None:
        now = self._clock()
        metrics.audit_sequenced_records.inc(len(sequenced.waited_since))
        metrics.audit_checkpoints.inc()
        for written in sequenced.waited_since:
            metrics.audit_checkpoint_lag_seconds.observe(max((now - written).total_seconds(), 0.0))

    def _postpone(self, organization_id: UUID) -> None:
        found = self._failing.setdefault(organization_id, _Failing(rounds_left=0, next_pause=_FIRST_PAUSE_ROUNDS))
        found.rounds_left = found.next_pause
        found.next_pause = min(found.next_pause * 2, _LAST_PAUSE_ROUNDS)

    def _is_due(self, organization_id: UUID) -> bool:
        found = self._failing.get(organization_id)
        if found is None:
            return True
        found.rounds_left -= 1
        return found.rounds_left <= 0
