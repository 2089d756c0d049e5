"""Exceptions in one order (oldest cause first), with the one that the event is about marked."""

from processing.normalization import limits, scalars
from processing.normalization.frames import FrameReader
from processing.normalization.remarks import RemarkLog
from processing.normalization.trimming import Trimmer

_REACT_NATIVE = "sentry.javascript.react-native"


class ExceptionReader:
    """Reads the exceptions of one event."""

    def __init__(self, *, frames: FrameReader, trimmer: Trimmer, remarks: RemarkLog, sdk_name: str | None) -> None:
        self._frames = frames
        self._trimmer = trimmer
        self._remarks = remarks
        self._sdk_name = sdk_name

    def read(self, sent: object) -> list[dict[str, object]]:
        """Canonical exceptions of `{"values": [...]}`, a bare list (go) or one object (legacy); exactly one is_main."""
        values: list[object] = [sent] if isinstance(sent, dict) and "values" not in sent else scalars.sequence(sent)
        exceptions = [self._exception(value) for value in values if isinstance(value, dict) and value]
        if not exceptions:
            return []
        ordered = _in_causal_order(exceptions, sdk_name=self._sdk_name)
        if len(ordered) > limits.MAX_EXCEPTIONS:
            self._remarks.add("exceptions", "exceptions_trimmed", detail=f"{len(ordered) - limits.MAX_EXCEPTIONS} dropped")
            ordered = ordered[-limits.MAX_EXCEPTIONS :]
        ordered[-1]["is_main"] = True
        return ordered

    def _exception(self, sent: dict[str, object]) -> dict[str, object]:
        exception: dict[str, object] = {
            "type": scalars.name(sent.get("type")),
            "value": scalars.text(sent.get("value")),
            "module": scalars.name(sent.get("module")),
        }
        if (thread_id := sent.get("thread_id")) is not None:
            exception["thread_id"] = scalars.name(thread_id)
        if isinstance(mechanism := sent.get("mechanism"), dict) and mechanism:
            exception["mechanism"] = self._mechanism(mechanism)
        stacktrace = sent.get("stacktrace") or sent.get("raw_stacktrace")
        if frames := self._frames.read(stacktrace, "exceptions.frames"):
            exception["frames"] = frames
        return exception

    def _mechanism(self, sent: dict[str, object]) -> dict[str, object]:
        return {
            "type": scalars.name(sent.get("type")),
            "handled": scalars.boolean(sent.get("handled")),
            "description": scalars.text(sent.get("description")),
            "synthetic": scalars.boolean(sent.get("synthetic")),
            "help_link": scalars.text(sent.get("help_link")),
            "exception_id": scalars.integer(sent.get("exception_id")),
            "parent_id": scalars.integer(sent.get("parent_id")),
            "is_exception_group": scalars.boolean(sent.get("is_exception_group")),
            "source": scalars.name(sent.get("source")),
            "data": self._trimmer.mapping(sent.get("data"), "exceptions.mechanism.data"),
            "meta": self._trimmer.mapping(sent.get("meta"), "exceptions.mechanism.meta"),
        }


def _in_causal_order(exceptions: list[dict[str, object]], *, sdk_name: str | None) -> list[dict[str, object]]:
    """Oldest cause first and the main exception last, whatever order the SDK used (PROTOCOL.md 10)."""
    if len(exceptions) == 1:
        return exceptions
    numbered = [(_exception_id(exception), exception) for exception in exceptions]
    numbers = {number for number, _ in numbered if number is not None}
    if len(numbers) == len(exceptions):
        return [exception for _, exception in sorted(numbered, key=lambda pair: pair[0] or 0, reverse=True)]
    main = _main_position(exceptions, [number for number, _ in numbered], sdk_name=sdk_name)
    if main == 0 and sdk_name == _REACT_NATIVE:
        return exceptions[::-1]
    return [*exceptions[:main], *exceptions[main + 1 :], exceptions[main]]


def _main_position(exceptions: list[dict[str, object]], numbers: list[int | None], *, sdk_name: str | None) -> int:
    if 0 in numbers:
        return numbers.index(0)
    if sdk_name == _REACT_NATIVE:
        return next((place for place, exception in enumerate(exceptions) if "mechanism" in exception), len(exceptions) - 1)
    return len(exceptions) - 1


def _exception_id(exception: dict[str, object]) -> int | None:
    mechanism = exception.get("mechanism")
    return scalars.integer(mechanism.get("exception_id")) if isinstance(mechanism, dict) else None
