"""Every recorded SDK request, byte for byte, against our edge: what the recording server took, we take.

Only the project and the key are rewritten, because those of the recording do not exist here.  Answers of 4xx and 5xx in the
recordings were scripted to watch the SDKs; the requests are good and get 200 from us.
"""

import gzip
import json
import re
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import brotli  # type: ignore[import-untyped]  # the package ships no stubs
import pytest_asyncio
import zstandard

from protocol import content_encoding, envelope, otlp
from protocol.envelope import Envelope
from protocol.otlp import CATEGORY_OF_SIGNAL, Export, MediaType, Signal
from protocol.outcome import category_of
from protocol.stream_message import MessageKind
from tests.conftest import TenantFixture
from tests.corpus_index import CORPUS
from tests.integration.ingest.conftest import ReadQueue
from tests.integration.ingest.edge_server import Answer, send_raw

RECORDED_KEY = "a94ae32be2584e0bbd7a4cbb95971fed"
HANDMADE_DSN = b"http://KEY@127.0.0.1:21000/P"  # a template which the recording left unfilled
_DSN_IN_HEADER = re.compile(  # PHP escapes its slashes
    rb'("dsn":\s*"https?:\\?/\\?/)' + RECORDED_KEY.encode() + rb'((?::[^@"]*)?@[^"]*/)1"'
)
_FRAMING = frozenset({"content-length", "transfer-encoding"})

ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "identity": bytes,
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.compress,
}

# The answers that are not 2xx, and why.
REFUSED: dict[str, tuple[int, str]] = {
    "curl-handmade/bad_auth-01": (401, "PROTOCOL.md 3: no key in any form"),
    "curl-handmade/envelope_truncated-01": (400, "PROTOCOL.md 5.3: the declared length goes beyond the end"),
    "chromium-security/reporting_api_csp-01": (404, "a browser's favicon"),
}


@dataclass(frozen=True)
class Recording:
    name: str  # "directory/case-NN"
    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def encoding(self) -> str:
        sent = {name.lower(): value for name, value in self.headers}
        return content_encoding.name_of(sent.get("content-encoding"))

    @property
    def is_chunked(self) -> bool:
        return any(name.lower() == "transfer-encoding" for name, _ in self.headers)


def load_recordings() -> list[Recording]:
    """Everything that came over HTTP/1.1; the three gRPC calls are for another door."""
    return [recording for path in sorted(CORPUS.glob("*/*.headers.json")) if (recording := _load(path)).method != "gRPC"]


def _load(path: Path) -> Recording:
    described = json.loads(path.read_text())
    body = path.with_name(path.name.replace(".headers.json", ".body"))
    return Recording(
        name=f"{path.parent.name}/{path.name.removesuffix('.headers.json')}",
        method=described["method"],
        target=described["path"] + ("?" + described["query"] if described["query"] else ""),
        headers=[(name, value) for name, value in described["headers"]],
        body=body.read_bytes() if body.exists() else b"",
    )


def for_tenant(recording: Recording, tenant: TenantFixture) -> Recording:
    """The same request for a project that exists: path, query, headers and the envelope's DSN."""
    target = recording.target.replace("/api/1/", f"/api/{tenant.project_id}/", 1).replace(RECORDED_KEY, tenant.public_key)
    headers = [(name, value.replace(RECORDED_KEY, tenant.public_key)) for name, value in recording.headers]
    return Recording(recording.name, recording.method, target, headers, _rewrite_dsn(recording, tenant))


def _rewrite_dsn(recording: Recording, tenant: TenantFixture) -> bytes:
    decoded = content_encoding.decode(recording.body, encoding=recording.encoding)
    line, newline, rest = decoded.partition(b"\n")
    ours = rb"\g<1>%s\g<2>%d" % (tenant.public_key.encode(), tenant.project_id) + b'"'
    rewritten = _DSN_IN_HEADER.sub(ours, line)
    rewritten = rewritten.replace(HANDMADE_DSN, b"http://%s@h/%d" % (tenant.public_key.encode(), tenant.project_id))
    if rewritten == line:
        return recording.body
    return ENCODERS[recording.encoding](rewritten + newline + rest)


async def replay(port: int, recording: Recording) -> Answer:
    lines = [f"{recording.method} {recording.target} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in recording.headers if name.lower() not in _FRAMING]
    lines.append("Transfer-Encoding: chunked" if recording.is_chunked else f"Content-Length: {len(recording.body)}")
    body = recording.body
    if recording.is_chunked:
        body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body) if body else b"0\r\n\r\n"
    return await send_raw(port, "\r\n".join(lines).encode() + b"\r\n\r\n" + body, method=recording.method)


@pytest_asyncio.fixture(loop_scope="session")
async def replayed(edge_port: int, tenant: TenantFixture) -> list[tuple[Recording, Answer]]:
    requests = [for_tenant(recording, tenant) for recording in load_recordings()]
    return [(recording, await replay(edge_port, recording)) for recording in requests]


async def test_every_recorded_request_gets_the_right_answer(
    replayed: list[tuple[Recording, Answer]], tenant: TenantFixture, read_queue: ReadQueue
) -> None:
    assert len(replayed) == 692, "the corpus is not whole"
    wrong = {
        recording.name: (answer.status, answer.body)
        for recording, answer in replayed
        if answer.status not in _right_statuses(recording.name)
    }
    assert wrong == {}
    await _check_conservation(replayed, tenant, read_queue)


def _right_statuses(name: str) -> set[int]:
    return {REFUSED[name][0]} if name in REFUSED else {200, 201, 202}


async def _check_conservation(replayed: list[tuple[Recording, Answer]], tenant: TenantFixture, read_queue: ReadQueue) -> None:
    """Every item of every request that named the tenant is in the stream exactly once, as itself or as an outcome."""
    sent: Counter[str] = Counter()
    for recording, _ in replayed:
        if recording.name != "curl-handmade/bad_auth-01":
            sent.update(_categories(recording))
    queued: Counter[str] = Counter()
    for message in await read_queue(tenant):
        if message.header.kind is MessageKind.OUTCOMES:
            queued.update({category: quantity for category, _, _, quantity in message.outcomes})
            continue
        body = content_encoding.decode(message.payload, encoding=message.header.encoding)
        if message.header.kind is not MessageKind.ENVELOPE:
            signal = Signal.TRACES if message.header.kind is MessageKind.OTLP_TRACES else Signal.LOGS
            queued.update(_items_of_export(body, signal=signal, media_type=message.header.media_type or ""))
            continue
        parsed = envelope.parse(body)
        assert isinstance(parsed, Envelope)
        queued.update(str(category_of(item.type)) for item in parsed.items)
    assert +queued == +sent


def _categories(recording: Recording) -> list[str]:
    if recording.method == "OPTIONS":
        return []
    for part, category in (
        ("/store/", "error"),
        ("/security/", "security"),
        ("/attachments/", "attachment"),
        ("/cron/", "monitor"),
    ):
        if part in recording.target:
            return [category]
    body = content_encoding.decode(recording.body, encoding=recording.encoding)
    for part, signal in (("v1/traces", Signal.TRACES), ("v1/logs", Signal.LOGS)):
        if part in recording.target:
            media_type = next(value for name, value in recording.headers if name.lower() == "content-type")
            return list(_items_of_export(body, signal=signal, media_type=media_type).elements())
    parsed = envelope.parse(body)
    types = [item.type for item in parsed.items] if isinstance(parsed, Envelope) else list(parsed.item_types)
    return [str(category_of(item_type)) for item_type in types]


def _items_of_export(body: bytes, *, signal: Signal, media_type: str) -> Counter[str]:
    export = otlp.decode(body, signal=signal, media_type=MediaType(media_type))
    assert isinstance(export, Export)
    return Counter({CATEGORY_OF_SIGNAL[signal].value: export.plain_items, "error": otlp.error_count(export)})
