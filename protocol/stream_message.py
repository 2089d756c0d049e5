"""What travels from the edge to the workers: a clear header and a payload sealed with the tenant's queue key.

The header is the associated data of the seal, so neither can be swapped for another tenant's.
"""

from enum import StrEnum
from uuid import UUID

import msgspec

FORMAT_VERSION = 1
HEADER_FIELD = b"h"
PAYLOAD_FIELD = b"p"


class MessageKind(StrEnum):
    ENVELOPE = "envelope"
    OUTCOMES = "outcomes"
    OTLP_TRACES = "otlp_traces"  # an ExportTraceServiceRequest
    OTLP_LOGS = "otlp_logs"  # an ExportLogsServiceRequest


class StreamHeader(msgspec.Struct, frozen=True):
    """Everything a worker must know before it can open the payload; holds no personal data but the peer's address."""

    message_id: UUID  # version 7, made at the edge: the exactly-once key
    organization_id: UUID
    project_id: int
    key_id: UUID
    received_at: float  # seconds since the epoch, the edge's clock
    kind: MessageKind
    encoding: str  # content coding of the payload: identity, gzip, deflate, br, zstd
    queue_key_version: int
    event_id: str | None = None  # 32 hex digits: what the SDK was answered
    peer_ip: str | None = None
    user_agent: str | None = None
    is_key_deprecated: bool = False
    media_type: str | None = None  # of an OTLP request: protobuf or JSON
    format_version: int = FORMAT_VERSION


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(StreamHeader)


def encode_header(header: StreamHeader) -> bytes:
    """JSON bytes; use exactly these as associated data of the sealed payload."""
    return _encoder.encode(header)


def decode_header(raw: bytes) -> StreamHeader:
    """Raises msgspec.DecodeError or msgspec.ValidationError if `raw` is no header."""
    return _decoder.decode(raw)
