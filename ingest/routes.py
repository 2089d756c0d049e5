"""Paths of the wire: every endpoint under any prefix, with or without a final slash, never a redirect.

A redirect would lose the body in several SDKs; a prefix comes from DSNs with a path.  Source: PROTOCOL.md 1 and 2.
"""

import re
from enum import StrEnum
from functools import lru_cache

import msgspec

_MAX_PATH_CHARACTERS = 512


class Endpoint(StrEnum):
    ENVELOPE = "envelope"
    STORE = "store"
    TUNNEL = "tunnel"
    SECURITY = "security"
    NEL = "nel"
    MINIDUMP = "minidump"
    UNREAL = "unreal"
    ATTACHMENTS = "attachments"
    CRON = "cron"
    OTLP_TRACES = "otlp_traces"
    OTLP_LOGS = "otlp_logs"
    OTLP_METRICS = "otlp_metrics"
    HEALTHZ = "healthz"
    READYZ = "readyz"
    METRICS = "metrics"


class Route(msgspec.Struct, frozen=True):
    endpoint: Endpoint
    project: str | None = None  # as in the path, unverified
    public_key: str | None = None  # as in the path, unverified


_SEGMENT = r"[^/]+"
_UNDER_PROJECT: tuple[tuple[Endpoint, str], ...] = (
    (Endpoint.ENVELOPE, "envelope"),
    (Endpoint.STORE, "store"),
    (Endpoint.SECURITY, "security|csp-report"),
    (Endpoint.NEL, "nel"),
    (Endpoint.MINIDUMP, "minidump"),
    (Endpoint.UNREAL, f"unreal/(?P<unreal_key>{_SEGMENT})"),
    (Endpoint.ATTACHMENTS, f"events/{_SEGMENT}/attachments"),
    (Endpoint.CRON, f"cron/{_SEGMENT}(?:/(?P<cron_key>{_SEGMENT}))?"),
    (Endpoint.OTLP_TRACES, "(?:integration/)?otlp/v1/traces"),
    (Endpoint.OTLP_LOGS, "(?:integration/)?otlp/v1/logs"),
    (Endpoint.OTLP_METRICS, "(?:integration/)?otlp/v1/metrics"),
)
_PROJECT_PATH = re.compile(
    rf"(?:/.*)?/api/(?P<project>{_SEGMENT})/(?:" + "|".join(f"(?P<{name}>{pattern})" for name, pattern in _UNDER_PROJECT) + ")/?"
)
_OTHER_PATHS: tuple[tuple[Endpoint, re.Pattern[str]], ...] = (
    (Endpoint.STORE, re.compile(r"(?:/.*)?/api/store/?")),
    (Endpoint.TUNNEL, re.compile(r"(?:/.*)?/tunnel(?:/[^/]*)?/?")),
    (Endpoint.OTLP_TRACES, re.compile(r"/v1/traces/?")),
    (Endpoint.OTLP_LOGS, re.compile(r"/v1/logs/?")),
    (Endpoint.OTLP_METRICS, re.compile(r"/v1/metrics/?")),
    (Endpoint.HEALTHZ, re.compile(r"/healthz")),
    (Endpoint.READYZ, re.compile(r"/readyz")),
    (Endpoint.METRICS, re.compile(r"/metrics")),
)


def find(path: str) -> Route | None:
    """The endpoint of a decoded path, or None."""
    return _find(path) if len(path) <= _MAX_PATH_CHARACTERS else None


@lru_cache(maxsize=4096)
def _find(path: str) -> Route | None:
    for endpoint, pattern in _OTHER_PATHS:
        if pattern.fullmatch(path):
            return Route(endpoint)
    found = _PROJECT_PATH.fullmatch(path)
    if found is None:
        return None
    groups = found.groupdict()
    endpoint = next(endpoint for endpoint, _ in _UNDER_PROJECT if groups[endpoint] is not None)
    return Route(endpoint, project=groups["project"], public_key=groups["unreal_key"] or groups["cron_key"])
