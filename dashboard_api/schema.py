"""What all answers and bodies of the API have in common."""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints


class Answer(BaseModel):
    """A part of an answer; every field is always there."""

    model_config = ConfigDict(frozen=True, json_schema_serialization_defaults_required=True)


class Body(BaseModel):
    """A part of a request's body; a field that is not known is an error, not ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class FieldProblem(Answer):
    location: str
    message: str


class Problem(Answer):
    """RFC 9457; `code` is stable and meant for programs, `request_id` for whoever looks into the log, `position` belongs to a query."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str | None = None
    code: str
    request_id: str | None = None
    position: int | None = None
    fields: list[FieldProblem] = []


class Period(StrEnum):
    DAY = "24h"
    WEEK = "7d"
    TWO_WEEKS = "14d"
    MONTH = "30d"


def without_control_characters(text: str) -> str:
    if not text.isprintable():
        raise ValueError("has control characters")
    return text


Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), AfterValidator(without_control_characters)
]
