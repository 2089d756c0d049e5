"""The small, queried part of an event, and the tags by which issues are found."""

from processing.enrichment import user_agent
from protocol.event import Event, ExceptionValue

_SHORT_CONTEXTS = ("browser", "os", "device", "runtime")
_MAX_TAG_VALUE_CHARS = 200


def short_contexts(event: Event) -> dict[str, str]:
    """Name and version of browser, os, device and runtime, as far as known."""
    short = {name: text for name in _SHORT_CONTEXTS if (text := _short(event.contexts.get(name)))}
    if event.request is not None and "browser" not in short:
        header = next((value for name, value in event.request.headers if name.lower() == "user-agent"), None)
        if header:
            browser, system = user_agent.browser_and_system(header)
            if browser:
                short["browser"] = browser
                if system:
                    short["os" if event.platform == "javascript" and "os" not in short else "client_os"] = system
    return short


def _short(context: object) -> str | None:
    if not isinstance(context, dict):
        return None
    name = context.get("name") or context.get("model") or context.get("family")
    if not isinstance(name, str):
        return None
    version = context.get("version")
    return f"{name} {version}".strip() if isinstance(version, str) and version else name.strip()


def summarize(event: Event, *, main: ExceptionValue | None, contexts: dict[str, str]) -> dict[str, object]:
    """What lists and filters need of the event, small enough to be a column."""
    user, request, sdk = event.user, event.request, event.sdk
    return {
        "tags": dict(event.tags),
        "user": None
        if user is None
        else {"id": user.id, "username": user.username, "email": user.email, "ip_address": user.ip_address},
        "contexts": contexts,
        "request": None if request is None else {"method": request.method, "url": request.url},
        "exception_types": [exception.type for exception in event.exceptions if exception.type],
        "transaction": event.transaction,
        "sdk": None if sdk is None else f"{sdk.name}/{sdk.version or '?'}",
        "handled": main.mechanism.handled if main is not None and main.mechanism is not None else None,
        "dist": event.dist,
        "server_name": event.server_name,
        "logger": event.logger,
    }


def search_tags(event: Event, *, main: ExceptionValue | None, contexts: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """The event's own tags and the ones made from its fields; a field wins over an own tag of the same name."""
    mechanism = main.mechanism if main is not None else None
    fields: dict[str, str | None] = {
        "level": event.level.value,
        "environment": event.environment,
        "release": event.release,
        "logger": event.logger,
        "transaction": event.transaction,
        "url": event.request.url if event.request is not None else None,
        "server_name": event.server_name,
        "mechanism": mechanism.type if mechanism is not None else None,
        "handled": None if mechanism is None or mechanism.handled is None else str(mechanism.handled).lower(),
        **contexts,
    }
    tags = dict(event.tags)
    tags.update((key, value[:_MAX_TAG_VALUE_CHARS]) for key, value in fields.items() if value)
    return tuple(tags.items())
