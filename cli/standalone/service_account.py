"""As whom the embedded servers run: PostgreSQL refuses root, so root steps down to an unprivileged account."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from cli.failures import CannotStartError

_CANDIDATES = ("errata", "postgres", "nobody")


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """An account that root steps down to; a process that is not root keeps its own and has None instead."""

    name: str
    user_id: int
    group_id: int


def choose(existing: Path) -> ServiceAccount | None:
    """The owner of the directory `existing`, else the first account of the list; None when this process is not root."""
    if os.geteuid() != 0:
        return None
    if existing.exists() and (owner := existing.stat()).st_uid != 0:
        return ServiceAccount(_name_of(owner.st_uid), owner.st_uid, owner.st_gid)
    for name in _CANDIDATES:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return ServiceAccount(name, found.pw_uid, found.pw_gid)
    raise CannotStartError(
        "PostgreSQL does not run as root and there is no account to step down to",
        cure="Run `useradd --system errata`, or start errata as an ordinary user",
    )


def can_execute(account: ServiceAccount | None, path: Path) -> bool:
    """Whether the account may run the program, or enter the directory, including every directory on the way."""
    if account is None:
        return os.access(path, os.X_OK)
    probe = subprocess.run(  # noqa: S603  # fixed program, the path is one argument
        ["/bin/sh", "-c", 'test -x "$0"', str(path)],
        user=account.user_id,
        group=account.group_id,
        extra_groups=[],
        cwd="/",
        check=False,
    )
    return probe.returncode == 0


def give(path: Path, account: ServiceAccount | None) -> None:
    """Hand a file or directory (not what is in it) to the account."""
    if account is not None:
        os.chown(path, account.user_id, account.group_id)


def _name_of(user_id: int) -> str:
    try:
        return pwd.getpwuid(user_id).pw_name
    except KeyError:
        return str(user_id)
