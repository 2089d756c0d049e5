"""Python's traceback.format_exception: chains oldest first, groups with their members."""

import re
from itertools import takewhile

from processing.stack_text.parsed import TextException, TextFrame, split_headline

_START = re.compile(r"^\s*(?:Exception Group )?Traceback \(most recent call last\):$")
_FRAME = re.compile(r'^\s+File "([^"\n]{1,1000})", line (\d{1,9})(?:, in (.{1,1000}))?$')
_GROUP_MARGIN = re.compile(r"^ *(?:\| ?|\+ (?=Exc))")
_GROUP_RULE = re.compile(r"^ *\+[-+]{2,}(?: [\d.]+ -+)?$")
_MARKER = re.compile(r"^\s+[~^]+\s*$")
_REPEATED = re.compile(r"^\s+\[Previous line repeated \d+ more times?\]$")
_LINKS = frozenset(
    {
        "The above exception was the direct cause of the following exception:",
        "During handling of the above exception, another exception occurred:",
    }
)
_INSTALLED = re.compile(r"^.{0,1000}[/\\](?:site-packages|dist-packages)[/\\]|^.{0,1000}[/\\]lib[/\\]python\d[\d.]*[/\\]")


def parse(lines: list[str]) -> list[TextException]:
    """Oldest cause first, the main exception last; members of a group count as causes of it."""
    if not any("Exception Group Traceback" in line for line in lines):
        return _chain(lines)
    first, *members = _blocks(lines)
    return [exception for member in members for exception in _chain(member) or [_section(member)]] + _chain(first)


def _blocks(lines: list[str]) -> list[list[str]]:
    """The group's own text, then that of each member, without margins."""
    blocks: list[list[str]] = [[]]
    for line in lines:
        if not _GROUP_RULE.match(line):
            blocks[-1].append(_GROUP_MARGIN.sub("", line))
        elif blocks[-1]:
            blocks.append([])
    return [block for block in blocks if any(line.strip() for line in block)]


def _chain(lines: list[str]) -> list[TextException]:
    starts = [place for place, line in enumerate(lines) if _START.match(line)]
    if not starts:  # traceback.format_tb, or no trace at all
        return [_section(lines)] if any(_FRAME.match(line) for line in lines) else []
    return [_section(lines[start + 1 : end]) for start, end in zip(starts, [*starts[1:], len(lines)], strict=True)]


def _section(lines: list[str]) -> TextException:
    frames: list[TextFrame] = []
    place = 0 if any(_FRAME.match(line) for line in lines) else len(lines)
    while place < len(lines):
        found = _FRAME.match(lines[place])
        if found is None:
            if frames and not lines[place].startswith("    ") and not _REPEATED.match(lines[place]):
                break
            place += 1
            continue
        following = lines[place + 1] if place + 1 < len(lines) else ""
        has_source = following.startswith("    ") and not _FRAME.match(following) and not _MARKER.match(following)
        frames.append(_frame(found, following.strip() if has_source else None))
        place += 1 + has_source
    kind, value = _headline(lines[place:] if frames else lines)
    return TextException(kind, value, tuple(frames))


def _headline(lines: list[str]) -> tuple[str | None, str | None]:
    """The lines after the frames: `Type: value`, the value over several lines, until the next link of the chain."""
    own = [*takewhile(lambda line: line.strip() not in _LINKS and set(line.strip()) != {"-"}, lines)]
    while own and not own[-1].strip():
        own.pop()
    if not own:
        return None, None
    kind, value = split_headline(own[0])
    rest = "\n".join(own[1:])
    return kind, f"{value or ''}\n{rest}" if rest else value


def _frame(found: re.Match[str], source: str | None) -> TextFrame:
    path, function = found[1], found[3]
    installed = _INSTALLED.sub("", path)
    module = None
    if installed != path and installed.endswith(".py"):
        module = re.sub(r"[/\\]", ".", installed.removesuffix(".py")).removesuffix(".__init__")
    return TextFrame(
        function=function,
        module=module,
        path=path,
        filename=installed if installed != path else None,
        line=int(found[2]),
        source=source,
    )
