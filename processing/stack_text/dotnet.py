""".NET's Exception.ToString: newest call first, inner exceptions inside the text of the outer one."""

import re

import msgspec

from processing.stack_text.parsed import TextException, TextFrame, split_headline

_FRAME = re.compile(r"^\s*at (.{1,1500}?)\(([^\n]{0,1000}?)\)(?: in (.{1,1000}):line (\d{1,9}))?\s*$")
_INNER = re.compile(r"^\s*---> (?:\(Inner Exception #\d{1,4}\) )?(.*)$")
_END_OF_INNER = re.compile(r"^\s*--- End of inner exception stack trace ---")
_SEPARATOR = re.compile(r"^\s*(?:--- End of stack trace from previous location|---? ?End of)")
_STATE_MACHINE = re.compile(r"^(.*)\.<(\w{1,200})>[a-z]__\d+(?:`\d+)?$")
_HEADLINE = re.compile(r"^[\w.+`]{1,300}(?: \([^()]{1,100}\))?(?:: |:?$)")


class _Open(msgspec.Struct):
    headline: list[str]
    frames: list[TextFrame]  # newest first


def parse(lines: list[str]) -> list[TextException]:
    """Oldest cause first, the main exception last."""
    if not lines:
        return []
    found: list[_Open] = []
    path: list[_Open] = []  # from the outermost to the one whose lines are read
    for line in lines:
        inner = _INNER.match(line)
        if inner is not None or not path:
            one = _Open([inner[1] if inner is not None else line.strip()], [])
            if not found and (frame := _FRAME.match(line)) is not None:  # Exception.StackTrace alone
                one = _Open([], [_frame(frame)])
            found.append(one)
            path.append(one)
        elif _END_OF_INNER.match(line):
            del path[max(1, len(path) - 1) :]
        elif (frame := _FRAME.match(line)) is not None:
            path[-1].frames.append(_frame(frame))
        elif line.rstrip().endswith("<---") and len(path) > 1:
            path.pop()
        elif not path[-1].frames and not _SEPARATOR.match(line):
            path[-1].headline.append(line)
    if not any(one.frames for one in found):
        return []
    return [_closed(one) for one in reversed(found)]


def _closed(one: _Open) -> TextException:
    if not one.headline:
        return TextException(None, None, tuple(reversed(one.frames)))
    first, *further = one.headline
    kind, value = split_headline(first) if _HEADLINE.match(first) else (None, first)
    rest = "\n".join(further).rstrip()
    if rest:
        value = f"{value or ''}\n{rest}"
    return TextException(kind, value, tuple(reversed(one.frames)))


def _frame(found: re.Match[str]) -> TextFrame:
    qualified = found[1]
    module, _, function = qualified.rpartition(".")
    if module.endswith("."):  # Shop.Cart..ctor
        module, function = module[:-1], f".{function}"
    if function == "MoveNext" and (machine := _STATE_MACHINE.match(module)) is not None:
        module, function = machine[1], machine[2]
    return TextFrame(
        function=function or None, module=module or None, path=found[3], line=int(found[4]) if found[4] is not None else None
    )
