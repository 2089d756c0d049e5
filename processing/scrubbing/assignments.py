"""Secrets which only their name betrays, inside text: `password=...`, `"token": "..."`, `<pwd>...</pwd>`, `--secret ...`.

Source code that merely handles a secret (`token = request.headers["x"]`) stays readable.
"""

import re

from processing.scrubbing.detectors import looks_opaque
from processing.scrubbing.key_names import KeyMeaning, meaning
from processing.scrubbing.placeholders import placeholder, says_nothing

_MAX_VALUE = 8192
_ASSIGNMENT = re.compile(
    r"(?<![\w.-])(?P<key>[^\W\d][\w.\-]{0,80})"
    r"(?P<separator>(?P<closing>\\{0,3}[\"']?\]?)\s{0,2}(?:=>|:=|(?<!=)=(?!=)|:(?![:/]))\s{0,2})"
    rf"(?P<value>\\{{0,3}}\"(?:[^\"\\\n]|\\[^\"\n]){{0,{_MAX_VALUE}}}\\{{0,3}}\"|[bruf]{{0,2}}'[^'\n]{{0,{_MAX_VALUE}}}'|[^\s&;,\"'<>()\[\]{{}}\\]{{1,{_MAX_VALUE}}}|\[[a-z_]+\])"
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

    def replaced(match: re.Match[str], value: str, kind: str) -> str:
        found.append(("sensitive_key", kind))
        secrets.append(value)
        start, end = match.start("value") - match.start(), match.end("value") - match.start()
        quotes = _QUOTE_MARKS.match(match["value"])
        filled = f"{quotes[1]}{placeholder(kind)}{quotes[3]}" if quotes else placeholder(kind)
        return match[0][:start] + filled + match[0][end:]

    def assignment(match: re.Match[str]) -> str:
        kind = _kind_of(match["key"])
        if kind is None:
            return match[0]
        quotes = _QUOTE_MARKS.match(match["value"])
        value = quotes[2] if quotes else match["value"]
        if says_nothing(value) or not (quotes or _is_value(match, is_code=is_code)) or not _fits(value, kind):
            return match[0]
        return replaced(match, value, kind)

    def form(match: re.Match[str]) -> str:
        kind = _kind_of(match["key"])
        if kind is None or says_nothing(match["value"]) or not _fits(match["value"], kind):
            return match[0]
        return replaced(match, match["value"], kind)

    text = _ASSIGNMENT.sub(assignment, text)
    for pattern in _FORMS:
        text = pattern.sub(form, text)
    return text


def _kind_of(key: str) -> str | None:
    found = meaning(key)
    return found.value if found in _SENSITIVE else None


def _fits(value: str, kind: str) -> bool:
    """Numbers must look like some: `phone=Nokia` and `pan=left` stay."""
    if kind in {KeyMeaning.SECRET.value, KeyMeaning.COOKIES.value}:
        return True
    return sum(map(str.isdigit, value)) >= (3 if kind == KeyMeaning.NUMBER.value else 5)


def _is_value(match: re.Match[str], *, is_code: bool) -> bool:
    """Whether an unquoted right-hand side is a value and neither prose ("token: expected") nor code ("token = read()")."""
    value, separator = match["value"], match["separator"]
    if ":" in separator and "=" not in separator and not match["closing"]:
        starts_line = match.start() == 0 or match.string[match.start() - 1] in "\n\r{,;"
        return looks_opaque(value) or (starts_line and not is_code and " " not in match.string[match.end() : match.end() + 1])
    is_spaced = separator != separator.strip()
    following = match.string[match.end() : match.end() + 1]
    if (is_code or is_spaced) and (following in {"(", "["} or _EXPRESSION.fullmatch(value)):
        return looks_opaque(value) and following not in {"(", "["} and not (is_code and value.isidentifier())
    return True
