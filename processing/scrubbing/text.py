"""One text without personal data and credentials."""

import re
from functools import lru_cache

from msgspec import MsgspecError, json

from processing.scrubbing import assignments, encodings
from processing.scrubbing.detectors import DETECTORS, Detector
from processing.scrubbing.suspicion import Suspicion, suspect

MAX_PASSES = 4
MAX_ENCODING_DEPTH = 3
MAX_DECODED_CHARS = 65_536
_IN_INVENTORIES = Suspicion.EMAIL | Suspicion.URL_LOGIN | Suspicion.TOKEN | Suspicion.KEY_BLOCK | Suspicion.SSH_KEY
_IN_PATHS = Suspicion.HOME | Suspicion.URL_LOGIN | Suspicion.ASSIGNMENT | Suspicion.TOKEN
_MAX_REMEMBERED_CHARS = 16_384
_JSON_STARTS = ("{", "[", '"')
_NEEDS_DECODING = Suspicion.PERCENT | Suspicion.ENTITY | Suspicion.ESCAPE | Suspicion.BASE64


# Secrets with blanks inside go first: as a value of `token=...` only their first word would go.
_SPACED_BITS = Suspicion.KEY_BLOCK | Suspicion.SSH_KEY | Suspicion.URL_LOGIN | Suspicion.AUTHORIZATION | Suspicion.SEED
_SPACED = tuple(detector for detector in DETECTORS if detector.suspicion & _SPACED_BITS)
_OTHERS = tuple(detector for detector in DETECTORS if detector not in _SPACED)


_SEPARATORS = frozenset(" \t\r\n=,;&:()<>'\"") | {""}  # beside one of these nothing else can have been glued to a match


class Findings:
    """What was found in one text, or in one tree: (rule, kind) pairs, and the secrets that must go everywhere."""

    def __init__(self) -> None:
        self.found: list[tuple[str, str]] = []
        self.secrets: list[str] = []
        self.is_unsettled = False


def scrub(text: str, bits: int, findings: Findings, *, is_code: bool = False, depth: int = 0, allowed: int = -1) -> str:
    """The scrubbed text; `bits` is what suspicion.suspect said about its folded form, `allowed` what may be looked for."""
    for _ in range(MAX_PASSES):
        findings.is_unsettled = False
        text = _scrub_once(text, bits & allowed, findings, is_code=is_code, depth=depth)
        if not findings.is_unsettled:
            break
        bits = suspect((text,)).get(0, 0)  # something was glued to what went, and may be visible now
    return text


def _scrub_once(text: str, bits: int, findings: Findings, *, is_code: bool, depth: int) -> str:
    text = encodings.fold(text)
    for detector in _SPACED if bits & _SPACED_BITS else ():
        if bits & detector.suspicion:
            text = _apply(detector, text, findings)
    if bits & (Suspicion.CODE_ASSIGNMENT if is_code else Suspicion.ASSIGNMENT):
        text = assignments.scrub(text, found=findings.found, secrets=findings.secrets, is_code=is_code)
    for detector in _OTHERS:
        if bits & detector.suspicion:
            text = _apply(detector, text, findings)
    if bits & _NEEDS_DECODING and depth < MAX_ENCODING_DEPTH and len(text) <= MAX_DECODED_CHARS:
        text = _scrub_encoded(text, bits, findings, depth=depth)
    return text


def scrub_unknown(text: str, findings: Findings, *, is_code: bool = False, depth: int = 0) -> str:
    """As scrub, for a text about which nothing is known yet."""
    bits = suspect((encodings.fold(text),)).get(0, 0)
    return scrub(text, bits, findings, is_code=is_code, depth=depth) if bits else text


def scrub_path(path: str, findings: Findings) -> str:
    """A file name or script URL: only user names in home directories and what a URL's login or query holds."""
    bits = suspect((path,)).get(0, 0)
    return scrub(path, bits, findings, allowed=_IN_PATHS) if bits & _IN_PATHS else path


def is_suspect_inventory(listing: str) -> bool:
    """Whether a listing of software, as JSON text, holds anything that has no place in one."""
    return _is_suspect_inventory(listing) if len(listing) <= _MAX_REMEMBERED_CHARS else _is_suspect_inventory.__wrapped__(listing)


@lru_cache(maxsize=512)  # a project sends the same one with every event
def _is_suspect_inventory(listing: str) -> bool:
    bits = suspect((listing,)).get(0, 0) & _IN_INVENTORIES
    findings = Findings()
    if bits:
        scrub(listing, bits, findings, allowed=_IN_INVENTORIES)
    return bool(findings.found)


def _apply(detector: Detector, text: str, findings: Findings) -> str:
    def replace(match: re.Match[str]) -> str:
        replacement = detector.replace(match)
        if replacement is None or replacement == match[0]:
            return match[0]
        findings.found.append((detector.rule, detector.kind))
        before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        if before not in _SEPARATORS or after not in _SEPARATORS:
            findings.is_unsettled = True
        return replacement

    return detector.pattern.sub(replace, text)


def _scrub_encoded(text: str, bits: int, findings: Findings, *, depth: int) -> str:
    def inner(decoded: str) -> str:
        return scrub_unknown(decoded, findings, depth=depth + 1)

    sent = text
    if bits & Suspicion.PERCENT:
        text = encodings.percent(text, inner)
    if bits & Suspicion.ENTITY:
        text = encodings.entities(text, inner)
    if bits & Suspicion.ESCAPE:
        text = encodings.escapes(text, inner)
    if bits & Suspicion.BASE64:
        text = encodings.base64(text, inner)
    if text != sent:
        findings.is_unsettled = True  # what was encoded anew may have uncovered what stood beside it
    return text


def embedded_json(text: str) -> object | None:
    """The object or array which a text is the JSON of; None if it is not."""
    head = text.lstrip()[:1]
    if head not in _JSON_STARTS or len(text) < 4 or len(text) > MAX_DECODED_CHARS:
        return None
    try:
        value: object = json.decode(text)
    except (MsgspecError, RecursionError):
        return None
    return value if isinstance(value, dict | list | str) else None
