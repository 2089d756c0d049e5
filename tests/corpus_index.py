"""The recorded corpus and its INDEX.md: what was sent and what a correct server extracts from it."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CORPUS = Path(__file__).parent / "corpus"
_FIELD = re.compile(
    r"; (?=(?:mech |\d+ frames|msg \"|level=|logger=|culprit=|transaction=|release=|environment=|dist=|user |tags [{\[]|fingerprint \[))"
)
_EVENT_PART = re.compile(r"(?:exc |msg \"|level=|release=)")
_FRAMES = re.compile(r"(\d+) frames, (\d+) in_app(?:, top (in-app )?(.*) in (.*):(\S*))?$", re.DOTALL)
_EXCEPTION = re.compile(r"exc (.*?): \"(.*)\"$", re.DOTALL)


@dataclass(frozen=True)
class ExpectedFrame:
    where: str  # module, else filename
    function: str
    line: str
    is_in_app: bool


@dataclass(frozen=True)
class ExpectedEvent:
    """What INDEX.md says of one event item; None for what it does not mention.

    `value` and `message` end in "..." when INDEX.md cut them; white space and control characters are one space each.
    """

    types: tuple[str, ...] = ()  # the main exception first, then its causes; "None" for an exception without type
    value: str | None = None
    handled: bool | None = None
    frame_count: int | None = None
    in_app_count: int | None = None
    top_frame: ExpectedFrame | None = None
    message: str | None = None
    level: str | None = None
    logger: str | None = None
    culprit: str | None = None
    transaction: str | None = None
    release: str | None = None
    environment: str | None = None
    dist: str | None = None
    user: tuple[tuple[str, str], ...] = ()
    tags: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True)
class CorpusRow:
    folder: str  # SDK and version
    name: str  # case and number
    exercises: str
    items: tuple[str, ...]
    expected: str  # as written
    answered: int  # what the recording server answered; 0: it dropped the connection

    @property
    def path(self) -> str:
        return f"{self.folder}/{self.name}"


@dataclass(frozen=True)
class RecordedRequest:
    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes  # as sent, still content-encoded, without chunks


def rows() -> list[CorpusRow]:
    """All requests of INDEX.md, in its order."""
    found, folder = [], ""
    for line in (CORPUS / "INDEX.md").read_text().split("\n"):  # other line ends are part of recorded texts
        if line.startswith("## "):
            folder = line.removeprefix("## ").strip()
        elif line.startswith("| ") and not line.startswith(("| request ", "|---")):
            found.append(_row(folder, line))
    return found


def expected_events(row: CorpusRow) -> list[ExpectedEvent]:
    """One for each event item of the request, in the order of its items."""
    if not {"event", "(store)"} & set(row.items):
        return []
    return [_event(part) for part in row.expected.split(" // ") if _EVENT_PART.match(part)]


def recorded_request(path: str) -> RecordedRequest:
    recorded = json.loads((CORPUS / f"{path}.headers.json").read_text())
    body = CORPUS / f"{path}.body"
    return RecordedRequest(
        method=recorded["method"],
        path=recorded["path"],
        query=recorded["query"],
        headers=tuple((name, value) for name, value in recorded["headers"]),
        body=body.read_bytes() if body.exists() else b"",
    )


def _row(folder: str, line: str) -> CorpusRow:
    cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
    name, exercises, _, items, expected, answered = cells
    return CorpusRow(folder, name, exercises, tuple(items.split(", ")) if items else (), expected, int(answered))


def _event(text: str) -> ExpectedEvent:
    fields: dict[str, object] = {}
    for part in _FIELD.split(text.strip()):
        fields.update(_parsed(part))
    return ExpectedEvent(**fields)  # type: ignore[arg-type]  # the names and types are those which _parsed makes


def _parsed(part: str) -> Iterator[tuple[str, object]]:
    if part.startswith("exc "):
        found = _EXCEPTION.match(part)
        assert found is not None, part
        yield "types", tuple(found.group(1).split(" <- "))
        yield "value", found.group(2)
    elif part.startswith("mech "):
        yield "handled", {"True": True, "False": False}.get(part.rpartition("=")[2])
    elif frames := _FRAMES.match(part):
        yield "frame_count", int(frames.group(1))
        yield "in_app_count", int(frames.group(2))
        if frames.group(4) is not None:
            yield "top_frame", ExpectedFrame(frames.group(4), frames.group(5), frames.group(6), frames.group(3) is not None)
    elif part.startswith("msg "):
        yield "message", part.removeprefix("msg ").strip().removeprefix('"').removesuffix('"')
    elif part.startswith("user "):
        yield "user", tuple(_pair(pair) for pair in part.removeprefix("user ").split(","))
    elif part.startswith("tags "):
        yield "tags", _tags(part.removeprefix("tags "))
    elif not part.startswith("fingerprint "):
        yield _pair(part)


def _tags(text: str) -> tuple[tuple[str, object], ...]:
    """An object or a list of pairs; of a text that was cut the whole members."""
    if text.endswith("..."):
        text = text[: text.rindex(', "')] + "}"
    tags = json.loads(text)
    return tuple((str(key), value) for key, value in (tags.items() if isinstance(tags, dict) else tags))


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name, value
