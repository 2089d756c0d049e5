"""Every limit of the wire, each with its source; nothing else in the house holds such a number.

"SECURITY 7" is the ingest-abuse table of the security design; "Relay" are the defaults of the public reference server.
"""

from typing import Final

KIB: Final = 1024
MIB: Final = 1024 * KIB

# Bodies
MAX_WIRE_BODY_BYTES: Final = 20 * MIB  # SECURITY 7, decompression bomb: wire <= 20 MiB
MAX_DECODED_BODY_BYTES: Final = 20 * MIB  # SECURITY 7: output <= 20 MiB per envelope
DECODE_STEP_BYTES: Final = 64 * KIB  # SECURITY 7: 64 KiB steps, output capped per step
RATIO_GUARD_STARTS_BYTES: Final = 1 * MIB  # SECURITY 7: ratio > 200 after 1 MiB -> stop
MAX_EXPANSION_RATIO: Final = 200
MAX_GZIP_MEMBERS: Final = 16  # SECURITY 7; measured: 20,000 empty members cost CPU and give no output
MAX_ZSTD_WINDOW_BYTES: Final = 8 * MIB  # SECURITY 7; RFC 8878, 3.1.1.1.2 recommends decoders to support 8 MiB

# Envelopes
MAX_ENVELOPE_HEADER_BYTES: Final = 8 * KIB  # SECURITY 7
MAX_ITEM_HEADER_BYTES: Final = 8 * KIB  # SECURITY 7
MAX_ITEMS: Final = 100  # SECURITY 7
MAX_ATTACHMENTS: Final = 30  # SECURITY 7; Relay: 30 files

# Items.  What is not listed is bounded by the body.
MAX_ITEM_BYTES: Final[dict[str, int]] = {
    "event": 2 * MIB,  # Relay: 1 MiB; recorded SDKs send up to 1.8 MB, the worker trims long texts instead of losing the event
    "transaction": 1 * MIB,  # Relay
    "feedback": 1 * MIB,  # Relay: an event
    "check_in": 100 * KIB,  # Relay
    "client_report": 100 * KIB,  # SECURITY 7
    "trace_metric": 1 * MIB,  # sentry-docs
    "statsd": 1 * MIB,  # Relay
    "log": 12 * MIB,  # Relay: container
    "span": 12 * MIB,  # Relay: container
}

# OTLP
MAX_OTLP_RECORD_BYTES: Final = 1 * MIB  # one span or log record, as a transaction
MAX_OTLP_ITEMS: Final = 50_000  # records and the parts around them; the OpenTelemetry Collector sends 8,192 records at once
MAX_OTLP_JSON_OBJECTS: Final = 300_000  # each becomes an object of some 100 bytes
MAX_OTLP_ERRORS: Final = 1_000  # errors of one request; SDKs send at most 512 spans or log records

# Requests
MAX_REQUEST_HEADERS: Final = 100  # SECURITY 7
MAX_REQUEST_HEADER_BYTES: Final = 16 * KIB  # SECURITY 7
HEADER_DEADLINE_SECONDS: Final = 10.0  # SECURITY 7: slow-loris
BODY_IDLE_SECONDS: Final = 10.0  # SECURITY 7
MIN_BODY_BYTES_PER_SECOND: Final = 1 * KIB  # SECURITY 7

# Authentication
PUBLIC_KEY_LENGTH: Final = 32  # SECURITY 2: 32 hex digits, the SDK format
MAX_PROJECT_ID: Final = 2**63 - 1  # PostgreSQL bigint
MAX_PROTOCOL_VERSION: Final = 8  # Relay: 7 is current, 8 is refused nowhere


def max_item_bytes(item_type: str) -> int:
    """The largest payload of an item of this type."""
    return MAX_ITEM_BYTES.get(item_type, MAX_DECODED_BODY_BYTES)
