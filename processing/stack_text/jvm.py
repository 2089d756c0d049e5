"""Java's and Kotlin's Throwable.printStackTrace: newest call first, causes after what they caused, common frames left out."""

import re

import msgspec

from processing.stack_text.parsed import TextException, TextFrame, split_headline

# The class loader and the module may stand before the class: "java.base@17/java.lang.Thread.run(Thread.java:829)".
_FRAME = re.compile(r"^\s*at (?:[\w.@-]{0,200}/){0,2}([^\s(]{1,1000})\(([^()]{0,500})\)")
_MORE = re.compile(r"^\s*\.\.\. (\d{1,6}) (?:more|common frames omitted)")
_LINK = re.compile(r"^(\s*)(Caused by|Suppressed): (.*)$")
_THREAD = re.compile(r'^Exception in thread "[^"]{0,200}" ')


class _Open(msgspec.Struct):
    """An exception while its lines are read; frames newest first."""

    headline: list[str]
    depth: int  # tabs: members of a suppressed exception are indented
    is_suppressed: bool
    parent: "_Open | None"
    frames: list[TextFrame]


def parse(lines: list[str]) -> list[TextException]:
    """Oldest cause first, the main exception last."""
    found: list[_Open] = []
    for line in lines:
        link = _LINK.match(line)
        if link is not None:
            depth = len(link[1])
            is_suppressed = link[2] == "Suppressed" or any(
                one.is_suppressed and one.depth <= depth and depth for one in found[-1:]
            )
            found.append(_Open([link[3]], depth, is_suppressed, _parent(found, depth, link[2]), []))
        elif not found:
            if line.strip():
                found.append(_Open([_THREAD.sub("", line.strip())], 0, is_suppressed=False, parent=None, frames=[]))
        elif (frame := _FRAME.match(line)) is not None:
            found[-1].frames.append(_frame(frame[1], frame[2]))
        elif (more := _MORE.match(line)) is not None:
            _restore_common(found[-1], int(more[1]))
        elif not found[-1].frames and not line.lstrip().startswith("["):
            found[-1].headline.append(line)
    if not any(one.frames for one in found):
        return []
    return [_closed(one) for one in reversed(found)]


def _parent(found: list[_Open], depth: int, word: str) -> _Open | None:
    """The trace whose tail a cause or a suppressed exception shares."""
    for one in reversed(found):
        if one.depth == depth and word == "Caused by":
            return one
        if one.depth < depth:
            return one
    return found[-1] if found else None


def _restore_common(one: _Open, count: int) -> None:
    if one.parent is not None and 0 < count <= len(one.parent.frames):
        one.frames.extend(one.parent.frames[-count:])


def _closed(one: _Open) -> TextException:
    kind, value = split_headline(one.headline[0])
    further = "\n".join(one.headline[1:]).rstrip()
    if further:
        value = f"{value or ''}\n{further}"
    return TextException(kind, value, tuple(reversed(one.frames)), is_suppressed=one.is_suppressed)


def _frame(qualified: str, place: str) -> TextFrame:
    module, _, function = qualified.rpartition(".")
    filename, _, line = place.rpartition(":") if place.rpartition(":")[2].isdigit() else (place, "", "")
    is_file = "." in filename
    return TextFrame(
        function=function or None,
        module=module or None,
        filename=filename if is_file else None,
        line=int(line) if line and len(line) < 10 else None,
    )
