"""The event's surroundings: contexts, trace, SDK, level, fingerprint."""

from processing.normalization import limits, scalars
from processing.normalization.remarks import RemarkLog
from processing.normalization.trimming import Trimmer
from protocol.event import Level

_LEVELS = {
    "fatal": Level.FATAL, "critical": Level.FATAL, "panic": Level.FATAL, "alert": Level.FATAL, "emergency": Level.FATAL,
    "error": Level.ERROR, "err": Level.ERROR, "exception": Level.ERROR,
    "warning": Level.WARNING, "warn": Level.WARNING,
    "info": Level.INFO, "information": Level.INFO, "notice": Level.INFO, "log": Level.INFO, "sample": Level.INFO,
    "debug": Level.DEBUG, "trace": Level.DEBUG, "verbose": Level.DEBUG,
}  # fmt: skip
_LEVEL_STEPS = ((45, Level.FATAL), (35, Level.ERROR), (25, Level.WARNING), (15, Level.INFO))  # Python's logging numbers
_TRACE_FIELDS = ("trace_id", "span_id", "parent_span_id", "op", "status")


def read_level(sent: object, remarks: RemarkLog) -> Level:
    """The level; error if the SDK sent none or an unknown one."""
    if sent is None or sent == "":
        return Level.ERROR
    number = scalars.integer(sent)
    if number is not None:
        return next((level for lowest, level in _LEVEL_STEPS if number >= lowest), Level.DEBUG)
    level = _LEVELS.get(sent.strip().lower()) if isinstance(sent, str) else None
    if level is None:
        remarks.add("level", "invalid_value")
    return level or Level.ERROR


def read_contexts(sent: object, trimmer: Trimmer) -> tuple[dict[str, object], dict[str, object] | None]:
    """The contexts without the trace's own fields, and the trace; empty contexts are left out."""
    contexts: dict[str, object] = {}
    trace: dict[str, object] | None = None
    for key, value in trimmer.mapping(sent, "contexts").items():
        if not value:
            continue
        context = value if isinstance(value, dict) else {"value": value}
        if key == "trace":
            trace = {field: scalars.name(context.get(field)) for field in _TRACE_FIELDS}
            context = {field: element for field, element in context.items() if field not in _TRACE_FIELDS}
        if context:
            contexts[key] = context
    return contexts, trace


def read_sdk(sent: object, *, client: str | None, trimmer: Trimmer) -> dict[str, object] | None:
    """The SDK as it names itself, else as the request's auth header named it ("name/version")."""
    given = scalars.mapping(sent)
    name, version = scalars.name(given.get("name")), scalars.name(given.get("version"))
    if name is None and client:
        name, _, client_version = client[: limits.MAX_NAME_CHARS].partition("/")
        version = version or client_version or None
    if name is None:
        return None
    packages = trimmer.value(given.get("packages"), "sdk.packages")
    return {
        "name": name,
        "version": version,
        "integrations": [scalars.name(_name_of(element)) or "" for element in scalars.sequence(given.get("integrations"))],
        "packages": packages if isinstance(packages, list) else [],
    }


def _name_of(integration: object) -> object:
    return integration.get("name") if isinstance(integration, dict) else integration


def read_fingerprint(event: dict[str, object]) -> list[str]:
    """The SDK's own grouping parts in order; [] means the server decides.  `checksum` is the legacy form."""
    sent = event.get("fingerprint") or event.get("checksum")
    parts = sent if isinstance(sent, list) else [sent]
    return [part for value in parts[: limits.MAX_FINGERPRINT_PARTS] if (part := scalars.name(value))]
