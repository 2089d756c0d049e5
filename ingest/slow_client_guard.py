"""uvicorn's HTTP protocol with deadlines and limits, because uvicorn alone closes no slow client (measured: 0 of 200 in 60 s).

A client has HEADER_DEADLINE_SECONDS for its headers; its body must not pause for BODY_IDLE_SECONDS and must come with
MIN_BODY_BYTES_PER_SECOND.  One sweep per second looks at all connections, so a request costs no timer of its own.
"""

import asyncio
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

import structlog
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from protocol import limits

SWEEP_SECONDS = 1.0
KEEP_ALIVE_SECONDS = 75  # longer than the idle timeout of usual load balancers (60 s), so that we never close first
IDLE_SECONDS = KEEP_ALIVE_SECONDS + 15  # uvicorn's own timer is lost if a body arrives after its answer
MAX_DISCARDED_BODY_BYTES = 4 * limits.MAX_WIRE_BODY_BYTES  # what a refused client may still send before we hang up
MAX_FRAMING_FACTOR = 16  # wire bytes per byte of body; chunks of one byte need 6
FRAMING_ALLOWANCE_BYTES = 16 * limits.KIB

_PHRASES = {
    400: b"Bad Request",
    408: b"Request Timeout",
    413: b"Content Too Large",
    431: b"Request Header Fields Too Large",
}
_REFUSALS = {
    status: b"HTTP/1.1 %d %s\r\ncontent-length: 0\r\naccess-control-allow-origin: *\r\nconnection: close\r\n\r\n"
    % (status, phrase)
    for status, phrase in _PHRASES.items()
}

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Deadlines:
    """How long a client may take."""

    header_seconds: float = limits.HEADER_DEADLINE_SECONDS
    body_idle_seconds: float = limits.BODY_IDLE_SECONDS


class Phase(Enum):
    WAITING = "waiting"  # between requests, or the request is complete and the application works
    HEADERS = "headers"
    BODY = "body"


class _LimitError(Exception):
    """Raised inside a parser callback to stop the parser."""


class SlowClientGuard(HttpToolsProtocol):
    """What uvicorn gets as `http`, see `uvicorn_settings`."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,  # uvicorn's own name for it
        *,
        deadlines: Deadlines,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._deadlines = deadlines
        self._phase = Phase.HEADERS  # a connection that says nothing is a slow one
        self._refusal_status = 400
        self._header_bytes = 0
        self._phase_began_at = self._heard_at = self.loop.time()
        self._body_bytes = 0
        self._body_wire_bytes = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)  # type: ignore[arg-type]  # uvicorn narrows the type of its base class
        _sweeper_of(self.loop).watch(self)

    def connection_lost(self, exc: Exception | None) -> None:
        _sweeper_of(self.loop).forget(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._heard_at = self.loop.time()
        if self._phase is Phase.WAITING:
            self._enter(Phase.HEADERS)
        if self._phase is Phase.HEADERS:
            self._header_bytes += len(data)
        else:
            self._body_wire_bytes += len(data)
        super().data_received(data)
        if self._phase is Phase.HEADERS and self._header_bytes > limits.MAX_REQUEST_HEADER_BYTES:
            self.refuse(431)
        elif self._phase is Phase.BODY and self._is_body_abusive():
            self.refuse(413 if self._body_bytes > MAX_DISCARDED_BODY_BYTES else 400)

    def on_headers_complete(self) -> None:
        self._check_headers()
        self._enter(Phase.BODY)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._phase = Phase.WAITING
        self._phase_began_at = self._heard_at
        super().on_message_complete()

    def on_message_begin(self) -> None:
        if self._phase is not Phase.HEADERS:  # a pipelined request within one read
            self._enter(Phase.HEADERS)
        super().on_message_begin()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  # uvicorn's signature
        """Uvicorn calls this for whatever the parser or a callback refused."""
        self.refuse(self._refusal_status)

    def refuse(self, status: int) -> None:
        """Answer, unless an answer is under way, and hang up."""
        if self.transport.is_closing():
            return
        cycle = self._cycle()
        if cycle is None or cycle.response_complete or not cycle.response_started:
            self.transport.write(_REFUSALS[status])
        self.transport.close()

    def check_deadline(self, now: float) -> None:
        """Called by the sweeper: hang up on a client that is too slow."""
        if not self.transport.is_closing() and self._is_too_slow(now):
            log.info("ingest.slow_client_closed", phase=self._phase.value)
            self.refuse(408)

    def _is_too_slow(self, now: float) -> bool:
        elapsed = now - self._phase_began_at
        match self._phase:
            case Phase.HEADERS:
                return elapsed > self._deadlines.header_seconds
            case Phase.BODY if self.flow.read_paused:
                self._heard_at = now  # we made it wait
                return False
            case Phase.BODY:
                is_idle = now - self._heard_at > self._deadlines.body_idle_seconds
                least_bytes = limits.MIN_BODY_BYTES_PER_SECOND * elapsed
                return is_idle or (elapsed > self._deadlines.body_idle_seconds and self._body_bytes < least_bytes)
            case Phase.WAITING:
                cycle = self._cycle()
                is_answered = cycle is None or cycle.response_complete
                return is_answered and now - self._heard_at > IDLE_SECONDS

    def _cycle(self) -> RequestResponseCycle | None:
        """The current request; uvicorn declares that there always is one and starts with None."""
        return self.cycle

    def _enter(self, phase: Phase) -> None:
        self._phase = phase
        self._phase_began_at = self._heard_at
        self._header_bytes = 0
        self._body_bytes = 0
        self._body_wire_bytes = 0

    def _check_headers(self) -> None:
        headers = self.headers
        if len(headers) > limits.MAX_REQUEST_HEADERS:
            self._stop(431)
        if self._header_bytes > limits.MAX_REQUEST_HEADER_BYTES:
            exact_bytes = len(self.url) + sum(len(name) + len(value) + 4 for name, value in headers)
            if exact_bytes > limits.MAX_REQUEST_HEADER_BYTES:
                self._stop(431)
        names = [name for name, _ in headers]
        if b"transfer-encoding" in names and b"content-length" in names:
            self._stop(400)  # RFC 9112, 6.1: a smuggling attempt

    def _stop(self, status: int) -> None:
        self._refusal_status = status
        raise _LimitError

    def _is_body_abusive(self) -> bool:
        if self._body_bytes > MAX_DISCARDED_BODY_BYTES:
            return True
        return self._body_wire_bytes > self._body_bytes * MAX_FRAMING_FACTOR + FRAMING_ALLOWANCE_BYTES


class _Sweeper:
    """Looks at all connections of one event loop once per second while there are any."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._watched: set[SlowClientGuard] = set()
        self._timer: asyncio.TimerHandle | None = None

    def watch(self, guard: SlowClientGuard) -> None:
        self._watched.add(guard)
        if self._timer is None:
            self._timer = self._loop.call_later(SWEEP_SECONDS, self._sweep)

    def forget(self, guard: SlowClientGuard) -> None:
        self._watched.discard(guard)

    def _sweep(self) -> None:
        now = self._loop.time()
        for guard in list(self._watched):
            guard.check_deadline(now)
        self._timer = self._loop.call_later(SWEEP_SECONDS, self._sweep) if self._watched else None


_sweepers: WeakKeyDictionary[asyncio.AbstractEventLoop, _Sweeper] = WeakKeyDictionary()


def _sweeper_of(loop: asyncio.AbstractEventLoop) -> _Sweeper:
    sweeper = _sweepers.get(loop)
    if sweeper is None:
        sweeper = _sweepers[loop] = _Sweeper(loop)
    return sweeper


def uvicorn_settings(
    *, host: str, port: int, trusted_proxies: str = "127.0.0.1", deadlines: Deadlines | None = None
) -> dict[str, Any]:
    """Arguments for `uvicorn.Config(app, **settings)` of the ingest process.

    `trusted_proxies` are the only peers whose X-Forwarded-For is believed.
    """
    return {
        "host": host,
        "port": port,
        "http": partial(SlowClientGuard, deadlines=deadlines or Deadlines()),
        "loop": "uvloop",
        "ws": "none",
        "lifespan": "on",
        "log_config": None,
        "access_log": False,  # the query string holds keys
        "proxy_headers": True,
        "forwarded_allow_ips": trusted_proxies,
        "server_header": False,
        "date_header": False,
        "backlog": 2048,
        "timeout_keep_alive": KEEP_ALIVE_SECONDS,
        "timeout_graceful_shutdown": 10,
    }
