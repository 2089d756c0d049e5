"""The credential of a request: the session cookie or a bearer key; and the proof that a change comes from our own pages."""

from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.responses import Response

from dashboard_api.refusals import CrossSiteRequestError
from dashboard_api.wiring import ApiSettings
from identity.sessions import ABSOLUTE_LIFETIME
from runtime.secrets import Secret

CSRF_HEADER = "X-CSRF"  # a custom header: a foreign page cannot set it without a CORS preflight, which we never grant
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_BEARER = "bearer"


def cookie_name(settings: ApiSettings) -> str:
    """`__Host-` binds the cookie to this host, the path / and https; browsers refuse it over plain http."""
    return "__Host-errata_session" if settings.is_secure else "errata_session"


def bearer_of(connection: HTTPConnection) -> str | None:
    """The text behind `Authorization: Bearer`; empty for another or a broken scheme, None without the header."""
    header = connection.headers.get("authorization")
    if header is None:
        return None
    scheme, _, credential = header.partition(" ")
    return credential.strip() if scheme.lower() == _BEARER else ""


def session_token_of(connection: HTTPConnection, settings: ApiSettings) -> Secret | None:
    token = connection.cookies.get(cookie_name(settings))
    return Secret(token) if token else None


def set_session_cookie(response: Response, token: Secret, settings: ApiSettings) -> None:
    response.set_cookie(
        cookie_name(settings),
        token.reveal(),
        max_age=int(ABSOLUTE_LIFETIME.total_seconds()),
        path="/",
        secure=settings.is_secure,
        httponly=True,
        samesite="lax",
    )


def clear_session_cookie(response: Response, settings: ApiSettings) -> None:
    response.delete_cookie(cookie_name(settings), path="/", secure=settings.is_secure, httponly=True, samesite="lax")


def check_cookie_change(connection: HTTPConnection, settings: ApiSettings, *, method: str) -> None:
    """A change with the cookie needs our custom header and our origin.  Raises CrossSiteRequestError."""
    if method in _SAFE_METHODS:
        return
    if connection.headers.get(CSRF_HEADER) != "1":
        raise CrossSiteRequestError
    check_origin(connection, settings)


def check_origin(connection: HTTPConnection, settings: ApiSettings, *, is_required: bool = False) -> None:
    """What a browser says about where the request comes from must be us.  Raises CrossSiteRequestError.

    Programs send no Origin, and carry no cookie which a foreign page could abuse; browsers always send one with a change.
    """
    if connection.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise CrossSiteRequestError
    origin = connection.headers.get("origin")
    if origin is None:
        if is_required:
            raise CrossSiteRequestError
        return
    if not _is_own_origin(origin, connection, settings):
        raise CrossSiteRequestError


def _is_own_origin(origin: str, connection: HTTPConnection, settings: ApiSettings) -> bool:
    public = urlsplit(settings.public_url)
    if origin == f"{public.scheme}://{public.netloc}":
        return True
    # On plain http (loopback) people use localhost, 127.0.0.1 and forwarded ports: then the host they asked for is the judge.
    return not settings.is_secure and origin == f"http://{connection.headers.get('host', '')}"
