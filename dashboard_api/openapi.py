"""The OpenAPI document: FastAPI's own, with the canonical event, the problems and every route's rule written into it."""

from typing import Any

import msgspec
from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from dashboard_api.audit_marks import audit_rule_of
from dashboard_api.dependencies import Access, AccessRule, rule_of
from dashboard_api.events import EVENT_SCHEMA_MARK
from dashboard_api.schema import Problem
from protocol.event import Event

_REF = "#/components/schemas/{name}"
_SHARED = {"Level"}  # the one type which the canonical event and the API's own answers share
_PROBLEM = {
    "description": "What was wrong (RFC 9457).",
    "content": {"application/problem+json": {"schema": {"$ref": _REF.format(name="Problem")}}},
}
_SECURITY_SCHEMES = {
    "session": {"type": "apiKey", "in": "cookie", "name": "__Host-errata_session"},
    "apiKey": {"type": "http", "scheme": "bearer"},
}

Json = dict[str, Any]


def build(app: FastAPI, routers: tuple[APIRouter, ...]) -> Json:
    """The document of all routes; the same bytes for the same code."""
    document = get_openapi(title="Errata", version="1", openapi_version="3.1.0", routes=app.routes)
    schemas: Json = document["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas["Problem"] = _inlined(
        Problem.model_json_schema(mode="serialization", ref_template=_REF.replace("{name}", "{model}")), schemas
    )
    _add_event(schemas)
    for router in routers:
        for route in router.routes:
            if isinstance(route, APIRoute) and route.include_in_schema:
                _finish_route(document["paths"], route)
    document["components"]["securitySchemes"] = _SECURITY_SCHEMES
    document["components"]["schemas"] = dict(sorted(schemas.items()))
    return document


def _inlined(schema: Json, schemas: Json) -> Json:
    schemas.update(schema.pop("$defs", {}))
    return schema


def _add_event(schemas: Json) -> None:
    """Merge the msgspec structs of the canonical event; everything in them is always sent, so everything is required."""
    _, components = msgspec.json.schema_components([Event], ref_template=_REF, schema_hook=_any_json)
    clashes = set(components) & set(schemas) - _SHARED
    if clashes:
        raise ValueError(f"two schemas have the same name: {sorted(clashes)}")
    for schema in components.values():
        if "properties" in schema:
            schema["required"] = list(schema["properties"])
            for field in schema["properties"].values():
                field.pop("default", None)
    schemas.update(components)
    event_field: Json = schemas["EventDetail"]["properties"]["event"]
    if EVENT_SCHEMA_MARK not in event_field:
        raise ValueError("the place of the canonical event is not marked any more")
    schemas["EventDetail"]["properties"]["event"] = {"$ref": _REF.format(name="Event")}


def _any_json(kind: type) -> Json:
    """Free-form JSON is declared as `object` at run time."""
    if kind is object:
        return {"description": "Any JSON value."}  # msgspec takes an empty schema for none
    raise NotImplementedError(kind)


def _finish_route(paths: Json, route: APIRoute) -> None:
    rule = rule_of(route.dependencies)
    for method in sorted(route.methods or ()):
        operation: Json = paths[route.path][method.lower()]
        operation["responses"].pop("422", None)
        operation["responses"]["default"] = _PROBLEM
        operation["security"] = [] if rule is None or rule.access is Access.PUBLIC else [{"session": []}, {"apiKey": []}]
        operation["x-access"] = _access(rule)
        audit_rule = audit_rule_of(route.dependencies)
        if audit_rule is not None and audit_rule.action is not None:
            operation["x-audit"] = audit_rule.action.label


def _access(rule: AccessRule | None) -> str:
    if rule is None:
        return "undeclared"
    return rule.scope.value if rule.scope is not None else rule.access.value
