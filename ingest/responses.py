"""Answers: the only place of the edge that knows HTTP statuses.  Every answer carries CORS, refusals too.

Browsers read Retry-After and X-Sentry-Rate-Limits only if they are exposed.  Source: PROTOCOL.md 4 and 6; Relay, CORS.
"""

from collections.abc import Sequence

import msgspec

from ingest.refusals import RefusalReason, Refused
from ingest.request import Send

Header = tuple[bytes, bytes]

RETRY_AFTER_SECONDS = 10  # JavaScript SDKs stop sending everything for so long: short enough to lose little
_JSON = b"application/json"
_CORS: tuple[Header, ...] = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"x-sentry-error, x-sentry-rate-limits, retry-after"),
    (b"cross-origin-resource-policy", b"cross-origin"),
)
_PREFLIGHT: tuple[Header, ...] = (
    (b"access-control-allow-methods", b"POST, GET, OPTIONS"),
    (
        b"access-control-allow-headers",
        (
            b"x-sentry-auth, x-requested-with, x-forwarded-for, origin, referer, accept, content-type, authentication, "
            b"authorization, content-encoding, transfer-encoding, baggage, sentry-trace"
        ),
    ),
    (b"access-control-max-age", b"3600"),
)
# A transparent 1x1 GIF, for the legacy GET of /store/.
_PIXEL = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")

_STATUS: dict[RefusalReason, int] = {
    RefusalReason.MISSING_KEY: 401,
    RefusalReason.MULTIPLE_AUTH: 401,
    RefusalReason.MALFORMED_AUTH: 401,
    RefusalReason.UNSUPPORTED_VERSION: 400,
    RefusalReason.UNKNOWN_KEY: 401,  # SECURITY 2: one answer for unknown, revoked and another project's key
    RefusalReason.KEY_EXPIRED: 403,  # SECURITY 2: after the grace window
    RefusalReason.BAD_PROJECT: 400,
    RefusalReason.DSN_MISMATCH: 403,
    RefusalReason.BAD_DSN: 400,
    RefusalReason.TOO_LARGE: 413,
    RefusalReason.TOO_MANY_ITEMS: 413,
    RefusalReason.HEADER_TOO_LARGE: 413,
    RefusalReason.BAD_ENCODING: 400,
    RefusalReason.UNSUPPORTED_ENCODING: 415,
    RefusalReason.UNSUPPORTED_MEDIA_TYPE: 415,
    RefusalReason.EMPTY: 400,
    RefusalReason.BAD_ENVELOPE: 400,
    RefusalReason.BAD_ITEM: 400,
    RefusalReason.BAD_EVENT_ID: 400,
    RefusalReason.DUPLICATE_KEY: 400,
    RefusalReason.BAD_EVENT: 400,
    RefusalReason.NOT_FOUND: 404,
    RefusalReason.METHOD_NOT_ALLOWED: 405,
    RefusalReason.UNAVAILABLE: 503,
}


class Response(msgspec.Struct, frozen=True):
    status: int
    headers: list[Header]
    body: bytes


def make(status: int, *, body: bytes, content_type: bytes, extra: Sequence[Header] = ()) -> Response:
    """An answer with CORS."""
    headers = [(b"content-type", content_type), (b"content-length", b"%d" % len(body)), *_CORS, *extra]
    return Response(status, headers, body)


def accepted(event_id: str | None) -> Response:
    """200 with the id the SDK may show to its user; `{}` if the envelope held no event."""
    return _NO_EVENT if event_id is None else Response(200, _WITH_ID, b'{"id":"%s"}' % event_id.encode("ascii"))


def empty(status: int, *, content_type: bytes = b"text/plain; charset=utf-8") -> Response:
    return make(status, body=b"", content_type=content_type)


def json(status: int, body: bytes) -> Response:
    return make(status, body=body, content_type=_JSON)


def text(status: int, body: str) -> Response:
    return make(status, body=body.encode(), content_type=b"text/plain; charset=utf-8")


def pixel() -> Response:
    return make(200, body=_PIXEL, content_type=b"image/gif", extra=((b"cache-control", b"no-store"),))


def preflight() -> Response:
    return make(200, body=b"", content_type=b"text/plain; charset=utf-8", extra=_PREFLIGHT)


def refused(refusal: Refused) -> Response:
    """Status, `{"detail", "causes"}` and X-Sentry-Error of a refusal."""
    extra: list[Header] = [(b"x-sentry-error", refusal.reason.value.encode("ascii"))]
    if refusal.reason is RefusalReason.UNAVAILABLE:
        extra.append((b"retry-after", b"%d" % RETRY_AFTER_SECONDS))
    if refusal.reason is RefusalReason.METHOD_NOT_ALLOWED:
        extra.append((b"allow", b"POST, OPTIONS"))
    body = msgspec.json.encode({"detail": refusal.detail, "causes": [refusal.reason.value]})
    return make(_STATUS[refusal.reason], body=body, content_type=_JSON, extra=extra)


def broken() -> Response:
    """We failed; the cause is in our log and in no answer."""
    return make(500, body=b'{"detail":"internal error","causes":[]}', content_type=_JSON)


async def send(response: Response, to: Send) -> None:
    await to({"type": "http.response.start", "status": response.status, "headers": response.headers})
    await to({"type": "http.response.body", "body": response.body})


_NO_EVENT = make(200, body=b"{}", content_type=_JSON)
_WITH_ID = make(200, body=b'{"id":"%s"}' % (b"0" * 32), content_type=_JSON).headers  # the same for every id of 32 digits
