"""Whether something that looks like personal data is it: checksums, ranges, registries."""

import binascii
import ipaddress
import re
from base64 import urlsafe_b64decode

import msgspec

# Issuer prefixes and lengths of payment cards; source: ISO/IEC 7812 ranges as published by the networks.
_CARD_RANGES: tuple[tuple[int, int, frozenset[int]], ...] = (
    (4, 4, frozenset({13, 16, 19})),
    (51, 55, frozenset({16})),
    (2221, 2720, frozenset({16})),
    (34, 34, frozenset({15})),
    (37, 37, frozenset({15})),
    (6011, 6011, frozenset({16, 19})),
    (644, 659, frozenset({16, 19})),
    (300, 305, frozenset({14, 16, 19})),
    (36, 36, frozenset({14, 16, 19})),
    (38, 39, frozenset({14, 16, 19})),
    (3528, 3589, frozenset({16, 19})),
    (62, 62, frozenset({16, 17, 18, 19})),
    (81, 81, frozenset({16, 19})),
    (2200, 2204, frozenset({16, 19})),
    (5018, 5018, frozenset({12, 13, 14, 15, 16, 19})),
    (5020, 5020, frozenset({12, 13, 14, 15, 16, 19})),
    (5038, 5038, frozenset({12, 13, 14, 15, 16, 19})),
    (5893, 5893, frozenset({12, 13, 14, 15, 16, 19})),
    (6304, 6304, frozenset({12, 13, 14, 15, 16, 19})),
    (6759, 6763, frozenset({12, 13, 14, 15, 16, 19})),
)
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
# Length of the whole IBAN by country; source: SWIFT IBAN registry.
_IBAN_CHARS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "BY": 28, "CH": 21, "CR": 22, "CY": 28,
    "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18,
    "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32,
    "LI": 21, "LT": 20, "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30, "NL": 18, "NO": 15,
    "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SC": 31, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "ST": 25,
    "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20,
}  # fmt: skip
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def is_card(digits: str) -> bool:
    """Whether these 12 to 19 digits are a payment card: issuer, length and Luhn's checksum agree."""
    return 12 <= len(digits) <= 19 and has_card_issuer(digits) and passes_luhn(digits)


def has_card_issuer(digits: str) -> bool:
    for first, last, lengths in _CARD_RANGES:
        prefix = int(digits[: len(str(first))])
        if first <= prefix <= last and len(digits) in lengths:
            return True
    return False


def passes_luhn(digits: str) -> bool:
    total = 0
    for position, digit in enumerate(reversed(digits)):
        number = ord(digit) - 48
        total += _DOUBLED[number] if position % 2 else number
    return total % 10 == 0


def iban_length(text: str) -> int | None:
    """How many characters from the start of `text` (no blanks, upper case) are a valid IBAN; None if none are."""
    length = _IBAN_CHARS.get(text[:2])
    if length is None or len(text) < length:
        return None
    candidate = text[:length]
    try:
        number = int("".join(str(int(char, 36)) for char in candidate[4:] + candidate[:4]))
    except ValueError:
        return None
    return length if number % 97 == 1 else None


def is_us_ssn(area: str, group: str, serial: str) -> bool:
    """Whether the three parts can be a US social security number (areas 000, 666 and 9xx were never given out)."""
    return area not in {"000", "666"} and area[0] != "9" and group != "00" and serial != "0000"


def is_token_header(part: str) -> bool:
    """Whether a base64url part is the JSON header of a JWT or JWE."""
    try:
        header = msgspec.json.decode(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, binascii.Error, msgspec.MsgspecError):
        return False
    return isinstance(header, dict) and ("alg" in header or "enc" in header or "typ" in header)


def is_personal_address(text: str) -> bool:
    """Whether an IP address can lead to a person: loopback, private, link-local and unspecified ones name machines."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_personal_address(str(address.ipv4_mapped))
        if address in _NAT64:
            return is_personal_address(str(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)))
        return address.packed[0] >> 5 == 1  # 2000::/3, the only block that was ever given to people
    octets = address.packed
    is_internal = (
        octets[0] in {0, 10, 127}
        or (octets[0] == 172 and 16 <= octets[1] <= 31)
        or octets[:2] in {b"\xc0\xa8", b"\xa9\xfe"}
        or octets[0] >= 224
    )
    return not is_internal


_FILE_ENDINGS = frozenset(
    [
        "png",
        "jpg",
        "jpeg",
        "gif",
        "svg",
        "webp",
        "js",
        "mjs",
        "css",
        "map",
        "py",
        "rb",
        "go",
        "java",
        "ts",
        "tsx",
        "jsx",
        "html",
        "md",
    ]
)
_DOMAIN = re.compile(r"^(?:[^\W_](?:[\w-]{0,62})\.)+[^\W\d_](?:[\w-]{0,62})$")


def is_email_domain(domain: str) -> bool:
    """Whether the part after the @ can be a mail domain: dotted names with a top level of letters, not a file or a version."""
    if domain.count(".") < 1 or not _DOMAIN.match(domain):
        return False
    return domain.rpartition(".")[2].lower() not in _FILE_ENDINGS
