"""The real edge over a real socket, and a client that sends exactly the bytes it is told to."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import uvicorn

from ingest.app import create_app
from ingest.edge import IngestDependencies
from ingest.slow_client_guard import Deadlines, uvicorn_settings

DEADLINE_SECONDS = 20
Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@asynccontextmanager
async def running_edge(dependencies: IngestDependencies, *, deadlines: Deadlines | None = None) -> AsyncIterator[int]:
    """The port of an edge that runs until the end of the block, configured as the product configures it."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(create_app(dependencies), **uvicorn_settings(host="127.0.0.1", port=0, deadlines=deadlines))
    )
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:  # noqa: ASYNC110  # uvicorn tells it by a flag only
        await asyncio.sleep(0.01)
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        await serving
        listener.close()


async def send_raw(port: int, raw: bytes, *, method: str = "POST") -> Answer:
    """The answer to bytes on a fresh connection."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(raw)
            return await read_answer(reader, method=method)
        finally:
            writer.close()


async def read_answer(reader: asyncio.StreamReader, *, method: str = "POST") -> Answer:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    length = 0 if method == "HEAD" else int(headers.get("content-length", "0"))
    return Answer(int(head[0].split()[1]), headers, await reader.readexactly(length))


async def request(
    port: int, path: str, *, method: str = "POST", headers: Headers = (), body: bytes = b"", is_chunked: bool = False
) -> Answer:
    """The answer to a well-formed request; framing headers are added here."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers)]
    if is_chunked:
        lines.append("Transfer-Encoding: chunked")
        sent = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in _parts(body)) + b"0\r\n\r\n"
    else:
        lines.append(f"Content-Length: {len(body)}")
        sent = body
    return await send_raw(port, "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + sent, method=method)


def _parts(body: bytes) -> list[bytes]:
    return [body[start : start + 1000] for start in range(0, len(body), 1000)]
