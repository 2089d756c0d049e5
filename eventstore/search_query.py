"""The search language of issues, from text to a frozen query: pure, and every error knows its position.

`is:unresolved level:error environment:prod release:1.2 key:value !key:value has:key words "a phrase"`; all parts must hold.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum

MAX_LENGTH = 1000
MAX_PARTS = 20
MAX_TEXTS = 5  # each costs one trigram scan

LEVELS = ("fatal", "error", "warning", "info", "debug")
_KEYWORDS_NEEDING_A_VALUE = ("is", "level", "environment", "release", "has")
_TOKEN = re.compile(r'\s*(?P<negation>!?)(?:(?P<key>[A-Za-z0-9_][A-Za-z0-9_.\-]*):(?!/|:)(?P<quote>")?)?')
_WORD = re.compile(r"\S*")


class IssueCondition(StrEnum):
    """What may follow `is:`."""

    UNRESOLVED = "unresolved"
    RESOLVED = "resolved"
    IGNORED = "ignored"
    NEW = "new"
    ONGOING = "ongoing"
    REGRESSED = "regressed"


class SearchQueryError(Exception):
    """`position` is the 0-based character at which the query stops making sense."""

    def __init__(self, message: str, *, position: int) -> None:
        super().__init__(message)
        self.position = position


@dataclass(frozen=True, slots=True)
class ConditionFilter:
    condition: IssueCondition
    is_negated: bool = False


@dataclass(frozen=True, slots=True)
class LevelFilter:
    level: str
    is_negated: bool = False


@dataclass(frozen=True, slots=True)
class TagFilter:
    """Issues with an event that carries this tag; environment and release are stored as tags too. Any value if None."""

    key: str
    value: str | None
    is_negated: bool = False


@dataclass(frozen=True, slots=True)
class SearchQuery:
    conditions: tuple[ConditionFilter, ...] = ()
    levels: tuple[LevelFilter, ...] = ()
    tags: tuple[TagFilter, ...] = ()
    texts: tuple[str, ...] = ()


@dataclass(slots=True)
class _Draft:
    conditions: list[ConditionFilter] = field(default_factory=list)
    levels: list[LevelFilter] = field(default_factory=list)
    tags: list[TagFilter] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def size(self) -> int:
        return len(self.conditions) + len(self.levels) + len(self.tags) + len(self.texts)


def parse(text: str) -> SearchQuery:
    """The query that `text` asks for; an empty text asks for everything.  Raises SearchQueryError."""
    if len(text) > MAX_LENGTH:
        raise SearchQueryError(f"a query has at most {MAX_LENGTH} characters", position=MAX_LENGTH)
    if "\0" in text:
        raise SearchQueryError("a query has no NUL characters", position=text.index("\0"))
    draft = _Draft()
    position = _skip_spaces(text, 0)
    while position < len(text):
        end = _read_part(text, position, draft=draft)
        if draft.size() > MAX_PARTS:
            raise SearchQueryError(f"a query has at most {MAX_PARTS} parts", position=position)
        if len(draft.texts) > MAX_TEXTS:
            raise SearchQueryError(f"a query has at most {MAX_TEXTS} words; quote a phrase", position=position)
        position = _skip_spaces(text, end)
    return SearchQuery(tuple(draft.conditions), tuple(draft.levels), tuple(draft.tags), tuple(draft.texts))


def _read_part(text: str, start: int, *, draft: _Draft) -> int:
    """Read one part into the draft; the position behind it."""
    match = _TOKEN.match(text, start)
    key = match["key"] if match else None
    if match is None or key is None:
        return _read_text(text, start, draft=draft)
    value_start = match.end()
    if match["quote"]:
        value, end = _read_quoted(text, value_start)
    else:
        word = _WORD.match(text, value_start)
        value, end = (word.group(), word.end()) if word else ("", value_start)
    is_negated = bool(match["negation"])
    if not value and not is_negated and key not in _KEYWORDS_NEEDING_A_VALUE and not match["quote"]:
        draft.texts.append(f"{key}:")  # a pasted title such as `TypeError: x is undefined`
        return end
    if not value:
        raise SearchQueryError(f"{key}: needs a value", position=value_start)
    _add_filter(draft, key, value=value, is_negated=is_negated, position=value_start)
    return end


def _add_filter(draft: _Draft, key: str, *, value: str, is_negated: bool, position: int) -> None:
    match key:
        case "is":
            if value not in list(IssueCondition):
                raise SearchQueryError(f"is: knows {', '.join(IssueCondition)}", position=position)
            draft.conditions.append(ConditionFilter(IssueCondition(value), is_negated))
        case "level":
            if value not in LEVELS:
                raise SearchQueryError(f"level: knows {', '.join(LEVELS)}", position=position)
            draft.levels.append(LevelFilter(value, is_negated))
        case "has":
            draft.tags.append(TagFilter(value, None, is_negated))
        case _:
            draft.tags.append(TagFilter(key, value, is_negated))


def _read_text(text: str, start: int, *, draft: _Draft) -> int:
    if text[start] == "!":
        raise SearchQueryError("! must be followed by key:value", position=start)
    if text[start] == '"':
        phrase, end = _read_quoted(text, start + 1)
        if not phrase.strip():
            raise SearchQueryError("an empty phrase finds nothing", position=start)
        draft.texts.append(phrase)
        return end
    word = _WORD.match(text, start)
    end = word.end() if word else start + 1
    draft.texts.append(text[start:end])
    return end


def _read_quoted(text: str, start: int) -> tuple[str, int]:
    r"""The phrase which starts behind a quote, and the position behind its end; `\"` and `\\` stand for themselves."""
    phrase: list[str] = []
    position = start
    while position < len(text):
        character = text[position]
        if character == '"':
            return "".join(phrase), position + 1
        if character == "\\" and text[position + 1 : position + 2] in {'"', "\\"}:
            position += 1
            character = text[position]
        phrase.append(character)
        position += 1
    raise SearchQueryError("the quote is never closed", position=start - 1)


def _skip_spaces(text: str, position: int) -> int:
    while position < len(text) and text[position].isspace():
        position += 1
    return position
