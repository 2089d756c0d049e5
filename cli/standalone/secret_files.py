"""Secrets of an installation, made once at the first start, one file each, readable by their owner only."""

import os
import secrets
from collections.abc import Iterable
from pathlib import Path

_RANDOM_BYTES = 32


def ensure(directory: Path, names: Iterable[str]) -> int:
    """Make every missing secret (64 hex digits); returns how many were made."""
    return sum(_make(directory / name) for name in names)


def write_private(path: Path, content: str) -> None:
    """Replace the file in one step; it is never readable by others, not even for a moment."""
    temporary = path.with_name(f".{path.name}.new")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as target:
        target.write(content)
        target.flush()
        os.fsync(target.fileno())
    temporary.replace(path)


def _make(path: Path) -> bool:
    if path.exists():
        return False
    write_private(path, secrets.token_hex(_RANDOM_BYTES))
    return True
