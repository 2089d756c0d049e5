"""Resource and record attributes as fields of an event.  Source: PROTOCOL.md 15; OpenTelemetry semantic conventions."""

from collections.abc import Mapping

from processing.stack_text.reader import Language
from protocol.otlp_records import Attributes, RecordGroup, Span

MAX_ATTRIBUTES = 128  # OpenTelemetry's own default limit (SDK specification, attribute limits)
MAX_TEXT_CHARS = 4_096  # per attribute; stack traces are read apart
_LANGUAGES = {
    "python": Language.PYTHON, "java": Language.JAVA, "kotlin": Language.JAVA, "scala": Language.JAVA, "nodejs": Language.NODE,
    "webjs": Language.JAVASCRIPT, "go": Language.GO, "ruby": Language.RUBY, "dotnet": Language.DOTNET,
}  # fmt: skip
_OTHER_PLATFORMS = {"php": "php", "rust": "rust", "swift": "cocoa", "cpp": "native", "erlang": "elixir"}
_TAGS = ("service.name", "service.namespace", "service.instance.id", "cloud.region", "k8s.pod.name", "container.name")
_SPAN_KINDS = ("", "internal", "server", "client", "producer", "consumer")
_SPAN_STATUSES = ("unset", "ok", "internal_error")
_HEADER_PREFIXES = ("http.request.header.",)
_USER_FIELDS = {
    "id": ("user.id", "enduser.id"),
    "email": ("user.email",),
    "username": ("user.name", "enduser.pseudo.id"),
    "name": ("user.full_name",),
}


def language_of(resource: Attributes) -> Language | None:
    return _LANGUAGES.get(text_of(resource, "telemetry.sdk.language") or "")


def text_of(attributes: Attributes, *names: str) -> str | None:
    """The first of these attributes that is a text with content."""
    return next((value for name in names if isinstance(value := attributes.get(name), str) and value), None)


def shortened(attributes: Attributes, *, without: frozenset[str] = frozenset()) -> Attributes:
    """Attributes within the limits; texts are cut, what is left over is dropped."""
    kept = [(key, value) for key, value in attributes.items() if key not in without][:MAX_ATTRIBUTES]
    return {key: value[:MAX_TEXT_CHARS] if isinstance(value, str) else value for key, value in kept}


def of_resource(group: RecordGroup) -> dict[str, object]:
    """release, environment, server_name, sdk, tags, platform: what does not depend on the record."""
    resource = group.resource
    language = language_of(resource)
    named = text_of(resource, "telemetry.sdk.language") or ""
    return {
        "platform": language.value if language is not None else _OTHER_PLATFORMS.get(named, "other"),
        "release": text_of(resource, "service.version"),
        "environment": text_of(resource, "deployment.environment.name", "deployment.environment"),
        "server_name": text_of(resource, "host.name"),
        "sdk": {
            "name": f"opentelemetry.{named}" if named else "opentelemetry",
            "version": text_of(resource, "telemetry.sdk.version"),
        },
        "tags": {name: value for name in _TAGS if (value := text_of(resource, name)) is not None},
    }


def contexts(group: RecordGroup) -> dict[str, object]:
    """The resource as a context, with runtime, system and device where every SDK has them."""
    resource = group.resource
    found: dict[str, object] = {"resource": shortened(resource)}
    for name, name_keys, version_keys in (
        ("runtime", ("process.runtime.name",), ("process.runtime.version",)),
        ("os", ("os.name", "os.type"), ("os.version",)),
        ("device", ("device.model.name", "device.model.identifier"), ()),
    ):
        if (value := text_of(resource, *name_keys)) is not None:
            found[name] = {"name": value, "version": text_of(resource, *version_keys)}
    if group.scope_name:
        found["otel"] = {"scope": group.scope_name, "scope_version": group.scope_version}
    return found


def trace_of_span(span: Span) -> dict[str, object]:
    kind = _SPAN_KINDS[span.kind] if span.kind < len(_SPAN_KINDS) else ""
    return {
        "trace_id": span.trace_id,
        "span_id": span.span_id,
        "parent_span_id": span.parent_span_id,
        "op": kind or None,
        "status": _SPAN_STATUSES[span.status] if span.status < len(_SPAN_STATUSES) else None,
    }


def request_of(attributes: Attributes) -> dict[str, object] | None:
    """The HTTP request which a server span tells of, in the newer and the older conventions."""
    url = text_of(attributes, "url.full", "http.url")
    path = text_of(attributes, "url.path", "http.target")
    if url is None and path is not None:
        host = text_of(attributes, "server.address", "http.host", "net.host.name")
        scheme = text_of(attributes, "url.scheme", "http.scheme") or "http"
        url = f"{scheme}://{host}{path}" if host else path
    method = text_of(attributes, "http.request.method", "http.method")
    if url is None and method is None:
        return None
    return {"method": method, "url": url, "query_string": text_of(attributes, "url.query"), "headers": _headers(attributes)}


def user_of(attributes: Attributes) -> Mapping[str, object] | None:
    user = {field: value for field, names in _USER_FIELDS.items() if (value := text_of(attributes, *names)) is not None}
    return user or None


def _headers(attributes: Attributes) -> dict[str, object]:
    return {
        name.removeprefix(prefix): value
        for prefix in _HEADER_PREFIXES
        for name, value in attributes.items()
        if name.startswith(prefix)
    }
