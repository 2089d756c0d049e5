"""Passwords at rest: argon2id, computed outside the event loop and never more than two at a time (64 MiB each)."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from runtime.secrets import Secret

MIN_LENGTH = 12  # NIST SP 800-63B rev. 4 asks for 8 with a second factor and 15 without; no composition rules
MAX_LENGTH = 256

_hasher = PasswordHasher()  # RFC 9106, 4, second recommended option: t=3, m=64 MiB, p=4
_pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")


class PasswordTooWeakError(Exception):
    def __init__(self) -> None:
        super().__init__(f"a password has {MIN_LENGTH} to {MAX_LENGTH} characters")


@dataclass(frozen=True, slots=True)
class Verdict:
    is_valid: bool
    needs_rehash: bool = False


async def hash_password(password: Secret) -> str:
    """The text to store.  Raises PasswordTooWeakError for a length outside the limits."""
    if not MIN_LENGTH <= len(password.reveal()) <= MAX_LENGTH:
        raise PasswordTooWeakError
    return await rehash(password)


async def rehash(password: Secret) -> str:
    """Like hash_password for a password that is in use already and may be older than today's limits."""
    return await asyncio.get_running_loop().run_in_executor(_pool, _hasher.hash, password.reveal())


async def verify(password: Secret, stored_hash: str | None) -> Verdict:
    """Whether the password fits; takes as long when there is no such user (`stored_hash` None)."""
    return await asyncio.get_running_loop().run_in_executor(_pool, _verify, password.reveal(), stored_hash)


def _verify(password: str, stored_hash: str | None) -> Verdict:
    if len(password) > MAX_LENGTH:
        password, stored_hash = "", None
    try:
        _hasher.verify(stored_hash or _hash_of_nobody(), password)
    except (VerificationError, InvalidHashError):
        return Verdict(is_valid=False)
    if not stored_hash:  # the hash of nobody fitted: still nobody
        return Verdict(is_valid=False)
    return Verdict(is_valid=True, needs_rehash=_hasher.check_needs_rehash(stored_hash))


@cache
def _hash_of_nobody() -> str:
    return _hasher.hash("nobody has this password")
