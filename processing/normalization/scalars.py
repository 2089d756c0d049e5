"""Single values of any JSON type as the type a canonical field wants; None where there is no honest answer."""

import msgspec

from processing.normalization import limits

_encoder = msgspec.json.Encoder()


def text(value: object, limit: int = limits.MAX_TEXT_CHARS) -> str | None:
    """`value` as text of at most `limit` characters; containers become JSON text, null and "" become None."""
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        value = _as_text(value)
    return value if len(value) <= limit else value[: limit - 1] + "…"


def name(value: object) -> str | None:
    """A short text: a function, a type, a module, an identifier."""
    if type(value) is str and len(value) <= limits.MAX_NAME_CHARS:
        return value or None
    return text(value, limits.MAX_NAME_CHARS)


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < limits.MAX_EXACT_INTEGER else repr(value)
    if isinstance(value, int):
        return str(value)
    try:
        return _encoder.encode(value).decode()
    except RecursionError:
        return "…"


def boolean(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def integer(value: object) -> int | None:
    """A whole number from an int, a float or a text of digits, if it fits into 53 bits."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        digits = value.strip()
        if len(digits) > 16 or not digits.lstrip("-").isascii() or not digits.lstrip("-").isdigit():
            return None
        value = int(digits)
    if isinstance(value, float):
        if not value.is_integer():
            return None
        value = int(value)
    return value if isinstance(value, int) and abs(value) <= limits.MAX_EXACT_INTEGER else None


def line_number(value: object) -> int | None:
    """A 1-based position; 0 and less mean that the SDK did not know."""
    number = integer(value)
    return number if number is not None and number > 0 else None


def address(value: object) -> str | None:
    """A memory address as "0x..." in lower case, from hex text or an integer."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return hex(value) if value >= 0 else None
    if not isinstance(value, str):
        return None
    try:
        return hex(int(value, 16 if value[:2].lower() == "0x" else 10))
    except ValueError:
        return None


def mapping(value: object) -> dict[str, object]:
    """`value` if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def sequence(value: object) -> list[object]:
    """The elements of a list, or of the list under "values", which is how several SDKs wrap one."""
    if isinstance(value, dict):
        value = value.get("values")
    return value if isinstance(value, list) else []


def pairs(value: object) -> list[tuple[str, object]]:
    """Key-value pairs of an object, of a list of pairs or of a list of one-key-per-object."""
    if isinstance(value, dict):
        return list(value.items())
    if not isinstance(value, list):
        return []
    result: list[tuple[str, object]] = []
    for element in value:
        if isinstance(element, list) and len(element) == 2 and (key := text(element[0])):
            result.append((key, element[1]))
        elif isinstance(element, dict) and (key := text(element.get("key"))):
            result.append((key, element.get("value")))
    return result
