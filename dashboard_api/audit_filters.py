"""By what audit records are found, the same for looking and for exporting."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from pydantic import AfterValidator, AwareDatetime, StringConstraints

from audit.actions import BY_LABEL
from audit.explorer import RecordFilter
from dashboard_api.schema import without_control_characters


def _known_action(label: str) -> str:
    if label not in BY_LABEL:
        raise ValueError("is no action")
    return label


def _in_utc(moment: datetime) -> datetime:
    """Raises ValueError for a moment at the end of time which UTC does not have."""
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("is no moment") from error


ActionLabel = Annotated[str, AfterValidator(_known_action)]
Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]
TargetText = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(without_control_characters)]


async def _filter_in_query(
    action: Annotated[ActionLabel | None, Query(description="`resource.verb`, for example `issue.open`.")] = None,
    actor: Annotated[UUID | None, Query(description="Who did it: a user id.")] = None,
    target_kind: Annotated[TargetText | None, Query(description="`issue`, `event`, `user`, `project` …")] = None,
    target_id: TargetText | None = None,
    since: Annotated[Moment | None, Query(description="Sequenced at or after this moment.")] = None,
    until: Annotated[Moment | None, Query(description="Sequenced before this moment.")] = None,
) -> RecordFilter:
    return RecordFilter(
        action=None if action is None else BY_LABEL[action],
        actor_id=actor,
        target_kind=target_kind,
        target_id=target_id,
        since=since,
        until=until,
    )


AuditFilterInQuery = Annotated[RecordFilter, Depends(_filter_in_query)]
