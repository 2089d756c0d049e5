"""A person's or a tool's requests to the REST API, over one kept connection, with an API key."""

import http.client
import json
import time
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from benchmarks.servers.deployment import Deployment


class ApiClient:
    """GET requests to one deployment."""

    def __init__(self, deployment: Deployment) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", deployment.installation.port, timeout=60)
        self._headers = {"Authorization": f"Bearer {deployment.endpoints.api_key}"}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._connection.close()

    def get(self, path: str) -> tuple[int, bytes]:
        try:
            return self._get_once(path)
        except http.client.RemoteDisconnected:  # the server ends a connection that was idle for five seconds
            self._connection.close()
            return self._get_once(path)

    def _get_once(self, path: str) -> tuple[int, bytes]:
        self._connection.request("GET", path, headers=self._headers)
        answer = self._connection.getresponse()
        return answer.status, answer.read()

    def get_json(self, path: str) -> Any:  # whatever the API answers
        """Raises RuntimeError unless the answer is 200."""
        status, body = self.get(path)
        if status != http.client.OK:
            raise RuntimeError(f"GET {path} answered {status}: {body[:300]!r}")
        return json.loads(body)

    def milliseconds(self, path: str) -> float:
        """How long a successful GET takes, the body read."""
        began = time.perf_counter()
        status, body = self.get(path)
        took = (time.perf_counter() - began) * 1000
        if status != http.client.OK:
            raise RuntimeError(f"GET {path} answered {status}: {body[:300]!r}")
        return took


def issues_path(project_id: int, query: str = "") -> str:
    """A page of 50 issues."""
    return f"/api/v1/projects/{project_id}/issues?limit=50&query={quote(query)}"
