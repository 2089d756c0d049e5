"""What a cheap look at a text can say: which detectors are worth running on it.

All texts of an event are looked at together by one automaton (hyperscan), so that a clean text costs almost nothing.
A suspicion may be wrong in one direction only: too much.  What a detector finds must always be suspected.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate
from typing import Final

import hyperscan


class Suspicion:
    """Bits; plain integers, because they are tested tens of thousands of times a second."""

    NONE: Final = 0
    KEY_BLOCK: Final = 1 << 0
    URL_LOGIN: Final = 1 << 1
    AUTHORIZATION: Final = 1 << 2
    TOKEN: Final = 1 << 3
    SSH_KEY: Final = 1 << 4
    VENDOR_TOKEN: Final = 1 << 5
    EMAIL: Final = 1 << 6
    IBAN: Final = 1 << 7
    DIGITS: Final = 1 << 8
    SSN: Final = 1 << 9
    PHONE: Final = 1 << 10
    MAC: Final = 1 << 11
    IPV4: Final = 1 << 12
    IPV6: Final = 1 << 13
    HOME: Final = 1 << 14
    PASSPORT: Final = 1 << 15
    SEED: Final = 1 << 16
    NAMED_ID: Final = 1 << 17
    ASSIGNMENT: Final = 1 << 18
    PERCENT: Final = 1 << 19
    ENTITY: Final = 1 << 20
    ESCAPE: Final = 1 << 21
    BASE64: Final = 1 << 22
    CODE_ASSIGNMENT: Final = 1 << 23  # as ASSIGNMENT, with a literal on the right-hand side


_STEMS = (
    r"(?:pass|pwd|pw|secret|token|key|auth|cred|cookie|sess|sid|otp|pin|cvv|cvc|pan|sig|jwt|salt|bearer|mnemonic|kennwort|contrase|senha|wachtwoord"
    r"|mot.de|ssn|phone|mobile|tel|card|factor|answer|code|account|csrf|xsrf)"
)
_PATTERNS: tuple[tuple[int, str], ...] = (
    (Suspicion.KEY_BLOCK, r"PRIVATE KEY|Private-Lines"),
    (Suspicion.URL_LOGIN, r"://[^\s/?#@:]*:[^\s/?#@]+@"),
    (Suspicion.AUTHORIZATION, r"(?i)\b(?:bearer|basic|negotiate|apikey|token|digest)\s{1,3}[A-Za-z0-9._~+/-]"),
    (Suspicion.TOKEN, r"eyJ[\w-]{4}"),
    (Suspicion.SSH_KEY, r"ssh-(?:ed25519|rsa|dss) AAAA"),
    (
        Suspicion.VENDOR_TOKEN,
        (r"A(?:KI|SI|RO|ID)A[A-Z0-9]{16}|gh[pousr]_\w|github_pat_|glpat-|xox[abeoprs]-|xapp-|[srp]k_(?:live|test)_|whsec_|AIza|ya29\.|1//0|GOCSPX-|npm_|pypi-"
        r"|sk-[\w-]{20}|SG\.[\w-]{16}|SK[0-9A-Za-z]{32}|\d{8}:[\w-]{35}|[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27}|shp(?:at|ca|pa|ss)_|do[opr]_v1_|hv[sbr]\.[\w-]{24}"
        r"|s\.[A-Za-z0-9]{24}|dapi\w{32}|AGE-SECRET-KEY-1|sntry[us]_|hf_\w{30}|lin_api_|key-\w{32}|dckr_[op]at_|\.atlasv1\.|err[a-z]_\w{30}|elk_(?:live|test)_"
        r"|[5KL][1-9A-HJ-NP-Za-km-z]{50}|xprv|\$2[aby]\$|\$argon2|hooks\.slack\."),
    ),
    (Suspicion.EMAIL, r"[^\s@]@[^\s@.]{1,64}\.[^\s@.]"),
    (Suspicion.IBAN, r"(?i)\b[A-Z]{2}\d{2} ?[A-Z0-9]{2,4} ?[A-Z0-9]{2,4} ?\d"),
    (Suspicion.DIGITS, r"\d(?:[ \-._]{0,3}\d){11}|\d\x{a0}\d"),
    (Suspicion.SSN, r"\b\d{3}-\d{2}-\d{4}\b"),
    (Suspicion.PHONE, r"\+\d{1,3}[ .\-]?\(?\d|\(\d{3}\) ?\d{3}[-. ]\d|\b\d{3}[.-]\d{3}[.-]\d{4}\b|\b0\d{3,4} \d{6}|\b00\d{2} \d{2}"),
    (Suspicion.MAC, r"(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}|\b[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\b"),
    (Suspicion.IPV4, r"\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d"),
    (Suspicion.IPV6, r"[0-9A-Fa-f]::|::[0-9A-Fa-f]|(?:[0-9A-Fa-f]{1,4}:){4}"),
    (Suspicion.HOME, r"(?i)/home/|[/\\]users[/\\]"),
    (Suspicion.PASSPORT, r"P[A-Z<][A-Z]{3}[A-Z<]{20}|[A-Z0-9<]{9}\d[A-Z]{3}\d{7}[MFX<]\d{7}"),
    (Suspicion.SEED, r"(?i)mnemonic|seed|recovery phrase"),
    (
        Suspicion.NAMED_ID,
        (r"(?i)(?:nhs|nino|dni|nie|codice_fiscale|cpf|cnpj|bsn|pan|aadhaar|rrn|personnummer|fnr|pesel|sin|ssn|social security|tax id|national id|passport|imei|imsi|tw_id)"
        r"[^\d\n]{0,16}[A-Z0-9 .\-]{0,6}\d"),
    ),
    (Suspicion.ASSIGNMENT, rf"(?i){_STEMS}[\w.\-]{{0,24}}\\?[\"']?\]?\s{{0,2}}[=:>]|--?{_STEMS}[\w-]{{0,24}}\s|name=\"|пароль|密码|パスワード"),
    (Suspicion.CODE_ASSIGNMENT, rf"(?i)>[^<\n]{{2,200}}</|--{_STEMS}"),  # and _LITERAL
    (Suspicion.PERCENT, r"%[0-9A-Fa-f]{2}"),
    (Suspicion.ENTITY, r"&#|&commat;|&amp;"),
    (Suspicion.ESCAPE, r"\\u00[0-9A-Fa-f]{2}|\\x[0-9A-Fa-f]{2}"),
    (Suspicion.BASE64, r"\b(?:eyJ|W3si|WyJ)[A-Za-z0-9+/_-]{20}"),
)  # fmt: skip
_SEPARATOR = "\x1f"
# What follows the name in an assignment of a literal, from the sign that ends a match of ASSIGNMENT.  Looked for only there:
# in the automaton, which would try it after every stem, it cost as much as all other patterns together.
_LITERAL_FORM = rb"(?i)(?:=>|:=|=|:)\s{0,2}+(?:[bruf]{0,2}\\?[\"']|(?:%s){0,40}+\d)"
_LITERAL = re.compile(_LITERAL_FORM % rb"[^\s\d\x1f\x80-\xff]|[\xc2-\xf4][\x80-\xbf]{1,3}")
_LITERAL_IN_ASCII = re.compile(_LITERAL_FORM % rb"[^\s\d\x1f]")
_ASSIGNMENT_ID = Suspicion.ASSIGNMENT.bit_length() - 1


def _compile() -> hyperscan.Database:
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    flags = hyperscan.HS_FLAG_UTF8 | hyperscan.HS_FLAG_DOTALL
    database.compile(
        expressions=[pattern.encode() for _, pattern in _PATTERNS],
        ids=[suspicion.bit_length() - 1 for suspicion, _ in _PATTERNS],
        flags=[flags] * len(_PATTERNS),
    )
    return database


_database = _compile()


def suspect(texts: Sequence[str], *, code_from: int = 0) -> dict[int, int]:
    """Bits of Suspicion by position in `texts`, for the texts that need a closer look; the others are clean.

    CODE_ASSIGNMENT is complete only from position `code_from` on.
    """
    joined = _SEPARATOR.join(texts).encode("utf-8", "replace")
    matches: list[tuple[int, int]] = []

    def note(pattern_id: int, _start: int, end: int, _flags: int, _context: object) -> None:
        matches.append((pattern_id, end))

    _database.scan(joined, match_event_handler=note)
    if not matches:
        return {}
    is_ascii = joined.isascii()
    is_literal = (_LITERAL_IN_ASCII if is_ascii else _LITERAL).match
    lengths = [len(text) + 1 for text in texts] if is_ascii else [len(text.encode("utf-8", "replace")) + 1 for text in texts]
    ends = list(accumulate(lengths))
    found: dict[int, int] = {}
    for pattern_id, end in matches:
        position = bisect_left(ends, end)
        bits = found.get(position, 0)
        if pattern_id != _ASSIGNMENT_ID:
            found[position] = bits | 1 << pattern_id
        elif position < code_from or bits & Suspicion.CODE_ASSIGNMENT or not is_literal(joined, end - 1):
            found[position] = bits | Suspicion.ASSIGNMENT
        else:
            found[position] = bits | Suspicion.ASSIGNMENT | Suspicion.CODE_ASSIGNMENT
    return found
