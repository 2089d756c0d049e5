"""The file of an export: the bundle in chunks, each sealed with the tenant's audit key for its place in this file.

Cut off, reordered or taken from another export, it does not open.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO
from uuid import UUID

from runtime.keyring import DataKey, SealBrokenError, open_sealed, seal

CHUNK_BYTES = 1024 * 1024
_LENGTH_BYTES = 4
_MAX_SEALED_BYTES = CHUNK_BYTES + 64  # nonce and tag
_SUFFIX = ".sealed"


def path_of(directory: Path, organization_id: UUID, export_id: UUID) -> Path:
    return directory / str(organization_id) / f"{export_id}{_SUFFIX}"


def write(path: Path, content: IO[bytes], *, key: DataKey, place: bytes) -> int:
    """Seal everything that `content` holds into the file, all or nothing; returns the number of bytes read."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    size = 0
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "wb") as file:  # noqa: PTH123  # of a descriptor: the mode is set when the file is made
        for number, (chunk, is_last) in enumerate(_chunks(content)):
            sealed = seal(key.key, chunk, associated_data=_place_of_chunk(place, number, is_last=is_last))
            file.write(len(sealed).to_bytes(_LENGTH_BYTES, "big") + sealed)
            size += len(chunk)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    return size


def read(path: Path, *, key: DataKey, place: bytes) -> Iterator[bytes]:
    """The chunks in clear.  Raises FileNotFoundError, and SealBrokenError at the first chunk that is not as written."""
    with path.open("rb") as file:
        sealed = _next_sealed(file)
        number = 0
        while sealed is not None:
            following = _next_sealed(file)
            yield open_sealed(key.key, sealed, associated_data=_place_of_chunk(place, number, is_last=following is None))
            sealed, number = following, number + 1
        if number == 0:
            raise SealBrokenError


def place_of(organization_id: UUID, export_id: UUID) -> bytes:
    """Associated data of the file: it opens for its tenant and export only."""
    return f"audit-export|{organization_id}|{export_id}".encode()


def delete(path: Path) -> None:
    """The file and what an interrupted write may have left."""
    path.unlink(missing_ok=True)
    path.with_suffix(".part").unlink(missing_ok=True)


def _chunks(content: IO[bytes]) -> Iterable[tuple[bytes, bool]]:
    """At least one chunk; the last one is marked."""
    chunk = content.read(CHUNK_BYTES)
    while True:
        following = content.read(CHUNK_BYTES)
        yield chunk, not following
        if not following:
            return
        chunk = following


def _next_sealed(file: IO[bytes]) -> bytes | None:
    length = file.read(_LENGTH_BYTES)
    if not length:
        return None
    wanted = int.from_bytes(length, "big")
    sealed = file.read(wanted) if len(length) == _LENGTH_BYTES and wanted <= _MAX_SEALED_BYTES else b""
    if len(sealed) != wanted:
        raise SealBrokenError
    return sealed


def _place_of_chunk(place: bytes, number: int, *, is_last: bool) -> bytes:
    return place + b"|%d|%s" % (number, b"last" if is_last else b"more")
