"""API keys as text: `errp_<lookup id, 8><secret, 32><checksum, 6>`, all base62.

The prefix lets secret scanners find a leaked key; the CRC-32 lets us refuse a mistyped or invented one without a query.
"""

import re
import zlib
from dataclasses import dataclass, field

PREFIX = "errp_"
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
LOOKUP_ID_LENGTH = 8
SECRET_LENGTH = 32  # base62: 190 bits
CHECKSUM_LENGTH = 6  # 62^6 > 2^32

_SHAPE = re.compile(
    rf"{PREFIX}([0-9A-Za-z]{{{LOOKUP_ID_LENGTH}}})([0-9A-Za-z]{{{SECRET_LENGTH}}})([0-9A-Za-z]{{{CHECKSUM_LENGTH}}})"
)


@dataclass(frozen=True, slots=True)
class ParsedKey:
    """`secret` is what must hash to the stored value."""

    lookup_id: str
    secret: str = field(repr=False)


def compose(*, lookup_id: str, secret: str) -> str:
    """The full key that is shown once."""
    return f"{PREFIX}{lookup_id}{secret}{_checksum(lookup_id + secret)}"


def parse(text: str) -> ParsedKey | None:
    """The parts of a well-formed key, or None if its shape or checksum is wrong."""
    match = _SHAPE.fullmatch(text)
    if match is None:
        return None
    lookup_id, secret, checksum = match.groups()
    return ParsedKey(lookup_id=lookup_id, secret=secret) if checksum == _checksum(lookup_id + secret) else None


def _checksum(body: str) -> str:
    number = zlib.crc32((PREFIX + body).encode("ascii"))
    digits = []
    for _ in range(CHECKSUM_LENGTH):
        number, digit = divmod(number, len(ALPHABET))
        digits.append(ALPHABET[digit])
    return "".join(reversed(digits))
