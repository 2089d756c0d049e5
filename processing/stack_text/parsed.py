"""What the text of a stack trace says, the same for every language."""

import msgspec


class TextFrame(msgspec.Struct, frozen=True):
    function: str | None = None
    module: str | None = None
    path: str | None = None  # absolute or as printed
    filename: str | None = None  # shorter than the path, where the language tells
    line: int | None = None
    column: int | None = None
    source: str | None = None  # the line of code


class TextException(msgspec.Struct, frozen=True):
    type: str | None
    value: str | None
    frames: tuple[TextFrame, ...]  # oldest call first, as on Sentry's wire
    is_suppressed: bool = False  # happened beside the main exception instead of causing it


def split_headline(line: str) -> tuple[str | None, str | None]:
    """Type and value of `Type: value`; the type alone if nothing follows."""
    name, colon, value = line.partition(": ")
    if not colon:
        name = line.removesuffix(":")
    return name.strip() or None, value.strip() or None
