"""Answers as OTLP wants them: an empty or partial Export response, or google.rpc.Status, in the encoding of the request.

Source: OTLP specification, "OTLP/HTTP Response", "Partial Success", "Failures" and "OTLP/gRPC Response".
"""

from enum import IntEnum

import msgspec
from google.protobuf.any_pb2 import Any as AnyMessage
from google.rpc.error_details_pb2 import RetryInfo
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsPartialSuccess, ExportLogsServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTracePartialSuccess, ExportTraceServiceResponse

from ingest import responses
from ingest.otlp_receipt import Taken
from ingest.refusals import Refused
from ingest.responses import RETRY_AFTER_SECONDS, Response
from protocol.otlp import MediaType, Signal

_PASSED_ON = frozenset({b"x-sentry-error", b"retry-after"})


class Code(IntEnum):
    """google.rpc.Code, which gRPC uses too."""

    OK = 0
    INVALID_ARGUMENT = 3
    PERMISSION_DENIED = 7
    RESOURCE_EXHAUSTED = 8
    UNIMPLEMENTED = 12
    INTERNAL = 13
    UNAVAILABLE = 14
    UNAUTHENTICATED = 16


_CODES = {
    401: Code.UNAUTHENTICATED,
    403: Code.PERMISSION_DENIED,
    404: Code.UNIMPLEMENTED,
    413: Code.RESOURCE_EXHAUSTED,  # without RetryInfo: exporters do not try again
    429: Code.RESOURCE_EXHAUSTED,
    503: Code.UNAVAILABLE,
}
_RETRYABLE_STATUSES = frozenset({429, 503})


def code_of(refusal: Refused) -> Code:
    return _CODES.get(responses.refused(refusal).status, Code.INVALID_ARGUMENT)


def status_of(refusal: Refused) -> Status:
    """The refusal as google.rpc.Status; RetryInfo tells an exporter that it may try again."""
    status = responses.refused(refusal).status
    details = []
    if status in _RETRYABLE_STATUSES:
        details.append(packed_retry(RETRY_AFTER_SECONDS))
    return Status(code=_CODES.get(status, Code.INVALID_ARGUMENT), message=refusal.detail, details=details)


def packed_retry(seconds: int) -> AnyMessage:
    retry = RetryInfo()
    retry.retry_delay.FromSeconds(seconds)
    packed = AnyMessage()
    packed.Pack(retry)
    return packed


def export_response(signal: Signal, taken: Taken) -> bytes:
    """The protobuf message Export*ServiceResponse; no bytes if everything was taken."""
    if not taken.rejected:
        return b""
    if signal is Signal.TRACES:
        spans = ExportTracePartialSuccess(rejected_spans=taken.rejected, error_message=taken.message)
        return ExportTraceServiceResponse(partial_success=spans).SerializeToString()
    records = ExportLogsPartialSuccess(rejected_log_records=taken.rejected, error_message=taken.message)
    return ExportLogsServiceResponse(partial_success=records).SerializeToString()


def of_taken(signal: Signal, media_type: MediaType, taken: Taken) -> Response:
    """200."""
    if media_type is MediaType.PROTOBUF:
        return _make(200, export_response(signal, taken), media_type)
    partial: dict[str, object] = {}
    if taken.rejected:
        name = "rejectedSpans" if signal is Signal.TRACES else "rejectedLogRecords"
        partial = {"partialSuccess": {name: str(taken.rejected), "errorMessage": taken.message}}  # 64-bit numbers are text
    return _make(200, msgspec.json.encode(partial), media_type)


def of_refusal(refusal: Refused, media_type: MediaType) -> Response:
    """The status any endpoint gives, with the body that OTLP wants."""
    plain = responses.refused(refusal)
    extra = tuple(header for header in plain.headers if header[0] in _PASSED_ON)
    if media_type is MediaType.PROTOBUF:
        body = status_of(refusal).SerializeToString()
    else:
        body = msgspec.json.encode({"code": int(code_of(refusal)), "message": refusal.detail})
    return responses.make(plain.status, body=body, content_type=media_type.value.encode("ascii"), extra=extra)


def _make(status: int, body: bytes, media_type: MediaType) -> Response:
    return responses.make(status, body=body, content_type=media_type.value.encode("ascii"))
