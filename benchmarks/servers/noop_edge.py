"""The limit of the edge: an ASGI application which reads the body and says yes, on the same server with the same settings.

Run as `python -m benchmarks.servers.noop_edge PORT`.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn
import uvloop

from benchmarks.load.launch import Target
from benchmarks.machine import ROOT, SERVER_CORE, pinned
from cli.standalone import http_probe
from ingest.request import Receive, Scope, Send
from ingest.slow_client_guard import uvicorn_settings

_ANSWER = b'{"id":"00000000000000000000000000000000"}'
_HEADERS = [(b"content-type", b"application/json"), (b"content-length", str(len(_ANSWER)).encode())]


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    while (await receive()).get("more_body", False):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    await send({"type": "http.response.body", "body": _ANSWER})


@dataclass(frozen=True, slots=True)
class NoopEdge:
    target: Target
    process_id: int


@contextmanager
def running(*, port: int = 18_690) -> Iterator[NoopEdge]:
    """The application in a process of its own on the core of the servers under test."""
    command = [sys.executable, "-m", "benchmarks.servers.noop_edge", str(port)]
    process = subprocess.Popen(pinned(command, SERVER_CORE), cwd=ROOT)
    try:
        deadline = time.monotonic() + 20
        while not http_probe.is_ready(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the no-op server did not start")
            time.sleep(0.02)
        yield NoopEdge(Target(port=port), process.pid)
    finally:
        process.terminate()
        process.wait(20)


def main() -> None:
    server = uvicorn.Server(uvicorn.Config(application, **uvicorn_settings(host="127.0.0.1", port=int(sys.argv[1]))))
    uvloop.run(server.serve())


if __name__ == "__main__":
    main()
