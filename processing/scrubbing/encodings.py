"""Personal data behind an encoding: percent, HTML entities, backslash escapes, base64 and odd Unicode.

Each function hands the decoded piece to `scrub` and puts the scrubbed piece back in the same encoding, if it changed.
"""

import binascii
import html
import re
import unicodedata
from base64 import b64decode
from collections.abc import Callable
from urllib.parse import quote, unquote

Scrub = Callable[[str], str]

_PERCENT_TOKEN = re.compile(r"[^\s&=?#\"'<>]{0,2048}?%[0-9A-Fa-f]{2}[^\s&=?#\"'<>]{0,8192}")
_ENTITY_TOKEN = re.compile(r"[^\s\"'<>]{0,200}&(?:#\w{1,7}|[a-z]{2,8});[^\s\"'<>]{0,2048}")
_ESCAPE_TOKEN = re.compile(r"[^\s\"'<>\\]{0,200}(?:\\u00[0-9A-Fa-f]{2}|\\x[0-9A-Fa-f]{2})[^\s\"'<>]{0,2048}")
_ESCAPE = re.compile(r"\\u00([0-9A-Fa-f]{2})|\\x([0-9A-Fa-f]{2})")
_BASE64_TOKEN = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{24,65536}={0,2}(?![A-Za-z0-9+/=_.-])")
_FOLDABLE = re.compile(
    "[\uff01-\uff5e\u200b-\u200f\u2060-\u2064\ufeff\u00ad\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u09e6-\u09ef\u0e50-\u0e59]"
)
_INVISIBLE = dict.fromkeys([*range(0x200B, 0x2010), *range(0x2060, 0x2065), 0xFEFF, 0x00AD])


def percent(text: str, scrub: Scrub) -> str:
    def token(match: re.Match[str]) -> str:
        decoded = unquote(match[0], errors="replace")
        scrubbed = scrub(decoded)
        return match[0] if scrubbed == decoded else quote(scrubbed, safe="[]/:@?&=,;+$!*'()")

    return _PERCENT_TOKEN.sub(token, text)


def entities(text: str, scrub: Scrub) -> str:
    def token(match: re.Match[str]) -> str:
        decoded = html.unescape(match[0])
        scrubbed = scrub(decoded)
        return match[0] if scrubbed == decoded else html.escape(scrubbed, quote=False)

    return _ENTITY_TOKEN.sub(token, text)


def escapes(text: str, scrub: Scrub) -> str:
    def token(match: re.Match[str]) -> str:
        decoded = _ESCAPE.sub(lambda escape: chr(int(escape[1] or escape[2], 16)), match[0])
        scrubbed = scrub(decoded)
        return match[0] if scrubbed == decoded else scrubbed

    return _ESCAPE_TOKEN.sub(token, text)


def base64(text: str, scrub: Scrub) -> str:
    """Tokens whose decoded text holds something are replaced as a whole: nobody reads them."""

    def token(match: re.Match[str]) -> str:
        raw = match[0].rstrip("=").replace("-", "+").replace("_", "/")
        try:
            decoded = b64decode(raw + "=" * (-len(raw) % 4)).decode()
        except (binascii.Error, UnicodeDecodeError):
            return match[0]
        return match[0] if scrub(decoded) == decoded else "[encoded]"

    return _BASE64_TOKEN.sub(token, text)


def fold(text: str) -> str:
    """The text with full-width forms, other scripts' digits and invisible characters made plain, if it has any."""
    if text.isascii() or not _FOLDABLE.search(text):
        return text
    visible = text.translate(_INVISIBLE)
    return "".join(_plain(char) for char in visible)


def _plain(char: str) -> str:
    if "\uff01" <= char <= "\uff5e":
        return chr(ord(char) - 0xFEE0)
    digit = unicodedata.digit(char, None)
    return str(digit) if digit is not None and not char.isascii() and unicodedata.category(char) == "Nd" else char
