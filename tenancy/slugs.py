"""Slugs: the short, readable names in addresses and short issue ids."""

import re
import unicodedata

MAX_LENGTH = 50

_NOT_ALLOWED = re.compile(r"[^a-z0-9]+")


def slug_of(name: str, *, default: str) -> str:
    """Lower-case ASCII letters, digits and single hyphens, starting with one of the former; `default` if nothing is left."""
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return _NOT_ALLOWED.sub("-", ascii_only)[:MAX_LENGTH].strip("-") or default
