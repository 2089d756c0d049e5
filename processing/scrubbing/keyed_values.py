"""What to put in place of a value whose field name is sensitive."""

import re

from processing.scrubbing import cookies
from processing.scrubbing.key_names import KeyMeaning
from processing.scrubbing.placeholders import is_placeholder, placeholder, says_nothing

_SCHEME = re.compile(r"(?i)(bearer|basic|digest|negotiate|token|apikey|sentry|hawk|aws4-hmac-sha256)\s+\S")
_FEWEST_DIGITS = {KeyMeaning.NUMBER: 1, KeyMeaning.NATIONAL_ID: 5, KeyMeaning.PHONE: 7}
_MANY_DECIMALS = re.compile(r"-?\d{1,3}\.\d{3,}")


def replacement_of_text(value: str, meaning: KeyMeaning, secrets: list[str]) -> str | None:
    """The text that replaces `value`, or None if it may stay; a removed secret is added to `secrets`."""
    if is_placeholder(value) or (says_nothing(value) and (meaning is not KeyMeaning.PERSONAL or len(value) > 1)):
        return None
    match meaning:
        case KeyMeaning.SECRET:
            return _replaced_secret(value, secrets)
        case KeyMeaning.COOKIES:
            return cookies.scrub_header(value, secrets)
        case KeyMeaning.NUMBER | KeyMeaning.NATIONAL_ID | KeyMeaning.PHONE:
            return _replaced_number(value, meaning, secrets)
        case KeyMeaning.COORDINATE:
            return f"{float(value):.1f}" if _MANY_DECIMALS.fullmatch(value.strip()) else None
        case _:
            return placeholder(meaning.value) if meaning is KeyMeaning.PERSONAL else None


def _replaced_number(value: str, meaning: KeyMeaning, secrets: list[str]) -> str | None:
    if sum(map(str.isdigit, value)) < _FEWEST_DIGITS[meaning]:
        return None
    secrets.append(value)
    return placeholder(meaning.value)


def replacement_of_number(value: float, meaning: KeyMeaning) -> float | str | None:
    """As replacement_of_text, for a JSON number: most secrets are no numbers, but PINs, cards and ids are."""
    match meaning:
        case KeyMeaning.NUMBER | KeyMeaning.NATIONAL_ID | KeyMeaning.PHONE:
            return placeholder(meaning.value) if len(str(abs(value))) >= max(3, _FEWEST_DIGITS[meaning]) else None
        case KeyMeaning.COORDINATE:
            rounded = round(value, 1)
            return rounded if rounded != value else None
        case KeyMeaning.PERSONAL:
            return placeholder(meaning.value)
        case _:
            return None


def _replaced_secret(value: str, secrets: list[str]) -> str:
    scheme = _SCHEME.match(value)
    if scheme:
        rest = value[scheme.end() - 1 :]
        if is_placeholder(rest.strip()):
            return value
        secrets.append(rest)
        return f"{scheme[1]} {placeholder('secret')}"
    secrets.append(value)
    return placeholder("secret")
