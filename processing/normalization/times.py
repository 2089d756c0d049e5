"""Times of every shape on the wire, as aware UTC, corrected for a wrong client clock and clamped."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from processing.normalization.remarks import RemarkLog

DRIFT_CORRECTED_FROM = timedelta(minutes=55)  # smaller drifts are network and queueing (Relay, clock_drift.rs)
OLDEST_ACCEPTED = timedelta(days=30)
NEWEST_ACCEPTED = timedelta(minutes=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST_EPOCH_SECONDS = 253_402_300_799  # 9999-12-31T23:59:59Z


@dataclass(frozen=True, slots=True)
class ClientClock:
    """Reads the times of one event."""

    received_at: datetime
    drift: timedelta  # to be added to every time the client wrote

    def read(self, value: object) -> datetime | None:
        """The corrected time of an ISO text or of epoch seconds (milliseconds if absurdly large); None if unreadable."""
        moment = parse(value)
        if moment is None or not self.drift:
            return moment
        try:
            return moment + self.drift
        except OverflowError:
            return None

    def occurred_at(self, value: object, remarks: RemarkLog) -> datetime:
        """When the event happened: within [received - 30 days, received + 1 minute]; without a time, when it was received."""
        moment = self.read(value)
        if moment is None:
            if value is not None:
                remarks.add("occurred_at", "invalid_time")
            return self.received_at
        earliest, latest = self.received_at - OLDEST_ACCEPTED, self.received_at + NEWEST_ACCEPTED
        if earliest <= moment <= latest:
            return moment
        remarks.add("occurred_at", "time_clamped", detail="too old" if moment < earliest else "in the future")
        return max(earliest, min(moment, latest))


def client_clock(received_at: datetime, sent_at: datetime | None, remarks: RemarkLog) -> ClientClock:
    """The clock of a client which wrote `sent_at` when it sent what we received at `received_at`."""
    drift = timedelta() if sent_at is None else received_at - sent_at
    if abs(drift) < DRIFT_CORRECTED_FROM:
        return ClientClock(received_at, timedelta())
    remarks.add("occurred_at", "clock_drift", detail=f"{int(drift.total_seconds())} seconds")
    return ClientClock(received_at, drift)


def parse(value: object) -> datetime | None:
    """Aware UTC of ISO 8601 text (no zone means UTC) or epoch seconds as number or digits."""
    if isinstance(value, str):
        return _from_text(value.strip())
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_epoch(value)
    return None


def _from_text(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        try:
            return _from_epoch(float(text))
        except ValueError:
            return None
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        return None


def _from_epoch(seconds: float) -> datetime | None:
    if seconds > _LATEST_EPOCH_SECONDS:  # milliseconds, as some clients write
        seconds /= 1000
    if not 0 <= seconds <= _LATEST_EPOCH_SECONDS:  # also false for NaN
        return None
    return _EPOCH + timedelta(seconds=seconds)
