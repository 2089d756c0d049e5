"""Secrets which only their name betrays, inside text: `password=...`, `"token": "..."`, `<pwd>...</pwd>`, `--secret ...`.

Source code that merely handles a secret (`token = request.headers["x"]`) stays readable.
"""

import re

from processing.scrubbing.detectors import looks_opaque
from processing.scrubbing.key_names import KeyMeaning, meaning
from processing.scrubbing.placeholders import is_placeholder, placeholder, says_nothing

_MAX_VALUE = 8192
_NAME = re.compile(
    r"(?<![\w.])(?P<key>[^\W\d][\w.\-]{0,80})"
    r"(?P<separator>(?P<closing>\\{0,3}[\"']?\]?)\s{0,2}(?:=>|:=|(?<!=)=(?!=)|:(?![:/]))\s{0,2})"
)
_VALUE = re.compile(
    rf"\\{{0,3}}\"(?:[^\"\\\n]|\\[^\"\n]){{0,{_MAX_VALUE}}}\\{{0,3}}\"|[bruf]{{0,2}}'[^'\n]{{0,{_MAX_VALUE}}}'"
    rf"|[^\s&;,\"'<>()\[\]{{}}\\]{{1,{_MAX_VALUE}}}|\[[a-z_]+\]"
)
_ELEMENT = re.compile(rf"<(?P<key>[A-Za-z_][\w.:-]{{0,80}})(?:\s[^<>]{{0,200}})?>(?P<value>[^<]{{1,{_MAX_VALUE}}})</")
_FORM_PART = re.compile(
    rf"name=\"(?P<key>[^\"\n]{{1,80}})\"(?:;[^\r\n]{{0,200}})?(?:\r?\n[^\r\n]{{1,200}}){{0,4}}\r?\n\r?\n(?P<value>[^\r\n]{{1,{_MAX_VALUE}}})"
)
_ARGUMENT = re.compile(rf"(?<!\S)--?(?P<key>[A-Za-z][\w-]{{1,60}})\s(?P<value>[^\s-]\S{{0,{_MAX_VALUE}}})")
_FORMS = (_ELEMENT, _FORM_PART, _ARGUMENT)
_EXPRESSION = re.compile(r"[A-Za-z_][\w.]{0,200}")
_QUOTE_MARKS = re.compile(r"^((?:\\{0,3}|[bruf]{0,2})[\"'])(.*?)(\\{0,3}[\"'])$", re.DOTALL)
_SENSITIVE = frozenset({KeyMeaning.SECRET, KeyMeaning.NUMBER, KeyMeaning.NATIONAL_ID, KeyMeaning.COOKIES, KeyMeaning.PHONE})


def scrub(text: str, *, found: list[tuple[str, str]], secrets: list[str], is_code: bool) -> str:
    """The text without values of sensitive names; every removal is noted as (rule, kind) and its value added to `secrets`."""

    def form(match: re.Match[str]) -> str:
        kind = _kind_of(match["key"])
        if kind is None or says_nothing(match["value"]) or not _fits(match["value"], kind):
            return match[0]
        found.append(("sensitive_key", kind))
        secrets.append(match["value"])
        start = match.start("value") - match.start()
        return match[0][:start] + placeholder(kind) + match[0][start + len(match["value"]) :]

    text = _scrub_assignments(text, found=found, secrets=secrets, is_code=is_code)
    for pattern in _FORMS:
        text = pattern.sub(form, text)
    return text


def _scrub_assignments(text: str, *, found: list[tuple[str, str]], secrets: list[str], is_code: bool) -> str:
    kept_until = 0
    parts: list[str] = []
    name = _NAME.search(text)
    while name is not None:
        position = name.end()
        kind = (
            None if text[name.start() - 1 : name.start()] == "[" and is_placeholder(f"[{name['key']}]") else _kind_of(name["key"])
        )
        value = _VALUE.match(text, position) if kind is not None else None
        if kind is not None and value is not None:
            opening, content, closing = _unquoted(value[0])
            is_value = bool(opening) or _is_value(name, value, is_code=is_code)
            if is_value and not says_nothing(content) and _fits(content, kind):
                found.append(("sensitive_key", kind))
                secrets.append(content)
                parts += (text[kept_until:position], opening, placeholder(kind), closing)
                position = kept_until = value.end()
        name = _NAME.search(text, position)
    return "".join(parts) + text[kept_until:] if parts else text


def _unquoted(value: str) -> tuple[str, str, str]:
    quotes = _QUOTE_MARKS.match(value)
    return (quotes[1], quotes[2], quotes[3]) if quotes else ("", value, "")


def _kind_of(key: str) -> str | None:
    found = meaning(key)
    return found.value if found in _SENSITIVE else None


def _fits(value: str, kind: str) -> bool:
    """Numbers must look like some: `phone=Nokia` and `pan=left` stay."""
    if kind in {KeyMeaning.SECRET.value, KeyMeaning.COOKIES.value}:
        return True
    return sum(map(str.isdigit, value)) >= (3 if kind == KeyMeaning.NUMBER.value else 5)


def _is_value(name: re.Match[str], value: re.Match[str], *, is_code: bool) -> bool:
    """Whether an unquoted right-hand side is a value and neither prose ("token: expected") nor code ("token = read()")."""
    separator, content, text = name["separator"], value[0], value.string
    following = text[value.end() : value.end() + 1]
    if ":" in separator and "=" not in separator and not name["closing"]:
        starts_line = name.start() == 0 or text[name.start() - 1] in "\n\r{,;"
        return looks_opaque(content) or (starts_line and not is_code and following != " ")
    is_spaced = separator != separator.strip()
    if (is_code or is_spaced) and (following in {"(", "["} or _EXPRESSION.fullmatch(content)):
        return looks_opaque(content) and following not in {"(", "["} and not (is_code and content.isidentifier())
    return True
