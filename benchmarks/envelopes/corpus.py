"""Envelopes ready to be sent: gzip bodies whose event id can be replaced without compressing again.

Every gzip stream begins with one *stored* deflate block: envelope header, item header and the start of the event.  Whoever
sends a body overwrites both ids there and corrects the CRC in the trailer; for a server it is an ordinary gzip member.
"""

import json
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random

from benchmarks.envelopes.events import SDK, SHAPES, UNSET_ID, EventSize, Fields, make_event
from benchmarks.envelopes.stack_traces import make_trace

MAGIC = b"ERRCORP1"
TRACES = 200
HEAD_OFFSET = 15  # 10 bytes of gzip header (RFC 1952, 2.3), 5 of the stored block's (RFC 1951, 3.2.4)
_GZIP_HEADER = b"\x1f\x8b\x08\x00\0\0\0\0\x00\x03"
_RECORD = struct.Struct("<IIIIII")
_EVENT_START = b'{"event_id":"'


@dataclass(frozen=True, slots=True)
class EnvelopeBody:
    gzipped: bytes
    head_bytes: int  # the stored block, from HEAD_OFFSET on
    header_id_offset: int  # in `gzipped`, of the id in the envelope header
    event_id_offset: int  # in `gzipped`, of the id in the event
    rest_bytes: int  # what is compressed, before compression
    rest_crc: int

    @property
    def raw_bytes(self) -> int:
        return self.head_bytes + self.rest_bytes


def make_bodies(size: EventSize, *, count: int, seed: int, now: datetime, traces: int = TRACES) -> Iterator[EnvelopeBody]:
    """`count` different events over `traces` stack traces, the same for the same seed and time."""
    random = Random(seed)
    templates = [make_trace(random, SHAPES[size]) for _ in range(traces)]
    for number in range(count):
        event = make_event(random, templates[number % traces], size=size, now=now)
        yield _pack(event)


def with_event_id(body: EnvelopeBody, event_id: str) -> bytes:
    """The gzip body with another event id (32 hex digits) in its header and in its event."""
    packed = bytearray(body.gzipped)
    for offset in (body.header_id_offset, body.event_id_offset):
        packed[offset : offset + 32] = event_id.encode()
    head = packed[HEAD_OFFSET : HEAD_OFFSET + body.head_bytes]
    rest = zlib.decompressobj(-15).decompress(bytes(packed[10:-8]))[body.head_bytes :]
    packed[-8:-4] = struct.pack("<I", zlib.crc32(rest, zlib.crc32(head)))
    return bytes(packed)


def write(path: Path, bodies: Iterable[EnvelopeBody]) -> None:
    """The file that both load clients read, little endian."""
    kept = list(bodies)
    with path.open("wb") as file:
        file.write(MAGIC + struct.pack("<I", len(kept)))
        for body in kept:
            fields = (body.head_bytes, body.header_id_offset, body.event_id_offset, body.rest_bytes, body.rest_crc)
            file.write(_RECORD.pack(len(body.gzipped), *fields))
            file.write(body.gzipped)


def read(path: Path) -> list[EnvelopeBody]:
    """What `write` wrote.  Raises ValueError for another file."""
    content = path.read_bytes()
    if content[:8] != MAGIC:
        raise ValueError(f"{path} is no corpus of envelopes")
    (count,) = struct.unpack_from("<I", content, 8)
    bodies, position = [], 12
    for _ in range(count):
        length, *fields = _RECORD.unpack_from(content, position)
        position += _RECORD.size
        bodies.append(EnvelopeBody(content[position : position + length], *fields))
        position += length
    return bodies


def _pack(event: Fields) -> EnvelopeBody:
    payload = json.dumps(event, separators=(",", ":")).encode()
    header = json.dumps({"event_id": UNSET_ID, "sent_at": event["timestamp"], "sdk": SDK}, separators=(",", ":")).encode()
    item = json.dumps({"type": "event", "content_type": "application/json", "length": len(payload)}).encode()
    preamble = header + b"\n" + item + b"\n"
    split = len(_EVENT_START) + len(UNSET_ID)
    head, rest = preamble + payload[:split], payload[split:] + b"\n"
    compressor = zlib.compressobj(6, zlib.DEFLATED, -15)
    stored = b"\x00" + struct.pack("<HH", len(head), len(head) ^ 0xFFFF) + head
    trailer = struct.pack("<II", zlib.crc32(rest, zlib.crc32(head)), len(head) + len(rest))
    return EnvelopeBody(
        gzipped=_GZIP_HEADER + stored + compressor.compress(rest) + compressor.flush() + trailer,
        head_bytes=len(head),
        header_id_offset=HEAD_OFFSET + header.index(UNSET_ID.encode()),
        event_id_offset=HEAD_OFFSET + len(preamble) + len(_EVENT_START),
        rest_bytes=len(rest),
        rest_crc=zlib.crc32(rest),
    )
