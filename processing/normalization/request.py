"""The HTTP request of an event."""

from urllib.parse import urlencode, urlsplit

from processing.normalization import limits, scalars
from processing.normalization.trimming import Trimmer


def read(sent: object, trimmer: Trimmer) -> dict[str, object] | None:
    """The canonical request; the query and fragment stand apart from the URL.  None if nothing is known of it."""
    if not isinstance(sent, dict):
        return None
    url, fragment = scalars.text(sent.get("url")), scalars.text(sent.get("fragment"))
    query = _query(sent.get("query_string"))
    if url is not None and ("?" in url or "#" in url):
        url, query, fragment = _split(url, query, fragment)
    request: dict[str, object] = {
        "method": scalars.name(sent.get("method")),
        "url": url,
        "query_string": query,
        "fragment": fragment,
        "headers": _headers(sent.get("headers")),
        "cookies": _cookies(sent.get("cookies")),
        "data": trimmer.value(sent.get("data"), "request.data"),
        "env": trimmer.mapping(sent.get("env"), "request.env"),
    }
    return request if any(request.values()) else None


def _split(url: str, query: str | None, fragment: str | None) -> tuple[str, str | None, str | None]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return url, query, fragment
    bare = parts._replace(query="", fragment="").geturl()
    return bare, query or parts.query or None, fragment or parts.fragment or None


def _query(sent: object) -> str | None:
    if isinstance(sent, dict | list):
        flat = [(key, scalars.text(value) or "") for key, value in scalars.pairs(sent)]
        return urlencode(flat)[: limits.MAX_TEXT_CHARS] or None
    query = scalars.text(sent)
    return query.removeprefix("?") or None if query else None


def _headers(sent: object) -> list[tuple[str, str]]:
    return [(key, _joined(value)) for key, value in scalars.pairs(sent)[: limits.MAX_PAIRS]]


def _joined(value: object) -> str:
    """A header's value; PHP sends a list of them."""
    if isinstance(value, list):
        return ", ".join(scalars.text(element) or "" for element in value)
    return scalars.text(value) or ""


def _cookies(sent: object) -> list[tuple[str, str]]:
    if isinstance(sent, str):
        parts = [part.partition("=") for part in sent.split(";")[: limits.MAX_PAIRS] if part.strip()]
        return [(name.strip(), value.strip()) for name, _, value in parts]
    return [(key, scalars.text(value) or "") for key, value in scalars.pairs(sent)[: limits.MAX_PAIRS]]
