"""Counts and times every answer by route template; labels never hold what was asked for."""

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from runtime import metrics

_UNMATCHED = "unmatched"


class RequestMetricsMiddleware:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 500
        started_at = time.perf_counter()

        async def send_and_note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
        finally:
            route = getattr(scope.get("route"), "path", _UNMATCHED)
            method = scope["method"] if route != _UNMATCHED else "any"
            metrics.api_requests.labels(route=route, method=method, status=str(status)).inc()
            metrics.api_request_seconds.labels(route=route).observe(time.perf_counter() - started_at)
