import contextlib
import gzip
import random
import struct
import tracemalloc
import zlib
from collections.abc import Callable, Iterable

import brotli  # type: ignore[import-untyped]  # the package ships no stubs
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from protocol import content_encoding, limits
from protocol.content_encoding import BodyTooLargeError, BrokenBodyError, Decoder, UnsupportedEncodingError

MIB = 1024 * 1024


def _deflate(data: bytes, *, wbits: int) -> bytes:
    stream = zlib.compressobj(6, zlib.DEFLATED, wbits)
    return stream.compress(data) + stream.flush()


CODERS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "identity": ("identity", lambda data: data),
    "gzip": ("gzip", lambda data: _deflate(data, wbits=31)),
    "zlib": ("deflate", lambda data: _deflate(data, wbits=15)),
    "raw deflate": ("deflate", lambda data: _deflate(data, wbits=-15)),
    "br": ("br", lambda data: bytes(brotli.compress(data, quality=5))),
    "zstd": ("zstd", zstandard.compress),
}


def _decode_in_chunks(encoding: str, chunks: Iterable[bytes]) -> bytes:
    decoder = Decoder(encoding)
    pieces = [decoder.feed(chunk) for chunk in chunks]
    decoder.finish()
    return b"".join(pieces)


CODED = [name for name in CODERS if name != "identity"]


@pytest.mark.parametrize("coder", CODERS)
@given(data=st.binary(max_size=4096), cut=st.integers(min_value=1, max_value=5000))
def test_what_was_encoded_comes_back_however_it_is_cut(coder: str, data: bytes, cut: int) -> None:
    encoding, encode = CODERS[coder]
    body = encode(data)
    assert _decode_in_chunks(encoding, [body[start : start + cut] for start in range(0, len(body), cut)]) == data


@pytest.mark.parametrize("coder", CODERS)
@pytest.mark.parametrize("is_repetitive", [True, False])
@pytest.mark.parametrize("length", [limits.DECODE_STEP_BYTES * steps + more for steps in (1, 4) for more in (-1, 0, 1)])
@pytest.mark.parametrize("cut", [1 << 30, 5000])
def test_output_longer_than_a_step_comes_back_whole(coder: str, length: int, cut: int, *, is_repetitive: bool) -> None:
    data = (b"abcdefgh" * length)[:length] if is_repetitive else random.Random(7).randbytes(length).hex()[:length].encode()
    encoding, encode = CODERS[coder]
    body = encode(data)
    assert _decode_in_chunks(encoding, [body[start : start + cut] for start in range(0, len(body), cut)]) == data


@pytest.mark.parametrize("coder", CODERS)
@given(body=st.binary(max_size=2048))
def test_arbitrary_bytes_end_in_bytes_or_in_an_error_of_ours(coder: str, body: bytes) -> None:
    with contextlib.suppress(BodyTooLargeError, BrokenBodyError):
        content_encoding.decode(body, encoding=CODERS[coder][0])


@pytest.mark.parametrize("coder", CODED)
def test_a_truncated_body_is_broken(coder: str) -> None:
    encoding, encode = CODERS[coder]
    body = encode(bytes(range(256)) * 20)
    for end in (0, 1, len(body) // 2, len(body) - 1):
        with pytest.raises(BrokenBodyError):
            content_encoding.decode(body[:end], encoding=encoding)


@pytest.mark.parametrize("coder", CODED)
@pytest.mark.parametrize("is_one_chunk", [True, False])
def test_bytes_after_the_end_are_refused(coder: str, *, is_one_chunk: bool) -> None:
    encoding, encode = CODERS[coder]
    chunks = [encode(b"event"), b"JUNK"]
    with pytest.raises(BrokenBodyError):
        _decode_in_chunks(encoding, [b"".join(chunks)] if is_one_chunk else chunks)


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(b"event" * 99)[:-8] + b"\0\0\0\0" + gzip.compress(b"event" * 99)[-4:]),
        ("gzip", gzip.compress(b"event" * 99)[:-4] + b"\0\0\0\0"),
        ("gzip", b'{"event_id":"a"}\n'),
        ("deflate", zlib.compress(b"event" * 99)[:-4] + b"\0\0\0\0"),
        ("br", b'{"event_id":"a"}\n'),
        ("zstd", b'{"event_id":"a"}\n'),
        ("zstd", b"\x28\xb5\x2f\xfd\xe0" + struct.pack("<Q", 1 << 40) + b"\x01\x00\x00"),
        ("zstd", zstandard.compress(b"a") * 2),
    ],
)
def test_damaged_and_mislabelled_bodies_are_broken(encoding: str, body: bytes) -> None:
    with pytest.raises(BrokenBodyError):
        content_encoding.decode(body, encoding=encoding)


def _gzip_bomb() -> bytes:
    stream = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(stream.compress(bytes(MIB)) for _ in range(256)) + stream.flush()


def _raw_deflate_bomb() -> bytes:
    stream = zlib.compressobj(9, zlib.DEFLATED, -15)
    return b"".join(stream.compress(bytes(MIB)) for _ in range(256)) + stream.flush()


def _brotli_bomb() -> bytes:
    stream = brotli.Compressor(quality=1)
    return bytes(b"".join(stream.process(bytes(MIB)) for _ in range(256)) + stream.finish())


def _zstd_bomb() -> bytes:
    stream = zstandard.ZstdCompressor(level=1).compressobj()
    return b"".join(stream.compress(bytes(MIB)) for _ in range(256)) + stream.flush()


@pytest.mark.parametrize(
    ("encoding", "make"), [("gzip", _gzip_bomb), ("deflate", _raw_deflate_bomb), ("br", _brotli_bomb), ("zstd", _zstd_bomb)]
)
@pytest.mark.parametrize("chunk_bytes", [1 << 30, 4096])
def test_a_bomb_of_256_mib_is_stopped_before_it_fills_memory(encoding: str, make: Callable[[], bytes], chunk_bytes: int) -> None:
    bomb = make()
    tracemalloc.start()
    try:
        with pytest.raises(BodyTooLargeError):
            _decode_in_chunks(encoding, (bomb[start : start + chunk_bytes] for start in range(0, len(bomb), chunk_bytes)))
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak_bytes < 3 * limits.MAX_DECODED_BODY_BYTES


def test_the_ratio_guard_stops_a_bomb_that_is_within_the_size_limit() -> None:
    body = zlib.compress(bytes(10 * MIB), 9)
    with pytest.raises(BodyTooLargeError):
        content_encoding.decode(body, encoding="deflate", max_bytes=20 * MIB)


def test_a_very_repetitive_event_below_one_mebibyte_is_no_bomb() -> None:
    assert len(content_encoding.decode(zlib.compress(b"q" * 900_000, 9), encoding="deflate")) == 900_000


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_the_limit_is_inclusive(encoding: str) -> None:
    encode = CODERS[encoding][1]
    assert content_encoding.decode(encode(b"12345"), encoding=encoding, max_bytes=5) == b"12345"
    with pytest.raises(BodyTooLargeError) as caught:
        content_encoding.decode(encode(b"123456"), encoding=encoding, max_bytes=5)
    assert caught.value.limit_bytes == 5


def test_sixteen_gzip_members_are_read_and_a_seventeenth_is_not() -> None:
    assert content_encoding.decode(gzip.compress(b"ab") * 16, encoding="gzip") == b"ab" * 16
    for members in (17, 20_000):
        with pytest.raises(BrokenBodyError):
            content_encoding.decode(gzip.compress(b"") * members, encoding="gzip")


def test_a_zstd_window_above_eight_mebibytes_is_refused() -> None:
    parameters = zstandard.ZstdCompressionParameters(window_log=27, enable_ldm=True)
    stream = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    with pytest.raises(BrokenBodyError):
        content_encoding.decode(stream.compress(b"event") + stream.flush(), encoding="zstd")


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (None, "identity"),
        ("", "identity"),
        ("identity", "identity"),
        ("gzip", "gzip"),
        (" GZip ", "gzip"),
        ("x-gzip", "gzip"),
        ("deflate", "deflate"),
        ("br", "br"),
        ("zstd", "zstd"),
        ("utf-8", "identity"),
        ("gzip, identity", "gzip"),
        (",", "identity"),
    ],
)
def test_the_coding_is_named_as_sdks_mean_it(header: str | None, name: str) -> None:
    assert content_encoding.name_of(header) == name


@pytest.mark.parametrize("header", ["gzip, gzip", "br,gzip", "gzip, unknown", "compress", "dcz"])
def test_stacked_and_registered_but_unreadable_codings_are_refused(header: str) -> None:
    with pytest.raises(UnsupportedEncodingError):
        content_encoding.name_of(header)
