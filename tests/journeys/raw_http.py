"""HTTP/1.1 written by hand: bytes go out as an SDK recorded them, and a broken connection is seen as what it is."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

Headers = Iterable[tuple[str, str]]
_ANSWER_SECONDS = 30.0


@dataclass(frozen=True)
class RawAnswer:
    status: int
    headers: dict[str, str]  # names in lower case
    body: bytes


class RawConnection:
    """One kept-alive connection, opened when it is needed."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.host, self.port = parts.hostname or "", parts.port or 80
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def request(self, method: str, target: str, *, headers: Headers, body: bytes) -> RawAnswer:
        """Raises ConnectionError if the server breaks off; the connection is then closed and opened anew by the next request."""
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                reader, writer = await self._open()
                lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers), "", ""]
                writer.write("\r\n".join(lines).encode("latin-1") + body)
                await writer.drain()
                answer = await _read_answer(reader, method)
        except BaseException:
            await self.close()
            raise
        if answer.headers.get("connection", "").lower() == "close":
            await self.close()
        return answer

    async def close(self) -> None:
        if self._streams is not None:
            writer, self._streams = self._streams[1], None
            writer.close()
            try:
                await writer.wait_closed()
            except OSError:
                return

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._streams is None:
            self._streams = await asyncio.open_connection(self.host, self.port)
        return self._streams


@asynccontextmanager
async def raw_connection(url: str) -> AsyncIterator[RawConnection]:
    connection = RawConnection(url)
    try:
        yield connection
    finally:
        await connection.close()


def chunked(body: bytes, *, size: int = 16_384) -> bytes:
    """The body in chunks, as a client sends it that does not know its length."""
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


async def _read_answer(reader: asyncio.StreamReader, method: str) -> RawAnswer:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        status_line, *lines = head.rstrip("\r\n").split("\r\n")
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        status = int(status_line.split(" ")[1])
        if method == "HEAD" or status in {204, 304}:
            return RawAnswer(status, headers, b"")
        body = await reader.readexactly(int(headers["content-length"]))
    except asyncio.IncompleteReadError as error:
        raise ConnectionResetError("the server closed the connection in the middle of an answer") from error
    return RawAnswer(status, headers, body)
