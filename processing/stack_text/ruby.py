"""Ruby's Exception#full_message in both orders, and a plain backtrace; causes follow what they caused."""

import re

import msgspec

from processing.stack_text.parsed import TextException, TextFrame

_CALL = r"([^\n:]{1,1000}|[A-Za-z]:[^\n:]{1,1000}|<internal:[^>\n]{1,200}>):(\d{1,9})(?::in [`'](.{1,1000}?)')?"
_FRAME = re.compile(rf"^\s*(?:\d{{1,6}}: )?(?:from )?{_CALL}$")
_HEAD = re.compile(rf"^{_CALL}: (.*)$")
_HEAD_WITHOUT_PLACE = re.compile(r"^(.*) \(([A-Z][\w:]{0,200})\)$")
_TYPE = re.compile(r"^(.*?) ?\(([A-Z]\w*(?:::[A-Z]\w*)*)\)$")
_INSTALLED = re.compile(r"[/\\](?:gems|lib[/\\]ruby)[/\\](?:[\d.]+[/\\])?(?:gems[/\\])?")
_BOTTOM_ORDER = "Traceback (most recent call last):"


class _Open(msgspec.Struct):
    message: list[str]
    frames: list[TextFrame]  # newest first
    type: str | None = None


def parse(lines: list[str]) -> list[TextException]:
    """Oldest cause first, the main exception last."""
    if lines and lines[0].strip() == _BOTTOM_ORDER:
        return _parse_bottom_order(lines[1:])
    found: list[_Open] = []
    for line in lines:
        head = None if line.startswith(("\t", " ")) else _HEAD.match(line)
        if head is not None and not _FRAME.match(line):
            found.append(_opened(head))
        elif (frame := _FRAME.match(line)) is not None:
            if not found:
                found.append(_Open([], []))
            found[-1].frames.append(_frame(frame[1], frame[2], frame[3]))
        elif found and len(found[-1].frames) <= 1 and line.strip():
            _continue_message(found[-1], line)
        elif not found and (plain := _HEAD_WITHOUT_PLACE.match(line)) is not None:
            found.append(_Open([plain[1]], [], plain[2]))
    if not any(one.frames for one in found):
        return []
    return [_closed(one) for one in reversed(found)]


def _parse_bottom_order(lines: list[str]) -> list[TextException]:
    """Oldest call first, the message at the end; what follows the message belongs to it."""
    calls = [found for line in lines if line[:1].isspace() and (found := _FRAME.match(line)) is not None]
    rest = [line for line in lines if line.strip() and not (line[:1].isspace() and _FRAME.match(line))]
    head = _HEAD.match(rest[0]) if rest else None
    if head is None:
        return []
    one = _opened(head)
    for line in rest[1:]:
        _continue_message(one, line)
    one.frames.extend(_frame(call[1], call[2], call[3]) for call in reversed(calls))
    return [_closed(one)]


def _opened(head: re.Match[str]) -> _Open:
    typed = _TYPE.match(head[4])
    message, kind = (typed[1], typed[2]) if typed is not None else (head[4], None)
    return _Open([message], [_frame(head[1], head[2], head[3])], kind)


def _continue_message(one: _Open, line: str) -> None:
    typed = _TYPE.match(line) if one.type is None else None
    if typed is None:
        one.message.append(line)
    else:
        one.message.append(typed[1])
        one.type = typed[2]


def _closed(one: _Open) -> TextException:
    value = "\n".join(one.message).strip()
    return TextException(one.type, value or None, tuple(reversed(one.frames)))


def _frame(path: str, line: str, function: str | None) -> TextFrame:
    found = _INSTALLED.split(path)
    return TextFrame(function=function, path=path, filename=found[-1] if len(found) > 1 else None, line=int(line))
