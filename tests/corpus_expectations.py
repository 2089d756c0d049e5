"""What INDEX.md says of an event, and the same facts read from a canonical event: one comparison for units and journeys."""

from processing.scrubbing import text
from protocol.event import Event, Level, main_exception
from tests.corpus_index import CorpusRow, ExpectedEvent, ExpectedFrame

MAX_FRAMES = 250  # of more, the middle is cut
LEVELS = {"log": Level.INFO, "10": Level.DEBUG, "40": Level.ERROR}
PLANTED = ("jane@example.com", "jane.doe@example.com", "4111111111111111", "4111 1111 1111 1111", "4242424242424242")

REACT_NATIVE_ORDER = "the SDK sends the main exception first without ids; INDEX.md takes the last (PROTOCOL.md 10)"
SERVER_RULES = "the SDK marks no frame; the server's rules do"
REASONED: dict[str, dict[str, str]] = {  # path or folder of a row -> field -> why it differs from INDEX.md
    "react-native-js-8.28.0/exception-01": {
        "types": REACT_NATIVE_ORDER,
        "value": REACT_NATIVE_ORDER,
        "top_frame": REACT_NATIVE_ORDER,
    },
    "native-0.16.3": {"in_app_count": SERVER_RULES, "top_frame": SERVER_RULES},
    "raven-python-6.10.0": {"in_app_count": SERVER_RULES, "top_frame": SERVER_RULES},
}


def differences(event: Event, expected: ExpectedEvent, *, row: CorpusRow) -> dict[str, tuple[object, object]]:
    """Field -> (found, wanted), of what differs without a reason."""
    reasoned = REASONED.get(row.path) or REASONED.get(row.folder, {})
    actual = _comparable(event, expected)
    return {
        field: (actual[field], wanted)
        for field, wanted in _wanted(expected).items()
        if field not in reasoned and actual[field] != wanted
    }


def _wanted(expected: ExpectedEvent) -> dict[str, object]:
    wanted: dict[str, object] = {
        "level": LEVELS.get(expected.level or "error", expected.level or "error"),
        "environment": expected.environment or "production",
        "release": expected.release,
        "transaction": expected.transaction,
        "logger": expected.logger,
        "dist": expected.dist,
        "tags": {_key(key): _tag(value) for key, value in expected.tags if value is not None},
        "user_id": dict(expected.user).get("id", "").removesuffix("...") or None,
    }
    if expected.user:
        wanted["hashed"] = ()
    if expected.handled is not None:
        wanted["handled"] = expected.handled
    if expected.types:
        wanted["types"] = expected.types
        wanted["value"] = _scrubbed(expected.value or "")
    if expected.frame_count is not None:
        wanted["frame_count"] = min(expected.frame_count, MAX_FRAMES)
        if expected.frame_count <= MAX_FRAMES:
            wanted["in_app_count"] = expected.in_app_count
        if expected.top_frame is not None:
            wanted["top_frame"] = _place(expected.top_frame)
    if expected.message is not None and not expected.types:
        wanted["message"] = _scrubbed(expected.message)
    return wanted


def _comparable(event: Event, expected: ExpectedEvent) -> dict[str, object]:
    main = main_exception(event)
    frames = main.frames if main is not None else ()
    frame = next((frame for frame in reversed(frames) if frame.in_app), frames[-1] if frames else None)
    tags = dict(event.tags)
    message = None
    if event.message is not None:
        message = event.message.template if event.message.template == expected.message else event.message.formatted
    return {
        "level": event.level, "environment": event.environment, "release": event.release, "transaction": event.transaction, "logger": event.logger,
        "dist": event.dist, "user_id": _user_id(event, dict(expected.user).get("id")),
        "hashed": _raw_persons(event, expected),
        "handled": main.mechanism.handled if main is not None and main.mechanism is not None else None,
        "tags": {key: tags.get(key) for key in (_key(name) for name, value in expected.tags if value is not None)},
        "types": tuple(str(exception.type) for exception in reversed(event.exceptions)),
        "value": _cut(main.value if main is not None else None, expected.value),
        "frame_count": len(main.frames) if main is not None else 0,
        "in_app_count": sum(frame.in_app for frame in main.frames) if main is not None else 0,
        "top_frame": None if frame is None else _place(ExpectedFrame(
            where=str(frame.module or frame.filename or frame.instruction_address), function=str(frame.function), line=str(frame.line_number),
            is_in_app=frame.in_app,
        ), like=expected.top_frame),
        "message": _cut(message, expected.message),
    }  # fmt: skip


def _place(frame: ExpectedFrame, *, like: ExpectedFrame | None = None) -> tuple[str, bool]:
    """INDEX.md has other absolute paths than the bodies, and cuts long ones: the file decides."""
    file = frame.where.rpartition("/")[2]
    if like is not None and like.where.endswith("..."):
        file = file[: len(like.where.rpartition("/")[2]) - 3] + "..."
    return f"{file} in {frame.function}:{frame.line}", frame.is_in_app


def _user_id(event: Event, expected: str | None) -> str | None:
    user = event.user
    if user is None or user.id is None:
        return None
    return user.id[: len(expected) - 3] if expected is not None and expected.endswith("...") else user.id


def _raw_persons(event: Event, expected: ExpectedEvent) -> tuple[str, ...]:
    """What INDEX.md names of the person and what is missing or stored as it was sent: e-mail and address are hashed."""
    stored = {} if event.user is None else {"email": event.user.email, "ip_address": event.user.ip_address}
    sent = [(name, value) for name, value in expected.user if name in {"email", "ip_address"}]
    return tuple(name for name, value in sent if stored.get(name) in {None, value})


def _one_line(value: str) -> str:
    return "".join(" " if char.isspace() or ord(char) < 32 or char in "\ufffd`" else char for char in value).strip()


def _cut(actual: str | None, expected: str | None) -> str:
    line = _one_line(actual or "")
    if expected is not None and expected.endswith("..."):
        line = line[: len(_scrubbed(expected.removesuffix("...")))] + "..."
    return line


def _scrubbed(value: str) -> str:
    return _one_line(text.scrub_unknown(value, text.Findings()))


def _key(key: str) -> str:
    return key.replace(" ", "_")


def _tag(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    shown = " ".join(str(value).split())
    return shown if len(shown) <= 200 else shown[:199] + "…"
