"""Content codings undone in small steps, so that no input can make more output than its limits allow.

The decoder never trusts a declared size and never gives more than DECODE_STEP_BYTES to the caller's memory at once without
having checked the caps (zstd: one slice of input, see there).
"""

from collections.abc import Iterator
from typing import Protocol

import brotli  # type: ignore[import-untyped]  # the package ships no stubs
import zstandard
from isal import isal_zlib

from protocol import limits

IDENTITY = "identity"
_ISAL_ERROR: type[Exception] = isal_zlib.error  # type: ignore[assignment]  # the stub declares an instance
_GZIP_WBITS, _ZLIB_WBITS, _RAW_WBITS = 31, 15, -15  # zlib's own convention
_ALIASES = {"": IDENTITY, "x-gzip": "gzip"}
_SUPPORTED = frozenset({IDENTITY, "gzip", "deflate", "br", "zstd"})
# Registered codings which we cannot undo: honest clients mean them.  Source: IANA, HTTP Content Coding Registry.
_REFUSED = frozenset({"compress", "x-compress", "dcb", "dcz", "aes128gcm", "exi", "pack200-gzip"})
# A zstd block of 4 bytes may hold 128 KiB (RFC 8878, 3.1.1.2), so one slice gives at most 2 MiB before the caps are checked.
_ZSTD_SLICE_BYTES = 64


class UnsupportedEncodingError(Exception):
    """The body has a coding, or a stack of codings, which is not undone here."""


class BrokenBodyError(Exception):
    """The body is not what its content coding says: damaged, truncated or followed by something else."""


class BodyTooLargeError(Exception):
    """The body is larger than its limit, or grows as only a decompression bomb does."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"body exceeds its limit of {limit_bytes} bytes")
        self.limit_bytes = limit_bytes


def name_of(content_encoding: str | None) -> str:
    """Our name of the coding in a Content-Encoding header: identity, gzip, deflate, br or zstd.

    An empty or unregistered name means identity, as for Relay (ruby sends an empty header).  Raises UnsupportedEncodingError
    for several codings on top of each other and for registered ones which we do not undo.
    """
    if content_encoding is None:
        return IDENTITY
    names = [name for part in content_encoding.split(",") if (name := _normalised(part)) != IDENTITY]
    if not names:
        return IDENTITY
    if len(names) > 1 or names[0] in _REFUSED:
        raise UnsupportedEncodingError
    return names[0] if names[0] in _SUPPORTED else IDENTITY


def decode(body: bytes, *, encoding: str, max_bytes: int = limits.MAX_DECODED_BODY_BYTES) -> bytes:
    """The whole decoded body.  Raises BodyTooLargeError, BrokenBodyError or UnsupportedEncodingError."""
    decoder = Decoder(encoding, max_bytes=max_bytes)
    decoded = decoder.feed(body)
    decoder.finish()
    return decoded


class _Engine(Protocol):
    """Undoes one coding; `steps` yields output piece by piece and may be abandoned at any piece."""

    def steps(self, chunk: bytes) -> Iterator[bytes]: ...

    def is_complete(self) -> bool: ...


class Decoder:
    """Decodes a body that arrives in chunks: `feed` each, then `finish`."""

    __slots__ = ("_engine", "_max_bytes", "_read_bytes", "_written_bytes")

    def __init__(self, encoding: str, *, max_bytes: int = limits.MAX_DECODED_BODY_BYTES) -> None:
        self._engine = _engine_for(encoding)
        self._max_bytes = max_bytes
        self._read_bytes = 0
        self._written_bytes = 0

    def feed(self, chunk: bytes) -> bytes:
        """What `chunk` decodes to.  Raises BodyTooLargeError or BrokenBodyError; the decoder is then useless."""
        self._read_bytes += len(chunk)
        if self._engine is None:
            self._count(len(chunk))
            return chunk
        pieces: list[bytes] = []
        try:
            for piece in self._engine.steps(chunk):
                self._count(len(piece))
                self._check_ratio()
                pieces.append(piece)
        except (_ISAL_ERROR, brotli.error, zstandard.ZstdError) as error:
            raise BrokenBodyError("the body does not decode") from error
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def finish(self) -> None:
        """Raises BrokenBodyError if the coded stream has not reached its end."""
        if self._engine is not None and not self._engine.is_complete():
            raise BrokenBodyError("the body is truncated")

    def _count(self, piece_bytes: int) -> None:
        self._written_bytes += piece_bytes
        if self._written_bytes > self._max_bytes:
            raise BodyTooLargeError(self._max_bytes)

    def _check_ratio(self) -> None:
        written = self._written_bytes
        if written > limits.RATIO_GUARD_STARTS_BYTES and written > limits.MAX_EXPANSION_RATIO * self._read_bytes:
            raise BodyTooLargeError(limits.MAX_EXPANSION_RATIO * self._read_bytes)


class _Gzip:
    """gzip, up to MAX_GZIP_MEMBERS members (RFC 1952, 2.2); the checksum of each is verified."""

    def __init__(self) -> None:
        self._member = isal_zlib.decompressobj(_GZIP_WBITS)
        self._members = 1

    def steps(self, chunk: bytes) -> Iterator[bytes]:
        rest = chunk
        while rest:
            if self._member.eof:
                self._begin_member()
            yield from _inflate(self._member, rest)
            rest = self._member.unused_data if self._member.eof else b""

    def is_complete(self) -> bool:
        return bool(self._member.eof)

    def _begin_member(self) -> None:
        self._members += 1
        if self._members > limits.MAX_GZIP_MEMBERS:
            raise BrokenBodyError("too many gzip members")
        self._member = isal_zlib.decompressobj(_GZIP_WBITS)


class _Deflate:
    """deflate: zlib (RFC 1950) as HTTP says, or raw (RFC 1951) as some clients send; told apart by the first two bytes."""

    def __init__(self) -> None:
        self._start = b""
        self._stream: isal_zlib.Decompress | None = None

    def steps(self, chunk: bytes) -> Iterator[bytes]:
        if self._stream is None:
            self._start += chunk
            if len(self._start) < 2:  # the zlib header
                return
            self._stream = isal_zlib.decompressobj(_ZLIB_WBITS if _is_zlib(self._start) else _RAW_WBITS)
            chunk, self._start = self._start, b""
        if self._stream.eof and chunk:
            raise BrokenBodyError("bytes after the end")
        yield from _inflate(self._stream, chunk)
        if self._stream.eof and self._stream.unused_data:
            raise BrokenBodyError("bytes after the end")

    def is_complete(self) -> bool:
        return self._stream is not None and bool(self._stream.eof)


class _Brotli:
    def __init__(self) -> None:
        self._stream = brotli.Decompressor()

    def steps(self, chunk: bytes) -> Iterator[bytes]:
        if not chunk:
            return
        if self._stream.is_finished():
            raise BrokenBodyError("bytes after the end")
        piece = self._stream.process(chunk, output_buffer_limit=limits.DECODE_STEP_BYTES)
        yield piece
        # All input may have been taken while output still waits: a full step means that there may be more.
        while len(piece) >= limits.DECODE_STEP_BYTES or not self._stream.can_accept_more_data():
            piece = self._stream.process(b"", output_buffer_limit=limits.DECODE_STEP_BYTES)
            yield piece

    def is_complete(self) -> bool:
        return bool(self._stream.is_finished())


class _Zstd:
    """One frame with a window of at most MAX_ZSTD_WINDOW_BYTES; input goes in by slices, because output cannot be capped."""

    def __init__(self) -> None:
        self._stream = zstandard.ZstdDecompressor(max_window_size=limits.MAX_ZSTD_WINDOW_BYTES).decompressobj()

    def steps(self, chunk: bytes) -> Iterator[bytes]:
        for start in range(0, len(chunk), _ZSTD_SLICE_BYTES):
            if self._stream.eof:
                raise BrokenBodyError("bytes after the end")
            yield self._stream.decompress(chunk[start : start + _ZSTD_SLICE_BYTES])
        if self._stream.eof and self._stream.unused_data:
            raise BrokenBodyError("bytes after the end")

    def is_complete(self) -> bool:
        return bool(self._stream.eof)


def _engine_for(encoding: str) -> _Engine | None:
    match encoding:
        case "identity":
            return None
        case "gzip":
            return _Gzip()
        case "deflate":
            return _Deflate()
        case "br":
            return _Brotli()
        case "zstd":
            return _Zstd()
        case _:
            raise UnsupportedEncodingError


def _inflate(stream: "isal_zlib.Decompress", chunk: bytes) -> Iterator[bytes]:
    """Output in steps until the stream wants more input or has ended."""
    piece = stream.decompress(chunk, limits.DECODE_STEP_BYTES)
    yield piece
    # The stream keeps some input to itself: a full step means that there may be more, even without a tail.
    while piece and not stream.eof and (stream.unconsumed_tail or len(piece) >= limits.DECODE_STEP_BYTES):
        piece = stream.decompress(stream.unconsumed_tail, limits.DECODE_STEP_BYTES)
        yield piece


def _is_zlib(start: bytes) -> bool:
    """RFC 1950, 2.2: method 8 and a check that makes the first two bytes a multiple of 31."""
    return start[0] & 0x0F == 8 and ((start[0] << 8) | start[1]) % 31 == 0


def _normalised(name: str) -> str:
    stripped = name.strip().lower()
    return _ALIASES.get(stripped, stripped)
