"""Cookies: the harmless ones are told apart by name, all others are secrets."""

from processing.scrubbing.placeholders import placeholder, says_nothing

_HARMLESS = frozenset(
    [
        "theme",
        "lang",
        "language",
        "locale",
        "i18n",
        "timezone",
        "tz",
        "currency",
        "country",
        "region",
        "layout",
        "darkmode",
        "dark_mode",
        "color_scheme",
        "sidebar",
        "consent",
        "cookie_consent",
        "cookieconsent",
        "path",
        "expires",
        "max-age",
        "samesite",
        "domain",
        "secure",
        "httponly",
        "view",
        "sort",
        "per_page",
        "viewport",
    ]
)


def is_harmless(name: str) -> bool:
    return name.strip().lower() in _HARMLESS


def scrub_header(value: str, secrets: list[str]) -> str:
    """A Cookie or Set-Cookie header with the values of all but harmless cookies replaced."""
    parts = value.split(";")
    return ";".join(_part(part, is_first=position == 0, secrets=secrets) for position, part in enumerate(parts))


def _part(part: str, *, is_first: bool, secrets: list[str]) -> str:
    name, equals, value = part.partition("=")
    if not equals:
        if is_first and not says_nothing(part):
            secrets.append(part.strip())
            return placeholder("cookies")
        return part
    if is_harmless(name) or says_nothing(value):
        return part
    secrets.append(value.strip())
    return f"{name}={placeholder('cookies')}"
