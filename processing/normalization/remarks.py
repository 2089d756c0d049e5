"""What had to be repaired or cut on the way from the wire to the canonical event."""

from processing.normalization import limits
from protocol.event import Remark


class RemarkLog:
    """Collects remarks, at most MAX_REMARKS, so that a hostile event cannot grow by being repaired."""

    def __init__(self) -> None:
        self._remarks: list[Remark] = []

    def add(self, path: str, kind: str, *, detail: str | None = None) -> None:
        """Note one repair; `detail` must never hold the offending value itself."""
        if len(self._remarks) < limits.MAX_REMARKS:
            self._remarks.append(Remark(path, kind, detail))

    def all(self) -> tuple[Remark, ...]:
        return tuple(self._remarks)
