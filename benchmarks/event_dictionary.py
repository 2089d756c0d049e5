"""Train the zstd dictionary of event bodies from the recorded SDK requests, and say what it saves.

    python -m benchmarks.event_dictionary eventstore/dictionaries/events-2.zdict

Trained on scrubbed canonical events of the corpus, never on the load generator's: a dictionary that knows the benchmark
would lie.  A dictionary in use is never changed: a new one gets a new number and a new body format.
"""

import json
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import zstandard

from processing.pipeline import EventInput, Processed, ProjectSettings, process
from protocol import content_encoding, envelope
from protocol.envelope import Envelope
from protocol.event import encode_event

CORPUS = Path(__file__).parent.parent / "tests" / "corpus"
DICTIONARY_BYTES = 32 * 1024  # 8 KiB to 110 KiB differ by 3 % on SDKs that were held out
MAX_SAMPLE_BYTES = 60_000  # a few huge events must not fill it
LEVEL = 3
RECORDING_FOLDER = re.compile(rb"/[a-z/]+/protocol(?=/drivers/)")  # where some SDKs were recorded: no use to anybody
_SETTINGS = ProjectSettings(project_id=1, subject_key=bytes(32))


def canonical_events(folder: Path) -> Iterator[bytes]:
    """The stored form of every event in the recorded envelopes of one SDK."""
    for body in sorted(folder.glob("*.body")):
        recorded = json.loads(body.with_name(body.stem + ".headers.json").read_text())
        headers = {name.lower(): value for name, value in dict(recorded["headers"]).items()}
        encoding = content_encoding.name_of(headers.get("content-encoding"))
        raw = content_encoding.decode(body.read_bytes(), encoding=encoding)
        for payload in _event_payloads(recorded["path"], raw):
            processed = process(EventInput(payload, datetime(2026, 1, 1, tzinfo=UTC), "0" * 32), _SETTINGS)
            if isinstance(processed, Processed):
                yield RECORDING_FOLDER.sub(b"/srv/app", encode_event(processed.event))


def _event_payloads(path: str, raw: bytes) -> list[bytes]:
    if "/store/" in path:
        return [raw]
    parsed = envelope.parse(raw) if "/envelope/" in path else None
    return [bytes(item.payload) for item in parsed.items if item.type == "event"] if isinstance(parsed, Envelope) else []


def train(samples: Sequence[bytes]) -> zstandard.ZstdCompressionDict:
    return zstandard.train_dictionary(DICTIONARY_BYTES, list(samples), level=LEVEL)


def mean_bytes(samples: Sequence[bytes], dictionary: zstandard.ZstdCompressionDict | None = None) -> float:
    compressor = zstandard.ZstdCompressor(level=LEVEL, dict_data=dictionary)
    return sum(len(compressor.compress(sample)) for sample in samples) / len(samples)


def main() -> None:
    by_sdk = {folder.name: list(canonical_events(folder)) for folder in sorted(CORPUS.iterdir()) if folder.is_dir()}
    for sdk, events in by_sdk.items():
        family = sdk.split("-")[0]
        others = [e for name, held in by_sdk.items() if name.split("-")[0] != family for e in held if len(e) < MAX_SAMPLE_BYTES]
        if events:
            print(f"{sdk}: {mean_bytes(events):.0f} bytes, {mean_bytes(events, train(others)):.0f} by a dictionary of other SDKs")
    everything = [event for events in by_sdk.values() for event in events if len(event) < MAX_SAMPLE_BYTES]
    Path(sys.argv[1]).write_bytes(train(everything).as_bytes())


if __name__ == "__main__":
    main()
