"""Who sends: the key of a DSN in any of the forms which SDKs use.

Forms: `X-Sentry-Auth: Sentry k=v, ...`, `Authorization: Sentry ...`, `Authorization: Basic key:`, `?sentry_key=...`.
A request uses one of them; the key in a path or in an envelope's `dsn` is not a form of HTTP.
"""

import binascii
import re
from base64 import b64decode
from enum import StrEnum
from functools import lru_cache
from urllib.parse import parse_qsl

import msgspec

from protocol import limits
from protocol.dsn import is_public_key

_SEPARATORS = re.compile(r"[,;\s]+")
_MAX_QUERY_FIELDS = 50
_MAX_REMEMBERED_CHARACTERS = 512


class AuthProblem(StrEnum):
    """Why a request does not say who sends."""

    MISSING = "missing_key"
    MULTIPLE = "multiple_auth"
    MALFORMED = "malformed_auth"
    UNSUPPORTED_VERSION = "unsupported_version"


class Credentials(msgspec.Struct, frozen=True):
    public_key: str
    client: str | None = None  # "sentry.python/2.75.0"


def parse_request(*, x_sentry_auth: str | None, authorization: str | None, query: str) -> Credentials | AuthProblem:
    """The credentials of an HTTP request, or why there are none.

    Two forms at once are refused, even if they agree, as Relay does: layers in front could read another one than we do.
    An `Authorization` of another scheme (Bearer, Digest ...) belongs to somebody else and is ignored.
    """
    scheme = _scheme(authorization)
    has_query = "sentry_" in query
    forms = (x_sentry_auth is not None) + (scheme in {"sentry", "basic"}) + has_query
    if forms == 0:
        return AuthProblem.MISSING
    if forms > 1:
        return AuthProblem.MULTIPLE
    if x_sentry_auth is not None:
        return parse_header(x_sentry_auth)
    if has_query:
        return _parse_query(query)
    text = authorization or ""
    return parse_header(text) if scheme == "sentry" else _parse_basic(text)


def parse_header(value: str) -> Credentials | AuthProblem:
    """The credentials in `Sentry sentry_key=..., sentry_version=7`: any case of the word, commas or blanks between."""
    return _parse_remembered(value) if len(value) <= _MAX_REMEMBERED_CHARACTERS else _parse_header(value)


def from_key(public_key: str) -> Credentials | AuthProblem:
    """The credentials of a key found in a path or an envelope header."""
    return Credentials(public_key) if is_public_key(public_key) else AuthProblem.MALFORMED


def _parse_header(value: str) -> Credentials | AuthProblem:
    scheme, _, rest = value.strip().partition(" ")
    if scheme.lower() != "sentry":
        return AuthProblem.MALFORMED
    fields: dict[str, str] = {}
    for token in _SEPARATORS.split(rest):
        name, equals, field = token.partition("=")
        if equals and fields.setdefault(name.lower(), field.strip('"')) != field.strip('"'):
            return AuthProblem.MALFORMED
    return _from_fields(fields)


# An SDK sends the same header with every request; the bound keeps strangers' headers from filling memory.
_parse_remembered = lru_cache(maxsize=4096)(_parse_header)


def _scheme(authorization: str | None) -> str | None:
    return None if authorization is None else authorization.lstrip().partition(" ")[0].lower()


def _parse_query(query: str) -> Credentials | AuthProblem:
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=_MAX_QUERY_FIELDS)
    except ValueError:
        return AuthProblem.MALFORMED
    fields: dict[str, str] = {}
    for name, value in pairs:
        if name == "sentry_key" and fields.get(name, value) != value:
            return AuthProblem.MULTIPLE
        fields[name] = value
    return _from_fields(fields)


def _parse_basic(authorization: str) -> Credentials | AuthProblem:
    try:
        decoded = b64decode(authorization.strip().partition(" ")[2].strip(), validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        return AuthProblem.MALFORMED
    return from_key(decoded.partition(":")[0])


def _from_fields(fields: dict[str, str]) -> Credentials | AuthProblem:
    key = fields.get("sentry_key")
    if key is None:
        return AuthProblem.MISSING
    if not is_public_key(key):
        return AuthProblem.MALFORMED
    if not _is_supported_version(fields.get("sentry_version")):
        return AuthProblem.UNSUPPORTED_VERSION
    return Credentials(key, fields.get("sentry_client") or None)


def _is_supported_version(version: str | None) -> bool:
    """Absent is fine; old SDKs send 5 and 6, current ones 7."""
    if not version:
        return True
    return (
        version.isascii() and version.isdigit() and len(version) <= 2 and int(version) <= limits.MAX_PROTOCOL_VERSION
    )  # two digits hold every version there will be
