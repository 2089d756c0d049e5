"""The id of an OTLP error's event: OTLP has none, so the same error must give the same id however often it is sent.

A keyed hash, because messages hold what people typed: without the tenant's key nobody can try out what the id was made of.
"""

from collections.abc import Sequence
from hashlib import blake2b

import msgspec

from processing.otlp.surroundings import text_of
from protocol.otlp_records import Attributes, LogRecord, RecordGroup, Span, SpanException

_ID_BYTES = 16


class IdMaker(msgspec.Struct, frozen=True):
    """Makes the ids of one message; `message_id` and the record's place stand in where a record has neither trace nor time."""

    project_id: int
    subject_key: bytes
    message_id: str

    def of_span(self, span: Span, failure: SpanException, *, place: int) -> str:
        """Equal for the same exception on any span of a trace."""
        if span.trace_id is not None:
            return self._of_exception(span.trace_id, failure.attributes)
        if failure.time_nanos:
            return self._hash("span", span.span_id or "", str(failure.time_nanos), *_texts(failure.attributes))
        return self._hash("message", self.message_id, str(place))

    def of_log(self, group: RecordGroup, record: LogRecord, *, place: int) -> str:
        """Equal for an exception that is logged and recorded on a span of the same trace; else for the same record."""
        if record.trace_id is not None and text_of(record.attributes, "exception.type", "exception.message") is not None:
            return self._of_exception(record.trace_id, record.attributes)
        if not record.time_nanos:
            return self._hash("message", self.message_id, str(place))
        content = msgspec.json.encode([group.resource, group.scope_name, record.body, record.attributes], order="deterministic")
        where = (record.trace_id or "", record.span_id or "", str(record.time_nanos), str(record.severity))
        return self._hash("log", *where, content.decode())

    def _of_exception(self, trace_id: str, attributes: Attributes) -> str:
        return self._hash("trace", trace_id, *_texts(attributes))

    def _hash(self, *parts: str) -> str:
        sealed = blake2b(key=self.subject_key[:64], digest_size=_ID_BYTES, person=b"errata otlp id")
        for part in (str(self.project_id), *parts):
            encoded = part.encode("utf-8", "surrogatepass")
            sealed.update(len(encoded).to_bytes(8, "big") + encoded)
        return sealed.hexdigest()


def _texts(attributes: Attributes) -> Sequence[str]:
    kind, message = text_of(attributes, "exception.type"), text_of(attributes, "exception.message")
    if kind is None and message is None:
        return ("", "", text_of(attributes, "exception.stacktrace") or "")
    return (kind or "", message or "")
