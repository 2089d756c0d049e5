"""What an endpoint must know of an HTTP request: the few headers that matter, read once."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]  # ASGI's own shape
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_MAX_USER_AGENT_CHARACTERS = 256


class Request:
    """A view of an ASGI scope; the last of repeated headers counts."""

    __slots__ = ("_headers", "method", "path", "peer_ip", "query", "receive")

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._headers: dict[bytes, bytes] = dict(scope["headers"])
        self.receive = receive
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.query: str = scope["query_string"].decode("latin-1")
        client = scope.get("client")
        self.peer_ip: str | None = client[0] if client else None

    def header(self, name: bytes) -> str | None:
        """The value of a header by its lower-case name."""
        value = self._headers.get(name)
        return None if value is None else value.decode("latin-1")

    @property
    def content_encoding(self) -> str | None:
        return self.header(b"content-encoding")

    @property
    def content_type(self) -> str:
        """The media type alone, lower-case; empty if none was sent."""
        return (self.header(b"content-type") or "").partition(";")[0].strip().lower()

    @property
    def declared_bytes(self) -> int | None:
        """Content-Length; None for a chunked body."""
        value = self.header(b"content-length")
        return int(value) if value is not None and value.isascii() and value.isdigit() else None

    @property
    def user_agent(self) -> str | None:
        value = self.header(b"user-agent")
        return None if value is None else value[:_MAX_USER_AGENT_CHARACTERS]
