"""A client that sends numbered events as fast as it can and keeps an account of the answers; it never sends a number again."""

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

from tests.journeys.raw_http import RawConnection, raw_connection
from tests.journeys.rest import Project

KINDS = 7  # so many different errors, hence issues
_CONNECTIONS = 16
_PAUSE_SECONDS = 0.05  # after a refusal, as a client with back-off
_SOURCE = [f"        total += prices[item] * {number}" for number in range(12)]


@dataclass
class Account:
    """What became of each event id, as far as the client can know."""

    accepted: set[str] = field(default_factory=set)  # answered 200
    refused: dict[str, int] = field(default_factory=dict)  # answered with another status
    unanswered: set[str] = field(default_factory=set)  # the connection broke
    last_accepted: int = -1  # the highest number that was accepted

    @property
    def finished(self) -> int:
        return len(self.accepted) + len(self.refused) + len(self.unanswered)


async def send(project: Project, *, ingest_url: str, count: int, account: Account) -> None:
    """Send `count` events over a few connections, each once."""
    run, numbers = uuid4().hex[:24], iter(range(count))
    async with asyncio.TaskGroup() as senders:
        for _ in range(_CONNECTIONS):
            senders.create_task(_send_some(project, ingest_url=ingest_url, run=run, numbers=numbers, account=account))


async def _send_some(project: Project, *, ingest_url: str, run: str, numbers: Iterator[int], account: Account) -> None:
    async with raw_connection(ingest_url) as connection:
        for number in numbers:
            if not await _send_one(connection, project, event_id=f"{run}{number:08x}", number=number, account=account):
                await asyncio.sleep(_PAUSE_SECONDS)


async def _send_one(connection: RawConnection, project: Project, *, event_id: str, number: int, account: Account) -> bool:
    """Whether it was accepted."""
    body = _envelope(event_id, number)
    headers = (
        ("Host", f"{connection.host}:{connection.port}"),
        ("Content-Type", "application/x-sentry-envelope"),
        ("X-Sentry-Auth", f"Sentry sentry_version=7, sentry_key={project.public_key}, sentry_client=numbered/1.0"),
        ("Content-Length", str(len(body))),
    )
    try:
        answer = await connection.request("POST", f"/api/{project.project_id}/envelope/", headers=headers, body=body)
    except (OSError, TimeoutError):
        account.unanswered.add(event_id)
        return False
    if answer.status != 200:
        account.refused[event_id] = answer.status
        return False
    assert json.loads(answer.body) == {"id": event_id}
    account.accepted.add(event_id)
    account.last_accepted = max(account.last_accepted, number)
    return True


def _envelope(event_id: str, number: int) -> bytes:
    """About 2 KB."""
    kind = number % KINDS
    frames = [
        {
            "function": f"add_{kind}_{depth}",
            "module": f"shop.basket_{kind}",
            "filename": "shop/basket.py",
            "lineno": 10 + depth,
            "in_app": True,
            "context_line": _SOURCE[depth],
            "pre_context": _SOURCE[:2],
        }
        for depth in range(6)
    ]
    exception = {"type": f"Basket{kind}Error", "value": f"item number {number}", "stacktrace": {"frames": frames}}
    event = {
        "event_id": event_id,
        "timestamp": time.time(),
        "platform": "python",
        "level": "error",
        "release": "shop@1",
        "user": {"id": f"customer-{number % 50}"},
        "tags": {"number": str(number)},
        "exception": {"values": [exception]},
    }
    payload = json.dumps(event).encode()
    sent_at = datetime.now(UTC).isoformat()
    return b"\n".join(
        (
            json.dumps({"event_id": event_id, "sent_at": sent_at}).encode(),
            json.dumps({"type": "event", "length": len(payload)}).encode(),
            payload,
        )
    )
