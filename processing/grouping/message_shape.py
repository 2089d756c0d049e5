"""A message without the values that differ from one occurrence to the next."""

import re

_MAX_CHARS = 500  # what comes later is detail

# Alternatives are tried in this order at each place; the group's name is the placeholder.
_VALUES = re.compile(
    r"(?P<redacted>\[[a-z_]+(?::[a-p]{16})?\])"
    r"|(?P<url>\b[a-z][a-z0-9+.-]{1,20}://[^\s'\"<>)\]]+)"
    r"|(?P<email>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?P<uuid>\b[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}\b)"
    r"|(?P<date>\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:\s?Z|\s?[+-]\d{2}:?\d{2})?)?"
    r"|\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? \d{1,2} [A-Z][a-z]{2} \d{4}(?: \d{2}:\d{2}:\d{2}(?: [A-Z]{3})?)?"
    r"|\b\d{1,2}/\d{1,2}/\d{2,4}\b)"
    r"|(?P<time>\b\d{2}:\d{2}:\d{2}(?:[.,]\d+)?\b)"
    r"|(?P<ip>\b(?:\d{1,3}\.){3}\d{1,3}\b(?::\d+)?|\[?\b(?:[0-9a-fA-F]{1,4}:){3,7}[0-9a-fA-F]{1,4}\b\]?)"
    r"|(?P<hex>\b0x[0-9a-fA-F]+\b|\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,64}\b|\b(?=[0-9A-F]*\d)(?=[0-9A-F]*[A-F])[0-9A-F]{8,64}\b)"
    r"|(?P<quoted>(?<![\w])'[^'\n]{0,200}'(?!\w)|\"[^\"\n]{0,200}\"|`[^`\n]{0,200}`|“[^”\n]{0,200}”|«[^»\n]{0,200}»)"
    r"|(?P<path>(?<![\w.])(?:/[\w.@+~-]+){2,}/?|\b[A-Za-z]:\\[^\s'\":]+)"
    r"|(?P<code>(?i:\b(?:http|https|status|status code|code|errno|error|sqlstate|exit code|signal|ORA)[ :=#-]{0,3})\d{1,5}\b)"
    r"|(?P<number>(?<![\w.])[+-]?\d[\d.,_]*(?:[eE][+-]?\d+)?(?:\s?(?:%|ms|s|us|ns|sec|seconds|minutes|hours|days"
    r"|[KMGT]i?B|kB|bytes|B|px)\b)?(?![\w])|(?<=\w[#:=_-])\d+\b)"
)
_KEPT = frozenset({"code"})  # a status or error number is the point of the message
_WHITE = re.compile(r"\s+")


def shape(message: str) -> str:
    """The message with typed placeholders such as <number>, <uuid> and <quoted>; digits inside words stay."""
    head = message[:_MAX_CHARS]
    return _WHITE.sub(" ", _VALUES.sub(_placeholder, head)).strip()


def _placeholder(match: re.Match[str]) -> str:
    kind = match.lastgroup or ""
    return match.group() if kind in _KEPT else f"<{kind}>"
