"""The body of a request, streamed and decoded with its caps before its cost."""

import msgspec

from ingest.refusals import RefusalReason, Refused
from ingest.request import Receive, Request
from protocol import content_encoding, limits
from protocol.content_encoding import BodyTooLargeError, BrokenBodyError, Decoder, UnsupportedEncodingError

_REFUSALS = {
    BodyTooLargeError: Refused(RefusalReason.TOO_LARGE, "request body is too large"),
    BrokenBodyError: Refused(RefusalReason.BAD_ENCODING, "request body does not decode"),
    UnsupportedEncodingError: Refused(RefusalReason.UNSUPPORTED_ENCODING, "content coding is not supported"),
}


class ClientGoneError(Exception):
    """The client closed the connection before its request was complete; there is nobody to answer."""


class Body(msgspec.Struct, frozen=True):
    """A body as it came on the wire and what it says."""

    wire: bytes
    decoded: bytes
    encoding: str


class BodyReader:
    """Reads one request's body; every method gives Refused instead of more than the limits allow."""

    __slots__ = ("_decoded", "_decoder", "_has_more", "_receive", "_wire", "_wire_bytes", "encoding")

    def __init__(self, receive: Receive, *, encoding: str) -> None:
        self._receive = receive
        self._decoder = Decoder(encoding)
        self._wire: list[bytes] = []
        self._wire_bytes = 0
        self._decoded: list[bytes] = []
        self._has_more = True
        self.encoding = encoding

    async def read_line(self) -> bytes | Refused:
        """The first line, without waiting for the rest; bounded as an envelope header is."""
        try:
            while True:
                start = b"".join(self._decoded)
                line, newline, _ = start.partition(b"\n")
                if newline or not self._has_more:
                    return line
                if len(start) > limits.MAX_ENVELOPE_HEADER_BYTES:
                    return Refused(RefusalReason.HEADER_TOO_LARGE, "envelope header is too large")
                await self._pull()
        except (BodyTooLargeError, BrokenBodyError) as error:
            return _REFUSALS[type(error)]

    async def read_all(self) -> Body | Refused:
        try:
            while self._has_more:
                await self._pull()
            self._decoder.finish()
        except (BodyTooLargeError, BrokenBodyError) as error:
            return _REFUSALS[type(error)]
        wire = self._wire[0] if len(self._wire) == 1 else b"".join(self._wire)
        if self.encoding == content_encoding.IDENTITY:
            return Body(wire, wire, self.encoding)
        decoded = self._decoded[0] if len(self._decoded) == 1 else b"".join(self._decoded)
        return Body(wire, decoded, self.encoding)

    async def _pull(self) -> None:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        self._has_more = message.get("more_body", False)
        chunk = message.get("body", b"")
        if not chunk:
            return
        self._wire_bytes += len(chunk)
        if self._wire_bytes > limits.MAX_WIRE_BODY_BYTES:
            raise BodyTooLargeError(limits.MAX_WIRE_BODY_BYTES)
        self._wire.append(chunk)
        if decoded := self._decoder.feed(chunk):
            self._decoded.append(decoded)


def open_body(request: Request) -> BodyReader | Refused:
    """A reader for the request's body, or the refusal its headers already justify."""
    declared_bytes = request.declared_bytes
    if declared_bytes is not None and declared_bytes > limits.MAX_WIRE_BODY_BYTES:
        return _REFUSALS[BodyTooLargeError]
    try:
        encoding = content_encoding.name_of(request.content_encoding)
    except UnsupportedEncodingError:
        return _REFUSALS[UnsupportedEncodingError]
    return BodyReader(request.receive, encoding=encoding)


async def discard(request: Request) -> Refused | None:
    """Reads a body and forgets it, within the limit of the wire."""
    received_bytes = 0
    while True:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        received_bytes += len(message.get("body", b""))
        if received_bytes > limits.MAX_WIRE_BODY_BYTES:
            return _REFUSALS[BodyTooLargeError]
        if not message.get("more_body", False):
            return None
