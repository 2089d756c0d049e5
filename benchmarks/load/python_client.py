"""The load client for machines without a C compiler: the same options and the same answer as client.c, but slower.

Run as `python -m benchmarks.load.python_client`; tables made with it say so.
"""

import argparse
import asyncio
import contextlib
import json
import resource
import struct
import time
import uuid
import zlib
from collections import Counter
from itertools import cycle
from pathlib import Path

from benchmarks.envelopes import corpus
from benchmarks.envelopes.corpus import HEAD_OFFSET, EnvelopeBody

_PATIENCE_SECONDS = 30


class Payload:
    """A body with its compressed rest and the plain one, whose CRC has to follow each new id."""

    def __init__(self, body: EnvelopeBody) -> None:
        self.packed = body.gzipped
        self.ids = (body.header_id_offset, body.event_id_offset)
        self.head_bytes = body.head_bytes
        self.rest = zlib.decompressobj(-15).decompress(body.gzipped[10:-8])[body.head_bytes :]

    def with_id(self, event_id: bytes) -> bytes:
        packed = bytearray(self.packed)
        for offset in self.ids:
            packed[offset : offset + 32] = event_id
        crc = zlib.crc32(self.rest, zlib.crc32(packed[HEAD_OFFSET : HEAD_OFFSET + self.head_bytes]))
        packed[-8:-4] = struct.pack("<I", crc)
        return bytes(packed)


class _Run:
    """What is to be sent, and what became of it."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.bodies = cycle([Payload(body) for body in corpus.read(options.corpus)])
        self.began = time.monotonic()
        self.started = 0
        self.latencies: list[float] = []
        self.statuses: Counter[int] = Counter()
        self.errors: list[str] = []
        self.ids: list[str] = []

    def next_start(self) -> float | None:
        """When the next request is due; None when there is none left."""
        options, now = self.options, time.monotonic()
        due = self.began + self.started / options.rate if options.rate else now
        is_over = (options.seconds and due - self.began >= options.seconds) or (
            options.requests and self.started >= options.requests
        )
        if is_over:
            return None
        self.started += 1
        return due

    def note(self, status: int, *, event_id: str, due: float) -> None:
        self.statuses[status] += 1
        if 200 <= status < 300:
            self.latencies.append((time.monotonic() - due) * 1000)
            self.ids.append(event_id)

    def report(self, cpu_seconds: float) -> dict[str, object]:
        latencies = sorted(self.latencies)

        def percentile(share: float) -> float:
            return latencies[int(share * (len(latencies) - 1) + 0.5)] if latencies else 0.0

        return {
            "client": "Python",
            "seconds": time.monotonic() - self.began,
            "accepted": len(latencies),
            "errors": len(self.errors),
            "first_error": self.errors[0] if self.errors else "",
            "statuses": {str(status): count for status, count in sorted(self.statuses.items())},
            "p50_ms": percentile(0.5),
            "p95_ms": percentile(0.95),
            "p99_ms": percentile(0.99),
            "client_cpu_seconds": cpu_seconds,
        }


async def _keep_sending(run: _Run) -> None:
    """One connection: opened again after an error, until nothing is left to be sent."""
    reader_writer: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
    while (due := run.next_start()) is not None:
        if (pause := due - time.monotonic()) > 0:
            await asyncio.sleep(pause)
        event_id = uuid.uuid4().hex
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                reader_writer = reader_writer or await asyncio.open_connection("127.0.0.1", run.options.port)
                status = await _exchange(*reader_writer, _request(run, event_id))
        except (OSError, TimeoutError, asyncio.IncompleteReadError, ValueError) as error:
            run.errors.append(type(error).__name__)
            reader_writer = None
        else:
            run.note(status, event_id=event_id, due=due)
    if reader_writer:
        reader_writer[1].close()
        with contextlib.suppress(OSError):
            await reader_writer[1].wait_closed()


def _request(run: _Run, event_id: str) -> bytes:
    body = next(run.bodies).with_id(event_id.encode())
    head = (
        f"POST {run.options.path} HTTP/1.1\r\nHost: 127.0.0.1:{run.options.port}\r\nUser-Agent: sentry.python.django/2.48.0\r\n"
        f"X-Sentry-Auth: Sentry sentry_key={run.options.key}, sentry_version=7, sentry_client=sentry.python.django/2.48.0\r\n"
        "Content-Type: application/x-sentry-envelope\r\nContent-Encoding: gzip\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> int:
    """The status of the answer.  Raises ValueError for an answer without a Content-Length."""
    writer.write(request)
    header = (await reader.readuntil(b"\r\n\r\n")).lower()
    _, found, rest = header.partition(b"\r\ncontent-length:")
    if not found:
        raise ValueError("no Content-Length")
    await reader.readexactly(int(rest.split(b"\r\n", 1)[0]))
    return int(header[9:12])


async def send(options: argparse.Namespace) -> dict[str, object]:
    run = _Run(options)
    before = time.process_time()
    async with asyncio.TaskGroup() as group:
        for _ in range(options.connections):
            group.create_task(_keep_sending(run))
    if options.ids:
        options.ids.write_text("".join(f"{event_id}\n" for event_id in run.ids))
    return run.report(time.process_time() - before)


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--path", required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--requests", type=int)
    parser.add_argument("--rate", type=float)
    parser.add_argument("--ids", type=Path)
    return parser.parse_args()


def main() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 4096)), hard))
    print(json.dumps(asyncio.run(send(read_options()))))


if __name__ == "__main__":
    main()
