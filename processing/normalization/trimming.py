"""Free-form JSON (locals, extra, contexts, bodies) cut to the limits of depth, size and number."""

from itertools import islice
from math import isfinite

from processing.normalization import limits
from processing.normalization.remarks import RemarkLog

_DEEPEST_OPEN = limits.MAX_DEPTH - 10  # the canonical event itself nests up to ten levels around free-form parts


class Trimmer:
    """Cuts values and counts their nodes over one whole event."""

    def __init__(self, remarks: RemarkLog) -> None:
        self._nodes_left = limits.MAX_NODES
        self._remarks = remarks

    def mapping(self, value: object, path: str) -> dict[str, object]:
        """The trimmed object; what is no object is kept under the key "value", null is an empty object."""
        if value is None or value == {}:
            return {}
        trimmed = self.value(value, path)
        return trimmed if isinstance(trimmed, dict) else {"value": trimmed}

    def value(self, value: object, path: str, depth: int = 0) -> object:
        """The same value within the limits; never longer, never deeper."""
        if isinstance(value, str):
            return self._text(value, path)
        if isinstance(value, dict):
            return self._object(value, path, depth + 1)
        if isinstance(value, list):
            return self._array(value, path, depth + 1)
        return _number(value) if isinstance(value, int | float) else None

    def _text(self, value: str, path: str) -> str:
        if len(value) <= limits.MAX_TEXT_CHARS:
            return value
        self._remarks.add(path, "text_trimmed", detail=f"{len(value)} characters")
        return value[: limits.MAX_TEXT_CHARS - 1] + "…"

    def _object(self, value: dict[str, object], path: str, depth: int) -> object:
        if depth > _DEEPEST_OPEN:
            self._remarks.add(path, "too_deep")
            return None
        kept = self._take(len(value), path)
        result: dict[str, object] = {}
        for key, element in islice(value.items(), kept):
            name = key if len(key) <= limits.MAX_KEY_CHARS else key[: limits.MAX_KEY_CHARS - 1] + "…"
            kind = type(element)
            if element is None or kind is bool or (kind is str and len(element) <= limits.MAX_TEXT_CHARS):  # type: ignore[arg-type]  # as above
                result[name] = element
            else:
                result[name] = self.value(element, path, depth)
        return result

    def _array(self, value: list[object], path: str, depth: int) -> object:
        if depth > _DEEPEST_OPEN:
            self._remarks.add(path, "too_deep")
            return None
        kept = self._take(len(value), path)
        return [self.value(element, path, depth) for element in islice(value, kept)]

    def _take(self, wanted: int, path: str) -> int:
        """How many of `wanted` nodes may still be kept."""
        taken = min(wanted, self._nodes_left)
        self._nodes_left -= taken
        if taken < wanted:
            self._remarks.add(path, "too_many_values", detail=f"{wanted - taken} dropped")
        return taken


def _number(value: float) -> float | str | None:
    """Numbers that other readers would change are kept as text; NaN and infinity are null.  Booleans stay."""
    if isinstance(value, int):
        return value if -limits.MAX_EXACT_INTEGER <= value <= limits.MAX_EXACT_INTEGER else str(value)
    if not isfinite(value):
        return None
    return value if abs(value) < limits.MAX_EXACT_FLOAT else repr(value)
