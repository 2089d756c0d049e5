"""Bytes of a payload as JSON values: the fast path first, a forgiving one for what real SDKs and enemies send.

Values come out as None, bool, int, float, str, list and dict; they are not trimmed yet, except that nesting is bounded.
"""

import json
import re

import msgspec

from processing.normalization import limits
from processing.normalization.remarks import RemarkLog

_MAX_INTEGER_DIGITS = 4_300  # CPython refuses to convert longer ones (sys.int_info.default_max_str_digits)
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_NUL_MARKS = (b"\\u0000", b"\x00")
_REPLACEMENT = "\ufffd"

_decoder = msgspec.json.Decoder()


def decode(payload: bytes, remarks: RemarkLog) -> object | None:
    """The JSON value of `payload`, or None if it is beyond repair."""
    try:
        value: object = _decoder.decode(payload)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        value = _decode_tolerantly(payload, remarks)
        return _repaired(value) if value is not None else None
    if any(mark in payload for mark in _NUL_MARKS):
        remarks.add("", "control_character", detail="NUL")
        return _repaired(value)
    return value


def _decode_tolerantly(payload: bytes, remarks: RemarkLog) -> object | None:
    text = payload.decode("utf-8", "replace")
    try:
        value: object = json.loads(_cut_below_limit(text), parse_constant=_no_number, parse_int=_integer, strict=False)
    except (ValueError, RecursionError):
        return None
    remarks.add("", "malformed_json", detail="repaired")
    return value


def _no_number(_name: str) -> None:
    return None


def _integer(digits: str) -> int | str:
    return int(digits) if len(digits) < _MAX_INTEGER_DIGITS else digits[: limits.MAX_NAME_CHARS]


def _cut_below_limit(text: str) -> str:
    """The same JSON text with every container deeper than MAX_DEPTH replaced by null, so that no parser recurses deeper."""
    depth, kept_until, parts = 0, 0, []
    for token in _TOKEN.finditer(text):
        mark = token.group()
        if mark in "[{":
            depth += 1
            if depth == limits.MAX_DEPTH + 1:
                parts.append(text[kept_until : token.start()])
        elif mark in "]}":
            depth -= 1
            if depth == limits.MAX_DEPTH:
                parts.append("null")
                kept_until = token.end()
    return "".join(parts) + text[kept_until:] if parts else text


def _repaired(value: object, depth: int = 0) -> object:
    """The same value without NUL and lone surrogates in texts and keys; keys that become equal get a suffix."""
    if isinstance(value, str):
        return _repaired_text(value)
    if depth > limits.MAX_DEPTH:
        return None
    if isinstance(value, list):
        return [_repaired(element, depth + 1) for element in value]
    if isinstance(value, dict):
        result: dict[str, object] = {}
        for key, element in value.items():
            name = _repaired_text(key)
            while name in result:
                name += "_"
            result[name] = _repaired(element, depth + 1)
        return result
    return value


def _repaired_text(text: str) -> str:
    if "\x00" in text:
        text = text.replace("\x00", _REPLACEMENT)
    if not text.isascii() and _LONE_SURROGATE.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
