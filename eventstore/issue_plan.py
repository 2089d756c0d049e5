"""Which event belongs to which issue: pure matching of fingerprints, before anything is written."""

from collections.abc import Iterable, Mapping
from typing import TypeAlias
from uuid import UUID

import msgspec

from eventstore.new_event import Fingerprint, NewEvent

FingerprintKey: TypeAlias = tuple[int, bytes]  # project id, digest


class IssuePlan(msgspec.Struct, frozen=True):
    """`issue_of` covers every event; `founders` are the first events of issues to be made, by the new issue's id."""

    issue_of: dict[tuple[int, UUID], UUID]  # (project id, event id) -> issue id
    founders: dict[UUID, NewEvent]
    new_fingerprints: dict[FingerprintKey, tuple[Fingerprint, UUID]]


def keys_of(events: Iterable[NewEvent]) -> set[FingerprintKey]:
    return {(event.project_id, fingerprint.digest) for event in events for fingerprint in event.fingerprints}


def plan_issues(events: Iterable[NewEvent], known: Mapping[FingerprintKey, UUID], *, new_ids: Iterable[UUID]) -> IssuePlan:
    """Match each event by its first fingerprint that is known, in the store or earlier in the batch.

    Its other fingerprints then lead to the same issue from now on: so an issue survives a new grouping version.
    """
    fresh_ids = iter(new_ids)
    seen: dict[FingerprintKey, UUID] = dict(known)
    plan = IssuePlan(issue_of={}, founders={}, new_fingerprints={})
    for event in events:
        keys = [(event.project_id, fingerprint.digest) for fingerprint in event.fingerprints]
        issue_id = next((seen[key] for key in keys if key in seen), None)
        if issue_id is None:
            issue_id = next(fresh_ids)
            plan.founders[issue_id] = event
        for key, fingerprint in zip(keys, event.fingerprints, strict=True):
            if key not in seen:
                seen[key] = issue_id
                plan.new_fingerprints[key] = (fingerprint, issue_id)
        plan.issue_of[event.project_id, event.event_id] = issue_id
    return plan
