"""The application behind the dashboard: REST, live feed and the dashboard's own pages."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from dashboard_api import (
    api_description,
    api_keys,
    audit,
    audit_exports,
    dsn_keys,
    errors,
    events,
    facets,
    health,
    issues,
    live,
    openapi,
    organizations,
    outcomes,
    pages,
    projects,
    session,
)
from dashboard_api.body_limit import BodyLimitMiddleware
from dashboard_api.live_feeds import running_feeds
from dashboard_api.request_ids import RequestIdMiddleware
from dashboard_api.request_metrics import RequestMetricsMiddleware
from dashboard_api.security_headers import SecurityHeadersMiddleware
from dashboard_api.wiring import ApiDependencies

# In this order; pages answers every address that is left.
ROUTERS: tuple[APIRouter, ...] = (
    health.router,
    session.router,
    organizations.router,
    projects.router,
    dsn_keys.router,
    issues.router,
    events.router,
    facets.router,
    outcomes.router,
    api_keys.router,
    audit.router,
    audit_exports.router,
    live.router,
    api_description.router,
    pages.router,
)


def create_app(dependencies: ApiDependencies) -> FastAPI:
    """The application with everything it needs; it opens nothing by itself."""
    app = _bare_app()
    app.state.dependencies = dependencies
    app.state.openapi_document = openapi.build(app, ROUTERS)
    app.add_middleware(BodyLimitMiddleware)  # the last one added is the outermost
    app.add_middleware(SecurityHeadersMiddleware, is_secure=dependencies.settings.is_secure)
    app.add_middleware(RequestMetricsMiddleware)
    app.add_middleware(RequestIdMiddleware)
    return app


def document() -> dict[str, Any]:
    """The OpenAPI document; needs no dependencies."""
    return openapi.build(_bare_app(), ROUTERS)


def _bare_app() -> FastAPI:
    app = FastAPI(
        title="Errata",
        version="1",
        openapi_url=None,  # served by api_description, without the interactive pages that need foreign scripts
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
        redirect_slashes=False,
        generate_unique_id_function=_operation_id,
        # FastAPI's own telemetry would record exception messages and read exporters from the environment.
        telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False, "auto_configure": False},
    )
    for router in ROUTERS:
        app.include_router(router)
    errors.install(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with running_feeds(app.state.dependencies.redis) as feeds:
        app.state.live_feeds = feeds
        yield


def _operation_id(route: APIRoute) -> str:
    return route.name
