"""Threads of the process when the event was made."""

from processing.normalization import limits, scalars
from processing.normalization.frames import FrameReader
from processing.normalization.remarks import RemarkLog


def read(event: dict[str, object], *, frames: FrameReader, remarks: RemarkLog) -> list[dict[str, object]]:
    """Canonical threads; a legacy stack trace at the top of the event becomes the current thread."""
    values = [value for value in scalars.sequence(event.get("threads")) if isinstance(value, dict) and value]
    if len(values) > limits.MAX_THREADS:
        remarks.add("threads", "threads_trimmed", detail=f"{len(values) - limits.MAX_THREADS} dropped")
        important = [value for value in values if value.get("crashed") or value.get("current")]
        values = (important + [value for value in values if value not in important])[: limits.MAX_THREADS]
    threads = [_thread(value, frames=frames) for value in values]
    loose = frames.read(event.get("stacktrace") or event.get("sentry.interfaces.Stacktrace"), "threads.frames")
    if loose and not any(thread["frames"] for thread in threads):
        threads.append({"current": True, "frames": loose})
    return threads


def _thread(sent: dict[str, object], *, frames: FrameReader) -> dict[str, object]:
    return {
        "id": scalars.name(sent.get("id")),
        "name": scalars.name(sent.get("name")),
        "crashed": sent.get("crashed") is True,
        "current": sent.get("current") is True,
        "main": sent.get("main") is True,
        "state": scalars.name(sent.get("state")),
        "frames": frames.read(sent.get("stacktrace"), "threads.frames"),
    }


def frames_of_exception(threads: list[dict[str, object]], thread_id: object) -> object:
    """The stack which belongs to an exception without its own: its thread's, the crashed thread's, or the only one's."""
    for is_match in (
        lambda thread: thread_id is not None and thread.get("id") == thread_id,
        lambda thread: thread.get("crashed") is True,
        lambda thread: thread.get("current") is True,
    ):
        for thread in threads:
            if is_match(thread) and thread["frames"]:
                return thread["frames"]
    return None
