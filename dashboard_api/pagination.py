"""Opaque cursors of keyset pages: where a page ended, so that new rows never shift or repeat what follows."""

import base64
import binascii
from typing import Annotated, TypeVar

import msgspec
from fastapi import Query

from dashboard_api.refusals import InvalidCursorError

MAX_CURSOR_LENGTH = 400
DEFAULT_LIMIT = 50
MAX_LIMIT = 100

Cursor = Annotated[str | None, Query(max_length=MAX_CURSOR_LENGTH, description="`next_cursor` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT)]

_Position = TypeVar("_Position", bound=msgspec.Struct)


def encode(position: msgspec.Struct) -> str:
    """URL-safe text of a position; it grants nothing, so it needs no signature."""
    return base64.urlsafe_b64encode(msgspec.json.encode(position)).decode("ascii").rstrip("=")


def decode(cursor: str, kind: type[_Position]) -> _Position:
    """The position; raises InvalidCursorError for a text which `encode` did not make for this kind of list."""
    padded = cursor + "=" * (-len(cursor) % 4)
    try:
        return msgspec.json.decode(base64.b64decode(padded, altchars=b"-_", validate=True), type=kind)
    except (binascii.Error, ValueError) as error:  # msgspec's errors are ValueErrors
        raise InvalidCursorError from error
