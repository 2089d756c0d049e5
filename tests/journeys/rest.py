"""The REST API as its users see it: plain JSON over HTTP with an API key."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx2

from tests.journeys.patience import eventually
from tests.journeys.running_errata import Endpoints

Json = dict[str, Any]


@dataclass(frozen=True)
class Project:
    project_id: str
    dsn: str

    @property
    def public_key(self) -> str:
        return urlsplit(self.dsn).username or ""


@dataclass(frozen=True)
class RestApi:
    client: httpx2.AsyncClient

    async def get(self, path: str, **parameters: str | int) -> Json:
        answer = await self.client.get(f"/api/v1{path}", params=parameters)
        assert answer.status_code == 200, f"GET {path}: {answer.status_code} {answer.text}"
        body: Json = answer.json()
        return body

    async def find(self, path: str, **parameters: str | int) -> Json | None:
        """None for 404."""
        answer = await self.client.get(f"/api/v1{path}", params=parameters)
        assert answer.status_code in {200, 404}, f"GET {path}: {answer.status_code} {answer.text}"
        body: Json | None = answer.json() if answer.status_code == 200 else None
        return body

    async def send(self, method: str, path: str, body: Mapping[str, object]) -> Json:
        answer = await self.client.request(method, f"/api/v1{path}", json=dict(body))
        assert answer.status_code in {200, 201}, f"{method} {path}: {answer.status_code} {answer.text}"
        answered: Json = answer.json()
        return answered

    async def pages(self, path: str, **parameters: str | int) -> list[Json]:
        """The items of all pages."""
        items: list[Json] = []
        cursor: str | None = None
        while True:
            page = await self.get(path, **parameters, **({} if cursor is None else {"cursor": cursor}))
            items += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return items

    async def new_project(self, name: str, platform: str) -> Project:
        made = await self.send("POST", "/projects", {"name": name, "platform": platform})
        return Project(made["id"], made["dsn"])

    async def stored_event(self, event_id: str, *, within: float) -> Json:
        """{event, issue_id, project_id, ...} as soon as the event is visible."""
        return await eventually(lambda: self.find(f"/events/{event_id}"), what=f"event {event_id} is visible", within=within)

    async def issue_when(self, issue_id: str, *, within: float, **fields: object) -> Json:
        """The issue as soon as these fields of it have these values."""

        async def probe() -> Json | None:
            issue = await self.get(f"/issues/{issue_id}")
            return issue if all(issue[name] == value for name, value in fields.items()) else None

        return await eventually(probe, what=f"issue {issue_id} with {fields}", within=within)


def project_of_dsn(dsn: str) -> Project:
    return Project(urlsplit(dsn).path.rpartition("/")[2], dsn)


@asynccontextmanager
async def rest_api(endpoints: Endpoints) -> AsyncIterator[RestApi]:
    headers = {"Authorization": f"Bearer {endpoints.api_key}"}
    async with httpx2.AsyncClient(base_url=endpoints.dashboard_url, headers=headers, timeout=20) as client:
        yield RestApi(client)
