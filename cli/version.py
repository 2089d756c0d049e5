"""`errata version`."""

import platform
from importlib import metadata
from pathlib import Path

from cli import command_line, terminal

_SHOWN = ("fastapi", "uvicorn", "sqlalchemy", "asyncpg", "redis", "cryptography")


def version() -> None:
    """Print the version of Errata, of Python and of the libraries that matter in a report."""
    terminal.say(f"errata {own_version()}")
    terminal.say(f"python {platform.python_version()} on {platform.system()} {platform.machine()}")
    for name in _SHOWN:
        terminal.say(f"{name} {metadata.version(name)}")


def own_version() -> str:
    """Of the installed package, or of the source tree in which this file lies."""
    try:
        return metadata.version("errata")
    except metadata.PackageNotFoundError:
        return _version_in_source_tree()


def _version_in_source_tree() -> str:
    for line in (Path(__file__).resolve().parents[1] / "pyproject.toml").read_text().splitlines():
        if line.startswith("version = "):
            return line.partition('"')[2].rstrip('"')
    return "unknown"


if __name__ == "__main__":
    command_line.run(version)
