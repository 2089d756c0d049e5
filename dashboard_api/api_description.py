"""GET /api/v1/openapi.json: what this API can do, for people and for generators of clients."""

from fastapi import APIRouter, Request, Response
from starlette.responses import JSONResponse

from dashboard_api.dependencies import public

router = APIRouter(include_in_schema=False)


@router.get("/api/v1/openapi.json", dependencies=[public("the description of the API is no secret")])
async def get_openapi_document(request: Request) -> Response:
    return JSONResponse(request.app.state.openapi_document)
