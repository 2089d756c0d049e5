"""A payload of any SDK as the canonical event's JSON tree, before scrubbing.

The tree uses the field names of protocol.event.Event; what is not in it has the struct's default.
"""

import re

from processing.event_input import EventInput
from processing.normalization import (
    breadcrumbs,
    context,
    debug_images,
    json_text,
    message,
    request,
    scalars,
    tags,
    threads,
    times,
    user,
)
from processing.normalization.exceptions import ExceptionReader
from processing.normalization.frames import FrameReader
from processing.normalization.remarks import RemarkLog
from processing.normalization.trimming import Trimmer
from protocol.outcome import DiscardReason

MAX_RELEASE_CHARS = 250
MAX_ENVIRONMENT_CHARS = 64
DEFAULT_ENVIRONMENT = "production"
_PLATFORM = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_PLATFORM_ALIASES = {"js": "javascript", "nodejs": "node", "golang": "go"}


def normalize(event_input: EventInput) -> dict[str, object] | DiscardReason:
    """The canonical tree of `event_input`, or why there can be none."""
    remarks = RemarkLog()
    event = json_text.decode(event_input.payload, remarks)
    if not isinstance(event, dict):
        return DiscardReason.MALFORMED_JSON
    if event.get("type") == "transaction":
        return DiscardReason.ITEM_TYPE
    trimmer = Trimmer(remarks)
    tree = _identity(event, event_input)
    _add_failure(tree, event, trimmer=trimmer, remarks=remarks)
    _add_surroundings(tree, event, event_input, trimmer=trimmer, remarks=remarks)
    tree["errors"] = remarks.all()
    return tree


def _identity(event: dict[str, object], event_input: EventInput) -> dict[str, object]:
    return {
        "event_id": event_input.event_id,
        "received_at": event_input.received_at,
        "platform": _platform(event.get("platform"), hint=event_input.platform_hint),
        "logger": scalars.name(event.get("logger")),
        "transaction": scalars.name(event.get("transaction")),
        "release": scalars.text(event.get("release"), MAX_RELEASE_CHARS),
        "dist": scalars.text(event.get("dist"), 64),
        "environment": scalars.text(event.get("environment"), MAX_ENVIRONMENT_CHARS) or DEFAULT_ENVIRONMENT,
        "server_name": scalars.name(event.get("server_name")),
        "culprit": scalars.name(event.get("culprit")) or "",
        "fingerprint": context.read_fingerprint(event),
    }


def _platform(sent: object, *, hint: str | None) -> str:
    """The platform's name as SDKs write it; whatever else was sent is "other"."""
    for value in (sent, hint):
        if isinstance(value, str) and _PLATFORM.fullmatch(value):
            return _PLATFORM_ALIASES.get(value, value)
    return "other"


def _add_failure(tree: dict[str, object], event: dict[str, object], *, trimmer: Trimmer, remarks: RemarkLog) -> None:
    """What failed: exceptions, threads, message, level."""
    images = debug_images.read(event.get("debug_meta"), trimmer)
    frames = FrameReader(platform=str(tree["platform"]), images=debug_images.ImageIndex(images), trimmer=trimmer, remarks=remarks)
    sdk_name = scalars.name(scalars.mapping(event.get("sdk")).get("name"))
    reader = ExceptionReader(frames=frames, trimmer=trimmer, remarks=remarks, sdk_name=sdk_name)
    exceptions = reader.read(event.get("exception") or event.get("sentry.interfaces.Exception"))
    found_threads = threads.read(event, frames=frames, remarks=remarks)
    if exceptions and not any(exception.get("frames") for exception in exceptions):
        exceptions[-1]["frames"] = threads.frames_of_exception(found_threads, exceptions[-1].get("thread_id")) or []
    tree["exceptions"] = exceptions
    tree["threads"] = found_threads
    tree["debug_images"] = images
    tree["message"] = message.read(event, trimmer)
    tree["level"] = context.read_level(event.get("level"), remarks)


def _add_surroundings(
    tree: dict[str, object], event: dict[str, object], event_input: EventInput, *, trimmer: Trimmer, remarks: RemarkLog
) -> None:
    """Where, when and for whom it failed."""
    clock = times.client_clock(event_input.received_at, event_input.sent_at, remarks)
    tree["occurred_at"] = clock.occurred_at(event.get("timestamp"), remarks)
    crumbs = event.get("breadcrumbs") or event.get("sentry.interfaces.Breadcrumbs")
    tree["breadcrumbs"] = breadcrumbs.read(crumbs, clock=clock, trimmer=trimmer, remarks=remarks)
    tree["request"] = request.read(event.get("request") or event.get("sentry.interfaces.Http"), trimmer)
    tree["user"] = user.read(
        event.get("user") or event.get("sentry.interfaces.User"),
        peer_ip=event_input.peer_ip,
        infers_address=user.infers_address(event.get("sdk")),
        trimmer=trimmer,
    )
    tree["tags"] = tags.read(event.get("tags"), remarks)
    tree["contexts"], tree["trace"] = context.read_contexts(event.get("contexts"), trimmer)
    tree["extra"] = trimmer.mapping(event.get("extra"), "extra")
    if isinstance(query := event.get("sentry.interfaces.Query"), dict):
        tree["contexts"] = {**scalars.mapping(tree["contexts"]), "query": trimmer.mapping(query, "contexts.query")}
    tree["modules"] = trimmer.mapping(event.get("modules"), "modules")
    tree["sdk"] = context.read_sdk(event.get("sdk"), client=event_input.sdk_client, trimmer=trimmer)
    if event.get("_meta"):
        tree["client_scrub_remarks"] = trimmer.value(event.get("_meta"), "client_scrub_remarks")
