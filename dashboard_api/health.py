"""Whether the process lives, whether it can work, and its figures."""

from fastapi import APIRouter, Response

from dashboard_api import errors
from dashboard_api.dependencies import Wiring, public
from runtime import metrics
from runtime.redis_client import is_reachable

router = APIRouter(include_in_schema=False)


@router.get("/healthz", dependencies=[public("says nothing but that the process lives")])
async def healthz() -> Response:
    return Response("ok\n", media_type="text/plain")


@router.get("/readyz", dependencies=[public("says nothing but whether PostgreSQL and Redis answer")])
async def readyz(wiring: Wiring) -> Response:
    if not await wiring.database.is_reachable():
        return errors.answer(503, "postgres_unreachable", "PostgreSQL does not answer.")
    if not await is_reachable(wiring.redis):
        return errors.answer(503, "redis_unreachable", "Redis does not answer.")
    return Response("ready\n", media_type="text/plain")


@router.get("/metrics", dependencies=[public("labels hold no tenant's content; close it at the proxy if it must not be seen")])
async def scrape_metrics() -> Response:
    return Response(metrics.render(), media_type=metrics.CONTENT_TYPE)
