"""Identifiers in paths: what cannot be one is answered like one that nobody has."""

import re
from typing import Annotated
from uuid import UUID

from fastapi import Depends

from dashboard_api.dependencies import CurrentTenant, found
from dashboard_api.refusals import NotFoundError
from protocol.dsn import parse_project_id
from tenancy import projects

_HEX_ID = re.compile(r"[0-9a-fA-F]{32}")
_DASHED_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


async def project_in_path(project_id: str, tenant: CurrentTenant) -> projects.Project:
    """The project of this organization.  Raises NotFoundError."""
    number = parse_project_id(project_id)
    if number is None:
        raise NotFoundError
    return found(await projects.get(tenant.tx, number))


def parse_id(text: str) -> UUID:
    """32 hex digits or dashed.  Raises NotFoundError."""
    if not (_HEX_ID.fullmatch(text) or _DASHED_ID.fullmatch(text)):
        raise NotFoundError
    return UUID(text)


ProjectInPath = Annotated[projects.Project, Depends(project_in_path, scope="function")]
