"""Browser and system from a User-Agent header, where the SDK sent no such context."""

import re
from functools import lru_cache

# Order matters: nearly every browser also claims to be those before it.
_BROWSERS = (
    ("Edge", re.compile(r"Edg(?:e|A|iOS)?/([\d.]+)")),
    ("Opera", re.compile(r"OPR/([\d.]+)")),
    ("Samsung Internet", re.compile(r"SamsungBrowser/([\d.]+)")),
    ("Firefox", re.compile(r"(?:Firefox|FxiOS)/([\d.]+)")),
    ("Chrome", re.compile(r"(?:Headless)?Chrom(?:e|ium)/([\d.]+)|CriOS/([\d.]+)")),
    ("Safari", re.compile(r"Version/([\d.]+).*Safari/")),
    ("Internet Explorer", re.compile(r"MSIE ([\d.]+)|Trident/.*rv:([\d.]+)")),
)
_SYSTEMS = (
    ("Android", re.compile(r"Android ([\d.]+)")),
    ("iOS", re.compile(r"(?:iPhone|iPad|iPod).*? OS ([\d_]+)")),
    ("macOS", re.compile(r"Mac OS X ([\d_.]+)")),
    ("Windows", re.compile(r"Windows NT ([\d.]+)")),
    ("Chrome OS", re.compile(r"CrOS \S+ ([\d.]+)")),
    ("Linux", re.compile(r"Linux()")),
)
_MAX_CHARS = 512  # longer headers are not from browsers


@lru_cache(maxsize=1024)
def browser_and_system(header: str) -> tuple[str | None, str | None]:
    """("Chrome 131.0.0", "Windows 10.0"); None for what is not recognised."""
    head = header[:_MAX_CHARS]
    return _first(_BROWSERS, head), _first(_SYSTEMS, head)


def _first(candidates: tuple[tuple[str, re.Pattern[str]], ...], header: str) -> str | None:
    for name, pattern in candidates:
        if match := pattern.search(header):
            version = next((group for group in match.groups() if group), "").replace("_", ".")
            return f"{name} {'.'.join(version.split('.')[:3])}".strip()
    return None
