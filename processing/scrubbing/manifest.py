"""The record of what was removed: where, by which rule, how often; never the removed text."""

from collections import Counter

from protocol.event import Redaction, RedactionMethod

_MAX_LINES = 200


class Manifest:
    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str, str, RedactionMethod]] = Counter()

    def add(self, path: str, rule: str, *, kind: str, method: RedactionMethod = RedactionMethod.REPLACED) -> None:
        key = (path, rule, kind, method)
        if key in self._counts or len(self._counts) < _MAX_LINES:
            self._counts[key] += 1

    def redactions(self) -> tuple[Redaction, ...]:
        return tuple(Redaction(path, rule, kind, method, count) for (path, rule, kind, method), count in self._counts.items())
