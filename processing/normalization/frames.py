"""Stack traces: frames of every platform as canonical frames, oldest call first."""

from processing.normalization import in_app, limits, scalars
from processing.normalization.debug_images import ImageIndex
from processing.normalization.remarks import RemarkLog
from processing.normalization.trimming import Trimmer

_NAMES = (
    ("function", "function"), ("module", "module"), ("filename", "filename"), ("abs_path", "abs_path"),
    ("package", "package"), ("platform", "platform"), ("addr_mode", "address_mode"),
)  # fmt: skip
_ADDRESSES = (
    ("instruction_addr", "instruction_address"), ("symbol_addr", "symbol_address"), ("image_addr", "image_address"),
)  # fmt: skip
_LINE_ENDS = frozenset("\r\n")


class FrameReader:
    """Reads the stack traces of one event."""

    def __init__(self, *, platform: str, images: ImageIndex, trimmer: Trimmer, remarks: RemarkLog) -> None:
        self._platform = platform
        self._images = images
        self._trimmer = trimmer
        self._remarks = remarks

    def read(self, stacktrace: object, path: str) -> list[dict[str, object]]:
        """The frames of a wire stack trace (an object with `frames`, or the list itself); [] if there are none."""
        frames = stacktrace.get("frames") if isinstance(stacktrace, dict) else stacktrace
        if not isinstance(frames, list) or not frames:
            return []
        sent = [frame for frame in frames if isinstance(frame, dict)]
        if len(sent) > limits.MAX_FRAMES:
            half = limits.MAX_FRAMES // 2
            self._remarks.add(path, "frames_trimmed", detail=f"{len(sent) - 2 * half} dropped")
            sent = sent[:half] + sent[-half:]
        others_are_marked = any(frame.get("in_app") is True for frame in sent)
        return [self._frame(frame, path, others_are_marked=others_are_marked) for frame in sent]

    def _frame(self, sent: dict[str, object], path: str, *, others_are_marked: bool) -> dict[str, object]:
        frame: dict[str, object] = {}
        for wire_name, field in _NAMES:
            if (value := sent.get(wire_name)) is not None:
                frame[field] = value if type(value) is str and 0 < len(value) <= limits.MAX_NAME_CHARS else scalars.name(value)
        if (line := sent.get("lineno")) is not None:
            frame["line_number"] = (
                line if type(line) is int and 0 < line <= limits.MAX_EXACT_INTEGER else scalars.line_number(line)
            )
        if (column := sent.get("colno")) is not None:
            frame["column_number"] = scalars.line_number(column)
        self._add_source(sent, frame)
        if variables := sent.get("vars"):
            frame["variables"] = self._trimmer.mapping(_without_list(variables), f"{path}.variables")
        if "instruction_addr" in sent:
            self._add_addresses(sent, frame)
        marked = sent.get("in_app")
        frame["in_app"] = (
            marked
            if isinstance(marked, bool)
            else in_app.is_in_app(frame, platform=self._platform_of(frame), others_are_marked=others_are_marked)
        )
        return frame

    def _platform_of(self, frame: dict[str, object]) -> str:
        own = frame.get("platform")
        return own if isinstance(own, str) else self._platform

    def _add_source(self, sent: dict[str, object], frame: dict[str, object]) -> None:
        line = sent.get("context_line")
        if line is not None:
            frame["context_line"] = _source_line(line)
        if before := sent.get("pre_context"):
            frame["pre_context"] = _source_lines(before, newest_last=True)
        if after := sent.get("post_context"):
            frame["post_context"] = _source_lines(after, newest_last=False)

    def _add_addresses(self, sent: dict[str, object], frame: dict[str, object]) -> None:
        for wire_name, field in _ADDRESSES:
            if (value := scalars.address(sent.get(wire_name))) is not None:
                frame[field] = value
        image = self._images.find(frame.get("instruction_address"))
        if image is None:
            return
        frame.setdefault("image_address", image.address)
        if image.code_file is not None:
            frame.setdefault("package", image.code_file)


def _source_lines(lines: object, *, newest_last: bool) -> list[str]:
    if not isinstance(lines, list):
        return []
    near = lines[-limits.MAX_CONTEXT_LINES :] if newest_last else lines[: limits.MAX_CONTEXT_LINES]
    return [
        line
        if type(line) is str and len(line) <= limits.MAX_TEXT_CHARS and line[-1:] not in _LINE_ENDS
        else _source_line(line) or ""
        for line in near
    ]


def _source_line(line: object) -> str | None:
    """Some SDKs (ruby) send the line's own end with it."""
    text = line if type(line) is str and len(line) <= limits.MAX_TEXT_CHARS else scalars.text(line)
    return text.rstrip("\r\n") if text is not None and text[-1:] in _LINE_ENDS else text


def _without_list(variables: object) -> object:
    """Some SDKs send locals as a list; positions become names."""
    if isinstance(variables, list):
        return {str(position): value for position, value in enumerate(variables)}
    return variables
