"""The door for SDKs: a plain ASGI application, because a web framework's routing costs more than the rest of the way."""

from collections.abc import Awaitable, Callable
from time import perf_counter

import structlog

from ingest import envelope_endpoint, otlp_http, probes, responses, routes, store_endpoint, unsupported_endpoint
from ingest.body_reader import ClientGoneError
from ingest.edge import Edge, IngestDependencies
from ingest.refusals import RefusalReason, Refused
from ingest.request import Receive, Request, Scope, Send
from ingest.responses import Response
from ingest.routes import Endpoint, Route
from runtime import metrics

_NOT_FOUND = Refused(RefusalReason.NOT_FOUND, "no such endpoint")
_METHOD_NOT_ALLOWED = Refused(RefusalReason.METHOD_NOT_ALLOWED, "method not allowed")
_GET_ENDPOINTS = frozenset({Endpoint.HEALTHZ, Endpoint.READYZ, Endpoint.METRICS})
_GET_OR_POST_ENDPOINTS = frozenset({Endpoint.STORE, Endpoint.CRON})

Handler = Callable[[Edge, Request, Route], Awaitable[Response]]

_HANDLERS: dict[Endpoint, Handler] = {
    Endpoint.ENVELOPE: envelope_endpoint.handle,
    Endpoint.STORE: store_endpoint.handle,
    Endpoint.TUNNEL: envelope_endpoint.handle_tunnel,
    Endpoint.SECURITY: unsupported_endpoint.handle,
    Endpoint.NEL: unsupported_endpoint.handle,
    Endpoint.MINIDUMP: unsupported_endpoint.handle,
    Endpoint.UNREAL: unsupported_endpoint.handle,
    Endpoint.ATTACHMENTS: unsupported_endpoint.handle,
    Endpoint.CRON: unsupported_endpoint.handle,
    Endpoint.OTLP_TRACES: otlp_http.handle,
    Endpoint.OTLP_LOGS: otlp_http.handle,
    Endpoint.OTLP_METRICS: otlp_http.handle,
    Endpoint.HEALTHZ: probes.alive,
    Endpoint.READYZ: probes.ready,
    Endpoint.METRICS: probes.exposition,
}

log = structlog.get_logger(__name__)


class IngestApp:
    """ASGI: http and lifespan."""

    def __init__(self, edge: Edge) -> None:
        self._edge = edge

    @property
    def edge(self) -> Edge:
        """For the door that is no HTTP/1.1: OTLP over gRPC."""
        return self._edge

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        match scope["type"]:
            case "http":
                await self._serve(scope, receive, send)
            case "lifespan":
                await self._live(receive, send)
            case _:
                await send({"type": "websocket.close", "code": 1000})

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        started_at = perf_counter()
        route = routes.find(scope["path"])
        try:
            response = await self._answer(Request(scope, receive), route)
        except ClientGoneError:
            _observe(route, 499, started_at)
            return
        except Exception:
            log.exception("ingest.request_failed", endpoint=route.endpoint if route else None)
            response = responses.broken()
        await responses.send(response, send)
        _observe(route, response.status, started_at)

    async def _answer(self, request: Request, route: Route | None) -> Response:
        if route is None:
            return responses.refused(_NOT_FOUND)
        if request.method == "OPTIONS":
            return responses.preflight()
        if not _allows(route.endpoint, request.method):
            return responses.refused(_METHOD_NOT_ALLOWED)
        return await _HANDLERS[route.endpoint](self._edge, request, route)

    async def _live(self, receive: Receive, send: Send) -> None:
        """Lifespan: before the end, what was taken is written."""
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await self._edge.producer.drain()
                await send({"type": "lifespan.shutdown.complete"})
                return


def create_app(dependencies: IngestDependencies) -> IngestApp:
    """The ASGI application of `errata serve ingest`."""
    return IngestApp(Edge(dependencies))


def _allows(endpoint: Endpoint, method: str) -> bool:
    if endpoint in _GET_ENDPOINTS:
        return method == "GET"
    return method == "POST" or (method == "GET" and endpoint in _GET_OR_POST_ENDPOINTS)


def _observe(route: Route | None, status: int, started_at: float) -> None:
    metrics.ingest_requests.labels(route.endpoint.value if route else "unknown", str(status)).inc()
    metrics.ingest_request_seconds.observe(perf_counter() - started_at)
