"""Every operation of the API document against the scope it names: a key with all other scopes is refused, a key with it alone is not."""

import json

import httpx2
import pytest

from dashboard_api import openapi_document
from identity import api_keys
from identity.scopes import Scope
from runtime.identifiers import new_uuid7
from tests.integration.dashboard_api.workspace import Workspace

OPERATIONS = [
    (method.upper(), path, operation["x-access"])
    for path, item in json.loads(openapi_document.render())["paths"].items()
    for method, operation in item.items()
    if ":" in operation["x-access"]
]


async def client_with(workspace: Workspace, scopes: frozenset[Scope]) -> httpx2.AsyncClient:
    async with workspace.database_for("api").tenant(workspace.organization_id) as tx:
        made = await api_keys.create(tx, name="matrix", scopes=scopes, created_by=workspace.user_id, now=workspace.clock())
    return workspace.client(Authorization=f"Bearer {made.secret.reveal()}")


def test_the_matrix_is_not_empty() -> None:
    assert len(OPERATIONS) > 15


@pytest.mark.usefixtures("sequencing")
@pytest.mark.parametrize(("method", "path", "scope"), OPERATIONS)
async def test_exactly_the_named_scope_opens_an_operation(workspace: Workspace, method: str, path: str, scope: str) -> None:
    url = path.format(
        project_id=workspace.project_id, issue_id=new_uuid7(), event_id=new_uuid7(), key_id=new_uuid7(), export_id=new_uuid7()
    )
    needed = Scope(scope)
    body = {"json": {}} if method in {"POST", "PATCH"} else {}
    async with await client_with(workspace, frozenset(Scope) - {needed}) as weak:
        refused = await weak.request(method, url, **body)
    async with await client_with(workspace, frozenset({needed})) as strong:
        passed = await strong.request(method, url, **body)

    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    assert passed.status_code in {200, 202, 404, 422}
