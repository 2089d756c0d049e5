"""`exception.*` attributes as the exceptions of an event: the main one as the attributes say, its causes from the stack trace's text."""

import msgspec

from processing.otlp.surroundings import text_of
from processing.stack_text import reader
from processing.stack_text.parsed import TextException, TextFrame
from processing.stack_text.reader import Language
from protocol.otlp_records import Attributes

MECHANISM = "otel"
_SPLIT_TYPES = frozenset(
    {Language.PYTHON, Language.JAVA}
)  # there a type's name has its module in front, and SDKs send them apart


class ExceptionReading(msgspec.Struct, frozen=True):
    """Exceptions on Sentry's wire; `unread` is a stack trace of which no frame could be read."""

    values: list[dict[str, object]]
    language: Language | None
    unread: str | None


def read(attributes: Attributes, *, language: Language | None) -> ExceptionReading | None:
    """None if the attributes tell of no exception."""
    kind, message = text_of(attributes, "exception.type"), text_of(attributes, "exception.message")
    trace = text_of(attributes, "exception.stacktrace")
    if kind is None and message is None and trace is None:
        return None
    found, recognized = _parse(trace, language) if trace is not None else ([], language)
    main = found[-1] if found else TextException(None, None, ())
    named = msgspec.structs.replace(main, type=kind or main.type, value=message if message is not None else main.value)
    exceptions = [*found[:-1], named]
    handled = _handled(attributes)
    values = [
        _exception(exception, number=len(exceptions) - 1 - place, language=recognized, handled=handled)
        for place, exception in enumerate(exceptions)
    ]
    return ExceptionReading(values, recognized, trace if trace is not None and not found else None)


def _parse(trace: str, language: Language | None) -> tuple[list[TextException], Language | None]:
    """By the language the SDK names; if that does not work, by what the text looks like."""
    if language is not None and (found := reader.read(trace, language=language)):
        return found, language
    recognized = reader.recognize(trace)
    found = reader.read(trace, language=recognized)
    return found, recognized if found else language


def _handled(attributes: Attributes) -> bool | None:
    """Whether somebody caught it; Python's SDK writes the flag as text."""
    escaped = attributes.get("exception.escaped")
    if isinstance(escaped, str):
        escaped = {"true": True, "false": False}.get(escaped.lower())
    return not escaped if isinstance(escaped, bool) else None


def _exception(sent: TextException, *, number: int, language: Language | None, handled: bool | None) -> dict[str, object]:
    module, kind = _split_type(sent.type) if language in _SPLIT_TYPES else (None, sent.type)
    mechanism: dict[str, object] = {"type": MECHANISM if number == 0 else "chained", "handled": handled, "exception_id": number}
    if number:
        mechanism["parent_id"] = number - 1
    if sent.is_suppressed:
        mechanism["source"] = "suppressed"
    exception: dict[str, object] = {"type": kind, "value": sent.value, "module": module, "mechanism": mechanism}
    if sent.frames:
        exception["stacktrace"] = {"frames": [_frame(frame) for frame in sent.frames]}
    return exception


def _split_type(name: str | None) -> tuple[str | None, str | None]:
    """Module and name: `java.lang.Error` is `java.lang` and `Error`."""
    module, _, kind = (name or "").rpartition(".")
    return module or None, kind or None


def _frame(frame: TextFrame) -> dict[str, object]:
    sent: dict[str, object | None] = {
        "function": frame.function,
        "module": frame.module,
        "filename": frame.filename or frame.path,
        "abs_path": frame.path,
        "lineno": frame.line,
        "colno": frame.column,
        "context_line": frame.source,
    }
    return {name: value for name, value in sent.items() if value is not None}
