"""By what audit records are found, the same for looking and for exporting."""

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


ActionLabel = Annotated[str, AfterValidator(_known_action)]
TargetText = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(without_control_characters)]


async def _filter_in_query(
    action: Annotated[ActionLabel | None, Query(description="`resource.verb`, for example `issue.open`.")] = None,
    actor: Annotated[UUID | None, Query(description="Who did it: a user id.")] = None,
    target_kind: Annotated[TargetText | None, Query(description="`issue`, `event`, `user`, `project` …")] = None,
    target_id: TargetText | None = None,
    since: Annotated[AwareDatetime | None, Query(description="Sequenced at or after this moment.")] = None,
    until: Annotated[AwareDatetime | None, Query(description="Sequenced before this moment.")] = None,
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
