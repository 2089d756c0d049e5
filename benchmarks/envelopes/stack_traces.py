"""Stack traces of an invented shop: the frames of a trace are fixed, so that its events become one issue."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from benchmarks.envelopes.vocabulary import EXCEPTION_TYPES, LIBRARIES, WORDS

_OWN_WORDS = 28  # real code repeats a small vocabulary; this is what makes bodies compress as real ones do
_REPEATED_FRAMES = 0.25  # middleware chains and recursion
_LIBRARY_FRAMES = 0.55


@dataclass(frozen=True, slots=True)
class TraceShape:
    frames: tuple[int, int]  # least and most
    context_lines: int  # before and after the failing line
    variables: int  # most per frame
    variable_items: int  # lists and objects hold three times as many


@dataclass(frozen=True, slots=True)
class Frame:
    fields: dict[str, object]
    variables: tuple[tuple[str, int], ...]  # name and kind; the values differ from event to event


@dataclass(frozen=True, slots=True)
class StackTrace:
    """What the events of one issue have together."""

    words: tuple[str, ...]
    exception_type: str
    message: str  # with one %s
    module: str
    transaction: str
    frames: tuple[Frame, ...]
    shape: TraceShape


def make_identifier(random: Random, words: Sequence[str], *, parts: int = 2) -> str:
    return "_".join(random.choice(words) for _ in range(parts))


def make_trace(random: Random, shape: TraceShape) -> StackTrace:
    words = tuple(random.sample(WORDS, _OWN_WORDS))
    frames: list[Frame] = []
    for _ in range(random.randint(*shape.frames)):
        is_repeated = bool(frames) and random.random() < _REPEATED_FRAMES
        frames.append(random.choice(frames) if is_repeated else _make_frame(random, words, shape))
    return StackTrace(
        words=words,
        exception_type=random.choice(EXCEPTION_TYPES),
        message=f"{make_identifier(random, words)} {make_identifier(random, words)} for {random.choice(WORDS)} %s",
        module=f"shop.{random.choice(words)}",
        transaction="/" + "/".join(random.choice(words) for _ in range(3)) + "/{id}",
        frames=tuple(frames),
        shape=shape,
    )


def variable_value(random: Random, trace: StackTrace, kind: int) -> object:
    """One of six kinds of local variable."""
    words, count = trace.words, 3 * trace.shape.variable_items
    match kind:
        case 0:
            return str(random.randrange(10**9))
        case 1:
            return repr(make_identifier(random, words))
        case 2:
            return f"<{random.choice(words).title()} object at 0x7f{random.getrandbits(40):010x}>"
        case 3:
            return [str(random.randrange(1000)) for _ in range(count)]
        case 4:
            return {random.choice(words): str(random.randrange(10**6)) for _ in range(count)}
        case _:
            return "None"


def _make_frame(random: Random, words: Sequence[str], shape: TraceShape) -> Frame:
    is_library = random.random() < _LIBRARY_FRAMES
    folders = "/".join(random.choice(words) for _ in range(random.randint(1, 3)))
    folder = random.choice(LIBRARIES) if is_library else f"shop/{folders}"
    filename = f"{folder}/{make_identifier(random, words)}.py"
    prefix = "/usr/local/lib/python3.12/site-packages/" if is_library else "/srv/app/src/"
    fields: dict[str, object] = {
        "filename": filename,
        "abs_path": prefix + filename,
        "function": make_identifier(random, words, parts=random.randint(1, 3)),
        "module": filename.removesuffix(".py").replace("/", "."),
        "lineno": random.randint(10, 1800),
        "in_app": not is_library,
    }
    if shape.context_lines:
        depth = random.randint(1, 3)
        fields["pre_context"] = [_code_line(random, words, depth) for _ in range(shape.context_lines)]
        fields["context_line"] = _code_line(random, words, depth)
        fields["post_context"] = [_code_line(random, words, depth) for _ in range(shape.context_lines)]
    count = random.randint(0, shape.variables)
    return Frame(fields, tuple((make_identifier(random, words), random.randrange(6)) for _ in range(count)))


def _code_line(random: Random, words: Sequence[str], depth: int) -> str:
    first, second, third = make_identifier(random, words), random.choice(words), make_identifier(random, words)
    line = random.choice(
        (
            f"{first} = self.{second}({third})",
            f"if {first}.{second} is not None:",
            f"for {second} in {first}:",
            f"return {first}.{second}({third})",
            f"{first}[{second!r}] = {third}",
            f"raise {random.choice(EXCEPTION_TYPES)}({first})",
            "",
        )
    )
    return "    " * depth + line
