"""The DSN: one URL which tells an SDK where to send and with which key."""

import re
from urllib.parse import urlsplit

import msgspec

from protocol import limits

_PUBLIC_KEY = re.compile(r"[0-9a-f]{32}", re.ASCII)
_PROJECT_ID = re.compile(r"[0-9]{1,19}", re.ASCII)


class DsnError(ValueError):
    """The text is no DSN; the message never repeats it, because it holds a key."""


class Dsn(msgspec.Struct, frozen=True):
    scheme: str
    public_key: str
    host: str
    port: int | None
    path_prefix: str  # "" or "/sub/path", without a final slash
    project_id: int

    @property
    def origin(self) -> str:
        """`scheme://host[:port]`, an IPv6 host in brackets."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + (f":{self.port}" if self.port is not None else "")


def is_public_key(text: str) -> bool:
    """32 lower-case hex digits: what every SDK accepts."""
    return _PUBLIC_KEY.fullmatch(text) is not None


def parse_project_id(text: str) -> int | None:
    """The project id in ASCII digits, at most 2^63-1; None for everything else (`int` would take Arabic digits)."""
    if _PROJECT_ID.fullmatch(text) is None:
        return None
    project_id = int(text)
    return project_id if project_id <= limits.MAX_PROJECT_ID else None


def parse(text: str) -> Dsn:
    """The parts of `scheme://key[:secret]@host[:port][/prefix]/project`; the legacy secret is dropped.

    Raises DsnError.  Source: sentry-docs, DSN.
    """
    try:
        url = urlsplit(text)
        host, port = url.hostname, url.port
    except ValueError as error:
        raise DsnError("not a URL") from error
    if url.scheme not in {"http", "https"} or not host:
        raise DsnError("not an http URL")
    if not is_public_key(url.username or ""):
        raise DsnError("no public key of 32 hex digits")
    path_prefix, _, project = url.path.rstrip("/").rpartition("/")
    project_id = parse_project_id(project)
    if project_id is None:
        raise DsnError("no project id")
    return Dsn(
        scheme=url.scheme, public_key=url.username or "", host=host, port=port, path_prefix=path_prefix, project_id=project_id
    )


def format_dsn(dsn: Dsn) -> str:
    """The text an SDK is configured with."""
    scheme, _, rest = dsn.origin.partition("://")
    return f"{scheme}://{dsn.public_key}@{rest}{dsn.path_prefix}/{dsn.project_id}"
