"""Go's runtime.Stack and panics: pairs of lines, newest call first; also the "%+v" of errors that carry a stack."""

import re
from itertools import pairwise

from processing.stack_text.parsed import TextException, TextFrame

_GOROUTINE = re.compile(r"^goroutine \d+ .{0,200}\[.{1,200}\]:$")
_PLACE = re.compile(r"^\s+(\S.{0,1000}?):(\d{1,9})(?: \+0x[0-9a-f]+)?(?: fp=.*)?$")
_PANIC = re.compile(r"^(?:panic|fatal error): (.*)$")
_CREATED = re.compile(r"^created by (.{1,1000}?)(?: in goroutine \d+)?$")
# What only shows how the trace was taken.
_TAKERS = ("runtime/debug.Stack", "runtime.Stack", "go.opentelemetry.io/otel/sdk/trace.")
_MAX_CALLS = 2_000


def parse(lines: list[str]) -> list[TextException]:
    """One exception: the first goroutine is the one that failed."""
    value = next((found[1] for line in lines[:20] if (found := _PANIC.match(line))), None)
    starts = [place for place, line in enumerate(lines) if _GOROUTINE.match(line)]
    own = lines[starts[0] + 1 : starts[1] if len(starts) > 1 else None] if starts else lines
    frames: list[TextFrame] = []
    for call, place in pairwise(own):
        position = _PLACE.match(place)
        if position is None or not call.strip() or call.startswith(("\t", " ")):
            continue
        frames.append(_frame(call.strip(), position[1], int(position[2])))
        if len(frames) == _MAX_CALLS:
            break
    if not frames:
        return []
    kind = None if value is None else "panic"
    return [TextException(kind, value, tuple(reversed(_without_takers(frames))))]


def _without_takers(frames: list[TextFrame]) -> list[TextFrame]:
    """Frames newest first without those at the top that recorded the trace."""
    start = 0
    while start < len(frames) and f"{frames[start].module}.{frames[start].function}".startswith(_TAKERS):
        start += 1
    return frames[start:] or frames


def _without_arguments(call: str) -> str:
    """`main.(*Cart).Pay` of `main.(*Cart).Pay(0xc0, {0x1, 0x2})`: up to the bracket which the last one closes."""
    depth = 0
    for place in range(len(call) - 1, -1, -1):
        depth += (call[place] == ")") - (call[place] == "(")
        if depth == 0:
            return call[:place] if place < len(call) - 1 else call
    return call


def _frame(call: str, path: str, line: int) -> TextFrame:
    created = _CREATED.match(call)
    qualified = created[1] if created is not None else _without_arguments(call)
    # The package ends at the first dot after the last slash: example.com/shop/v2.(*Cart).Pay
    directory, slash, rest = qualified.rpartition("/")
    package, dot, function = rest.partition(".")
    if not dot:
        return TextFrame(function=qualified, path=path, line=line)
    return TextFrame(function=function, module=f"{directory}{slash}{package}".replace("%2e", "."), path=path, line=line)
