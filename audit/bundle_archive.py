"""Bundles as zip archives: written from a directory of files, read without unpacking them to disk."""

import hashlib
import os
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from audit.bundle_files import MANIFEST

_TIME = (1980, 1, 1, 0, 0, 0)  # the smallest that zip knows: equal content makes equal archives
_BLOCK_BYTES = 1 << 20
_MAX_BYTES = 8 << 30  # unpacked: an archive from elsewhere must not fill the memory
_MAX_FILES = 200_000


class NoBundleError(Exception):
    """The file is no zip archive of ours, or too large to be read."""


def write(directory: Path, target: Path) -> None:
    """Pack all files with a manifest of their SHA-256; `target` appears complete or not at all, readable by its owner."""
    names = sorted(str(path.relative_to(directory)) for path in directory.rglob("*") if path.is_file())
    manifest = {name: _digest(directory / name) for name in names}
    unfinished = target.with_name(f".{target.name}.part")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as raw, zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        archive.writestr(_entry(MANIFEST), msgspec.json.format(msgspec.json.encode(manifest), indent=1))
        for name in names:
            _pack(archive, directory / name, name)
    unfinished.replace(target)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _TIME)
    entry.compress_type = zipfile.ZIP_STORED if name.startswith("tile/") else zipfile.ZIP_DEFLATED  # hashes do not shrink
    entry.external_attr = 0o644 << 16
    return entry


def _pack(archive: zipfile.ZipFile, path: Path, name: str) -> None:
    with path.open("rb") as source, archive.open(_entry(name), "w", force_zip64=True) as packed:
        while block := source.read(_BLOCK_BYTES):
            packed.write(block)


def _digest(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


class BundleArchive(Mapping[str, bytes]):
    """The files of a bundle by name, each unpacked when it is asked for."""

    def __init__(self, path: Path) -> None:
        """Raises NoBundleError."""
        try:
            self._archive = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError) as error:
            raise NoBundleError(f"{path.name} is no readable zip archive") from error
        listed = self._archive.infolist()
        self._names = [entry.filename for entry in listed if not entry.is_dir()]
        if len(listed) > _MAX_FILES or sum(entry.file_size for entry in listed) > _MAX_BYTES:
            raise NoBundleError(f"{path.name} is larger than any bundle")
        if len(set(self._names)) != len(self._names):
            raise NoBundleError(f"{path.name} holds two files of one name")

    def __getitem__(self, name: str) -> bytes:
        try:
            return self._archive.read(name)
        except zipfile.BadZipFile as error:
            raise NoBundleError(f"{name} is damaged") from error

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def close(self) -> None:
        self._archive.close()
