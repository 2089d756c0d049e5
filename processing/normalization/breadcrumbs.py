"""What happened before."""

from processing.normalization import limits, scalars
from processing.normalization.remarks import RemarkLog
from processing.normalization.times import ClientClock
from processing.normalization.trimming import Trimmer


def read(sent: object, *, clock: ClientClock, trimmer: Trimmer, remarks: RemarkLog) -> list[dict[str, object]]:
    """The newest 100, oldest first as sent."""
    values = [value for value in scalars.sequence(sent) if isinstance(value, dict) and value]
    if len(values) > limits.MAX_BREADCRUMBS:
        remarks.add("breadcrumbs", "breadcrumbs_trimmed", detail=f"{len(values) - limits.MAX_BREADCRUMBS} dropped")
        values = values[-limits.MAX_BREADCRUMBS :]
    return [_breadcrumb(value, clock=clock, trimmer=trimmer) for value in values]


def _breadcrumb(sent: dict[str, object], *, clock: ClientClock, trimmer: Trimmer) -> dict[str, object]:
    breadcrumb: dict[str, object] = {
        "timestamp": clock.read(sent.get("timestamp")),
        "type": scalars.name(sent.get("type")),
        "category": scalars.name(sent.get("category")),
        "level": scalars.name(sent.get("level")),
        "message": scalars.text(sent.get("message")),
    }
    if content := sent.get("data"):
        breadcrumb["data"] = trimmer.mapping(content, "breadcrumbs.data")
    return breadcrumb
