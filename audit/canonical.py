"""Canonical JSON: one byte string for one value, so that a hash means something.  Source: RFC 8785 (JCS).

Restricted on purpose to what audit records hold: strings, integers within ±(2^53 - 1), booleans, null, lists and objects with
string keys.  Floats are refused: their canonical form is where implementations disagree.
"""

import json
from typing import TypeAlias

CanonicalValue: TypeAlias = "str | int | bool | list[CanonicalValue] | dict[str, CanonicalValue] | None"
MAX_INTEGER = 2**53 - 1  # RFC 8785, 3.2.2.3: larger integers do not survive I-JSON readers


class NotCanonicalError(Exception):
    """The value has no canonical form here; names the JSON path."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path}: {why}")
        self.path = path


def encode(value: CanonicalValue) -> bytes:
    """UTF-8 bytes without white space, keys in UTF-16 order.  Raises NotCanonicalError."""
    return _encode(value, "$").encode("utf-8")


def decode(raw: bytes) -> CanonicalValue:
    """The value of canonical bytes.  Raises NotCanonicalError unless `raw` is exactly the canonical form of its value."""
    try:
        value: CanonicalValue = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise NotCanonicalError("$", "not JSON") from error
    if encode(value) != raw:
        raise NotCanonicalError("$", "not in canonical form")
    return value


def _encode(value: CanonicalValue, path: str) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            if abs(value) > MAX_INTEGER:
                raise NotCanonicalError(path, "integer beyond 2^53 - 1")
            return str(value)
        case str():
            return _string(value, path)
        case list():
            return "[" + ",".join(_encode(item, f"{path}[{index}]") for index, item in enumerate(value)) + "]"
        case dict():
            return _object(value, path)
    raise NotCanonicalError(path, f"a {type(value).__name__} has no canonical form here")


def _object(value: dict[str, CanonicalValue], path: str) -> str:
    if not all(isinstance(key, str) for key in value):
        raise NotCanonicalError(path, "keys must be strings")
    ordered = sorted(value, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
    return "{" + ",".join(f"{_string(key, path)}:{_encode(value[key], f'{path}.{key}')}" for key in ordered) + "}"


def _string(value: str, path: str) -> str:
    """json.dumps escapes exactly as RFC 8785, 3.2.2.2 demands when it may keep non-ASCII characters."""
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise NotCanonicalError(path, "lone surrogate") from error
    return json.dumps(value, ensure_ascii=False)
