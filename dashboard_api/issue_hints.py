"""Hints for people who are looking, after the change is committed; a hint may be lost, nothing else may."""

from collections.abc import Sequence
from uuid import UUID

import structlog

from eventstore.issues import Issue
from runtime import live
from runtime.live import LiveHint
from runtime.redis_client import RedisClient, RedisError

log = structlog.get_logger(__name__)


async def publish_changes(redis: RedisClient, organization_id: UUID, changed: Sequence[Issue]) -> None:
    """One hint for each issue; run it behind the answer, when the transaction has been committed."""
    try:
        for issue in changed:
            hint = LiveHint(kind="issue.changed", project_id=issue.project_id, issue_id=issue.issue_id, is_new=False)
            await live.publish(redis, organization_id, hint)
    except RedisError as error:
        log.warning("live.hint_lost", error=type(error).__name__, issues=len(changed))
