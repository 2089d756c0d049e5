"""JavaScript's Error.stack: V8 (Node.js, Chrome) and SpiderMonkey or JavaScriptCore (Firefox, Safari); newest call first."""

import re

from processing.stack_text.parsed import TextException, TextFrame, split_headline

_V8_POSITION = re.compile(r"^(.{1,2000}?)(?::(\d{1,9}))?:(\d{1,9})$")
_EVAL = re.compile(r"^eval at .{1,1000}, (<anonymous>|[^,]{1,500})$")
_GECKO = re.compile(r"^(?:(.{0,1000})@)?((?:[a-z][a-z0-9+.-]{1,30}:|/|<anonymous>|\[native code\]).{0,2000}?)$", re.IGNORECASE)
_LINK = re.compile(r"^\s*(?:\[cause\]|Caused by): (.*)$")
_PREFIXES = re.compile(r"^(?:async\*?|new|bound|global code) ?(?=\S)")
_NAMELESS = frozenset({"", "<anonymous>", "anonymous", "global code", "module code", "eval code"})


def parse(lines: list[str]) -> list[TextException]:
    """Oldest cause first, the main exception last."""
    sections: list[tuple[list[str], list[TextFrame]]] = [([], [])]
    for line in lines:
        link = _LINK.match(line)
        if link is not None:
            sections.append(([link[1].rstrip("{ ")], []))
            continue
        headline, frames = sections[-1]
        frame = _v8_frame(line) if line.lstrip().startswith("at ") else _gecko_frame(line)
        if frame is not None:
            frames.append(frame)
        elif not frames and line.strip():
            headline.append(line)
    if not any(frames for _, frames in sections):
        return []
    return [_exception(headline, frames) for headline, frames in reversed(sections)]


def _exception(headline: list[str], frames: list[TextFrame]) -> TextException:
    kind, value = split_headline(headline[0].removeprefix("Uncaught ")) if headline else (None, None)
    if len(headline) > 1:
        value = "\n".join([value or "", *headline[1:]])
    return TextException(kind, value, tuple(reversed(frames)))


def _v8_frame(line: str) -> TextFrame | None:
    text = line.strip().removeprefix("at ").removesuffix(" {")
    function, opening, place = text.partition(" (")
    if not opening or not place.endswith(")"):
        function, place = "", text
    place = place.removesuffix(")") if opening else place
    if function == "" and place.startswith("async "):
        place = place.removeprefix("async ")
    if (nested := _EVAL.match(place)) is not None:
        place = nested[1]
    position = _V8_POSITION.match(place)
    if position is None:
        if not function and place not in {"<anonymous>", "native"}:
            return None
        return TextFrame(function=_name(function), path=place if place != "index 0" else None)
    path, line_number, column = position.groups()
    if line_number is None:
        line_number, column = column, None
    return _frame(function, path, line_number, column)


def _gecko_frame(line: str) -> TextFrame | None:
    text = line.strip()
    if "@" not in text and not _V8_POSITION.match(text):
        return TextFrame(path="[native code]") if text == "[native code]" else None
    found = _GECKO.match(text)
    if found is None:
        return None
    position = _V8_POSITION.match(found[2])
    if position is None:
        return TextFrame(function=_name(found[1] or ""), path=found[2]) if found[2] == "[native code]" else None
    path, line_number, column = position.groups()
    if line_number is None:
        line_number, column = column, None
    if " line " in path and " > " in path:  # http://host/a.js line 3 > eval
        path = path.partition(" line ")[0]
    return _frame((found[1] or "").rstrip("/<"), path, line_number, column)


def _frame(function: str, path: str, line: str, column: str | None) -> TextFrame:
    return TextFrame(function=_name(function), path=path, line=int(line), column=int(column) if column else None)


def _name(function: str) -> str | None:
    """The name without `async`, `new` and the alias `[as x]`; None for a function without name."""
    name = _PREFIXES.sub("", function.strip()).partition(" [as ")[0].strip()
    return None if name in _NAMELESS else name
