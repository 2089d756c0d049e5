from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard_api import pagination
from dashboard_api.events import EventPosition
from dashboard_api.issues import IssuePosition
from dashboard_api.refusals import InvalidCursorError
from eventstore.issues import IssueSort


class Numbered(msgspec.Struct, frozen=True, array_like=True):
    number: Annotated[int, msgspec.Meta(ge=0)]


@given(st.datetimes(timezones=st.just(UTC)), st.uuids())
def test_a_cursor_gives_its_position_back_to_the_microsecond(moment: datetime, issue_id: UUID) -> None:
    position = IssuePosition(IssueSort.LAST_SEEN, moment, issue_id)

    assert pagination.decode(pagination.encode(position), IssuePosition) == position


@given(st.text(max_size=80))
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(InvalidCursorError):
        pagination.decode(text, EventPosition)


def test_the_cursor_of_another_list_is_refused() -> None:
    with pytest.raises(InvalidCursorError):
        pagination.decode(pagination.encode(Numbered(5)), EventPosition)


@pytest.mark.parametrize("value", [-1, 2**63, "2026-01-01T00:00:00", "never"])
def test_a_position_which_no_page_ends_at_is_refused(value: object) -> None:
    forged = pagination.encode(msgspec.defstruct("Forged", ["a", "b", "c"], array_like=True)("last_seen", value, UUID(int=1)))
    with pytest.raises(InvalidCursorError):
        pagination.decode(forged, IssuePosition)
