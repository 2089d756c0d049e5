"""Title and culprit: how an issue reads in a list.  Made after scrubbing, so they hold no personal data."""

from protocol.event import Event, ExceptionValue, Frame

MAX_TITLE_CHARS = 250
MAX_CULPRIT_CHARS = 250
_SDK_PLACES = ("sentry", "raven", "io.sentry", "node_modules/@sentry", "@sentry")
_NO_MESSAGE = "(no message)"


def title(event: Event, main: ExceptionValue | None) -> str:
    """The type and the first line of the value, or the first line of the message."""
    if main is not None and (main.type or main.value):
        value = _first_line(main.value)
        text = f"{main.type}: {value}" if main.type and value else main.type or value
    else:
        text = _first_line(event.message.formatted if event.message else None)
    return _cut(text, MAX_TITLE_CHARS) or _NO_MESSAGE


def culprit(event: Event, main: ExceptionValue | None, *, sent: str) -> str:
    """Where it broke: the newest frame of the application's own, else the transaction, else what the SDK said."""
    frame = top_frame(main.frames if main is not None else _thread_frames(event))
    place = _place(frame) if frame is not None and (frame.in_app or not event.transaction) else None
    return _cut(place or event.transaction or sent, MAX_CULPRIT_CHARS)


def top_frame(frames: tuple[Frame, ...]) -> Frame | None:
    """The newest in-app frame; if none is, the newest that is not the SDK's own."""
    own = next((frame for frame in reversed(frames) if frame.in_app), None)
    return own or next((frame for frame in reversed(frames) if not _is_sdk(frame)), None)


def _is_sdk(frame: Frame) -> bool:
    return (frame.module or frame.filename or "").lower().startswith(_SDK_PLACES)


def _thread_frames(event: Event) -> tuple[Frame, ...]:
    stacks = [thread.frames for thread in event.threads if thread.crashed or thread.current]
    return stacks[0] if stacks else ()


def _place(frame: Frame) -> str | None:
    where = frame.module or frame.filename or frame.abs_path or frame.package
    if frame.function and where:
        return f"{where} in {frame.function}"
    return where or frame.function or frame.instruction_address


def _first_line(text: str | None) -> str:
    return next((line.strip() for line in (text or "").splitlines() if line.strip()), "")


def _cut(text: str | None, limit: int) -> str:
    text = text or ""
    return text if len(text) <= limit else text[: limit - 1] + "…"
