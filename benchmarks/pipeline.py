"""CPU time of processing.pipeline.process per event, as a ratio to a plain JSON decode in the same run.

    .venv/bin/python benchmarks/pipeline.py [events.jsonl]

Without a file, synthetic events of about 20 KB are made from a fixed seed.  Prints medians of five rounds, A B A B.
"""

import gc
import json
import random
import statistics
import sys
from datetime import UTC, datetime
from pathlib import Path
from time import process_time

import msgspec

from processing.pipeline import EventInput, Processed, ProjectSettings, process

ROUNDS = 5
RECEIVED_AT = datetime(2026, 11, 22, 17, tzinfo=UTC)
SETTINGS = ProjectSettings(project_id=1, subject_key=b"k" * 32)
WORDS = [
    "account",
    "batch",
    "cart",
    "checkout",
    "client",
    "code",
    "customer",
    "export",
    "invoice",
    "ledger",
    "order",
    "password",
    "payment",
    "price",
    "query",
    "refund",
    "session",
    "token",
    "user",
]


def synthetic_event(rng: random.Random) -> bytes:
    """An event of a web shop with 30 frames, locals, breadcrumbs and a request with planted personal data."""

    def words(count: int) -> str:
        return "_".join(rng.choice(WORDS) for _ in range(count))

    def frame(position: int) -> dict[str, object]:
        in_app = position % 2 == 0
        path = f"{'shop' if in_app else 'django/core'}/{words(1)}.py"
        source = [f"    {words(2)} = self.{words(1)}({words(2)})" for _ in range(7)]
        return {
            "filename": path, "abs_path": f"/srv/app/src/{path}", "function": words(2), "module": path[:-3].replace("/", "."), "lineno": position,
            "in_app": in_app, "pre_context": source[:3], "context_line": source[3], "post_context": source[4:], "vars": {words(2): words(3)},
        }  # fmt: skip

    email = f"ada.{rng.randrange(10_000)}@example.com"
    crumbs = [
        {
            "timestamp": RECEIVED_AT.timestamp() - n,
            "category": "query",
            "message": f"SELECT {words(2)} FROM {words(2)} WHERE id = %s",
            "level": "info",
        }
        for n in range(8)
    ]
    event = {
        "event_id": f"{rng.getrandbits(128):032x}", "timestamp": RECEIVED_AT.isoformat(), "platform": "python", "level": "error", "release": "shop@1.2.3",
        "environment": "production", "server_name": "web-01", "transaction": f"/{words(1)}/{{id}}",
        "exception": {"values": [{"type": "ValueError", "value": f"{words(2)} for {email}", "stacktrace": {"frames": [frame(n) for n in range(30)]}}]},
        "user": {"id": str(rng.randrange(10_000)), "email": email, "ip_address": "203.0.113.7"},
        "tags": {words(1): words(1) for _ in range(6)}, "breadcrumbs": {"values": crumbs},
        "request": {
            "url": "https://shop.example.com/pay", "method": "POST", "query_string": f"page=2&token={rng.getrandbits(64):016x}",
            "headers": {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0", "Authorization": f"Bearer {rng.getrandbits(160):040x}"},
            "cookies": {"sessionid": f"{rng.getrandbits(128):032x}"}, "data": {"card": "4111 1111 1111 1111", "password": words(2), "note": words(8)},
        },
        "extra": {words(2): " ".join(rng.choice(WORDS) for _ in range(40))}, "modules": dict.fromkeys(WORDS, "1.2.3"),
    }  # fmt: skip
    return json.dumps(event).encode()


def measure(payloads: list[bytes]) -> tuple[float, float]:
    """Microseconds per event of process() and of msgspec's untyped decode."""
    inputs = [EventInput(payload=payload, received_at=RECEIVED_AT, event_id="0" * 32) for payload in payloads]
    begin = process_time()
    for event_input in inputs:
        assert isinstance(process(event_input, SETTINGS), Processed)
    middle = process_time()
    for payload in payloads:
        msgspec.json.decode(payload)
    end = process_time()
    return (middle - begin) / len(payloads) * 1e6, (end - middle) / len(payloads) * 1e6


def main() -> None:
    if len(sys.argv) > 1:
        payloads = [line for line in Path(sys.argv[1]).read_bytes().splitlines() if line]
    else:
        rng = random.Random(1)
        payloads = [synthetic_event(rng) for _ in range(300)]
    measure(payloads[:50])  # warm caches
    size = statistics.mean(map(len, payloads))
    for label, threshold in (("collector as Python sets it", gc.get_threshold()[0]), ("collector at 50,000 containers", 50_000)):
        gc.set_threshold(threshold)
        rounds = [measure(payloads) for _ in range(ROUNDS)]
        whole, decode = (statistics.median(column) for column in zip(*rounds, strict=True))
        print(
            f"{len(payloads)} events of {size:.0f} bytes, {label}: process {whole:.0f} us, decode {decode:.0f} us, "
            f"ratio {whole / decode:.1f}, {size / whole:.1f} MB/s"
        )


if __name__ == "__main__":
    main()
