"""The file of an export opens whole, for its tenant and export, or not at all."""

import io
import os
from pathlib import Path
from uuid import UUID

import pytest

from audit import export_file
from audit.export_file import CHUNK_BYTES
from runtime.keyring import DataKey, SealBrokenError

KEY = DataKey(1, bytes(range(32)))
PLACE = export_file.place_of(UUID(int=1), UUID(int=2))


def written(path: Path, content: bytes) -> Path:
    assert export_file.write(path, io.BytesIO(content), key=KEY, place=PLACE) == len(content)
    return path


def read(path: Path, *, key: DataKey = KEY, place: bytes = PLACE) -> bytes:
    return b"".join(export_file.read(path, key=key, place=place))


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES])
def test_what_was_written_is_read_and_nothing_of_it_is_in_clear(tmp_path: Path, size: int) -> None:
    content = (b"entry in clear " * (size // 15 + 1))[:size]
    path = written(tmp_path / "organization" / "export.sealed", content)

    assert read(path) == content
    assert b"entry in clear" not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_another_key_or_place_opens_nothing(tmp_path: Path) -> None:
    path = written(tmp_path / "export.sealed", b"bundle")
    with pytest.raises(SealBrokenError):
        read(path, key=DataKey(1, bytes(32)))
    with pytest.raises(SealBrokenError):
        read(path, place=export_file.place_of(UUID(int=1), UUID(int=3)))


def test_a_file_that_was_cut_reordered_or_changed_is_noticed(tmp_path: Path) -> None:
    path = written(tmp_path / "export.sealed", os.urandom(2 * CHUNK_BYTES + 10))
    raw = path.read_bytes()
    block = 4 + CHUNK_BYTES + 28
    changed = bytearray(raw)
    changed[100] ^= 1
    for broken in (
        b"",
        raw[:block],
        raw[: 2 * block],
        raw[block : 2 * block] + raw[:block] + raw[2 * block :],
        raw[:-1],
        bytes(changed),
    ):
        path.write_bytes(broken)
        with pytest.raises(SealBrokenError):
            read(path)
