"""The only place where exceptions become answers: problem+json of RFC 9457."""

from collections.abc import Mapping
from dataclasses import dataclass

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import IntegrityError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from dashboard_api import refusals, request_ids
from dashboard_api.schema import FieldProblem, Problem
from dashboard_api.security_headers import add_security_headers
from dashboard_api.wiring import dependencies_of
from eventstore.search_query import SearchQueryError
from runtime.keyring import SealBrokenError
from runtime.redis_client import RedisError

MEDIA_TYPE = "application/problem+json"
_TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    413: "Content Too Large",
    422: "Unprocessable Content",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}

log = structlog.get_logger(__name__)


def answer(
    status: int,
    code: str,
    detail: str | None = None,
    *,
    position: int | None = None,
    fields: list[FieldProblem] | None = None,
    headers: Mapping[str, str] | None = None,
    request_id: str | None = None,
) -> Response:
    """A problem as an answer."""
    title = _TITLES.get(status, "Error")
    problem = Problem(
        title=title,
        status=status,
        detail=detail,
        code=code,
        request_id=request_id or request_ids.current(),
        position=position,
        fields=fields or [],
    )
    return Response(problem.model_dump_json(), status_code=status, media_type=MEDIA_TYPE, headers=dict(headers or {}))


def not_found() -> Response:
    """The same for what is unknown, malformed or another tenant's."""
    return answer(404, "not_found", "There is no such thing here.")


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    code: str
    detail: str
    headers: tuple[tuple[str, str], ...] = ()
    is_logged: bool = False


_ANSWERS: dict[type[Exception], _Answer] = {
    refusals.UnauthenticatedError: _Answer(
        401, "unauthenticated", "Sign in, or show a valid API key.", headers=(("WWW-Authenticate", "Bearer"),)
    ),
    refusals.WrongCredentialsError: _Answer(401, "wrong_credentials", "This e-mail address and password do not fit together."),
    refusals.ScopeNotGrantableError: _Answer(403, "scope_not_grantable", "A key cannot have a scope which you do not have."),
    refusals.PersonNeededError: _Answer(403, "person_needed", "Only a person who is signed in may do this, not an API key."),
    refusals.OrganizationMissingError: _Answer(403, "no_organization", "You are not a member of any organization."),
    refusals.CrossSiteRequestError: _Answer(403, "cross_site_request", "This change did not come from the dashboard."),
    refusals.InvalidCursorError: _Answer(400, "invalid_cursor", "This cursor does not belong to this list."),
    refusals.CheckpointLateError: _Answer(
        503,
        "checkpoint_late",
        "This is done and recorded, but the audit log has no checkpoint for it yet; look again soon.",
        headers=(("Retry-After", "5"),),
        is_logged=True,
    ),
    refusals.ExportNotReadyError: _Answer(409, "export_not_ready", "There is no file: the export is not made yet, or it ended."),
    refusals.ExportsUnavailableError: _Answer(503, "exports_unavailable", "This installation has no directory for exports."),
    IntegrityError: _Answer(409, "conflict", "Somebody else changed this at the same moment; try again.", is_logged=True),
    RedisError: _Answer(
        503, "unavailable", "A part of the service is away; try again soon.", headers=(("Retry-After", "5"),), is_logged=True
    ),
    SealBrokenError: _Answer(
        500, "unreadable", "What is stored here cannot be opened with this installation's keys.", is_logged=True
    ),
}


async def _on_refusal(_request: Request, error: Exception) -> Response:
    wanted = next(found for kind, found in _ANSWERS.items() if isinstance(error, kind))
    if wanted.is_logged:
        log.error("request.refused", code=wanted.code, error=type(error).__name__)
    return answer(wanted.status, wanted.code, wanted.detail, headers=dict(wanted.headers))


async def _on_not_found(_request: Request, _error: Exception) -> Response:
    return not_found()


async def _on_missing_scope(_request: Request, error: Exception) -> Response:
    assert isinstance(error, refusals.ScopeMissingError)
    return answer(403, "scope_missing", f"This needs the scope {error.scope}.")


async def _on_too_many_tries(_request: Request, error: Exception) -> Response:
    assert isinstance(error, refusals.TooManyTriesError)
    seconds = str(int(error.retry_after.total_seconds()))
    return answer(429, "too_many_tries", "Too many tries; wait a while.", headers={"Retry-After": seconds})


async def _on_search_query(_request: Request, error: Exception) -> Response:
    assert isinstance(error, SearchQueryError)
    return answer(400, "invalid_query", str(error), position=error.position)


async def _on_invalid_request(_request: Request, error: Exception) -> Response:
    """Says where and what is wrong, never repeats the value: it may be a password."""
    assert isinstance(error, RequestValidationError)
    fields = [
        FieldProblem(location=".".join(str(part) for part in item["loc"]), message=str(item["msg"])) for item in error.errors()
    ]
    return answer(422, "invalid_request", "The request is not as described in the API document.", fields=fields)


async def _on_http_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return not_found()
    code = _TITLES.get(error.status_code, "error").lower().replace(" ", "_")
    return answer(error.status_code, code, headers=error.headers)


async def _on_crash(request: Request, error: Exception) -> Response:
    """The framework answers this outside of all middleware, so what those would add is added here."""
    request_id = request_ids.of(request) or ""
    log.error("request.failed", error=type(error).__name__, request_id=request_id)
    response = answer(
        500,
        "internal_error",
        "We failed; the failure is in the server's log.",
        headers={request_ids.HEADER: request_id},
        request_id=request_id,
    )
    add_security_headers(response.headers, is_secure=dependencies_of(request).settings.is_secure)
    return response


def install(app: FastAPI) -> None:
    for kind in _ANSWERS:
        app.add_exception_handler(kind, _on_refusal)
    app.add_exception_handler(refusals.NotFoundError, _on_not_found)
    app.add_exception_handler(refusals.ScopeMissingError, _on_missing_scope)
    app.add_exception_handler(refusals.TooManyTriesError, _on_too_many_tries)
    app.add_exception_handler(SearchQueryError, _on_search_query)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(Exception, _on_crash)
