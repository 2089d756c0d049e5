"""A stream message made ready for the store: opened, split into items, each item processed.  CPU only, no transaction."""

from datetime import UTC, datetime
from typing import assert_never
from uuid import UUID

import msgspec

from eventstore.event_body import seal_body
from eventstore.new_event import Fingerprint, NewEvent
from processing import client_reports
from processing.client_reports import BrokenReportError
from processing.event_input import EventInput, ProjectSettings
from processing.otlp import items as otlp_items
from processing.otlp.items import Arrival
from processing.pipeline import Discarded, Processed, process
from processing.project_settings import TenantSettings
from protocol import content_encoding, envelope
from protocol.content_encoding import BodyTooLargeError, BrokenBodyError, UnsupportedEncodingError
from protocol.envelope import Envelope, EnvelopeItem, MalformedEnvelope
from protocol.event import encode_event
from protocol.otlp import Export, OtlpProblem, error_count, outcomes_of_rest
from protocol.outcome import DataCategory, DiscardReason, Outcome, OutcomeCount, category_of
from protocol.stream_message import MessageKind, StreamHeader
from runtime.keyring import open_sealed


class QueueKeyUnknownError(Exception):
    def __init__(self, version: int) -> None:
        super().__init__(f"the tenant has no queue key of version {version}")
        self.version = version


class StreamMessage(msgspec.Struct, frozen=True):
    """One stream entry whose header could be read."""

    stream: str
    entry_id: str
    header: StreamHeader
    header_bytes: bytes
    sealed_payload: bytes

    @property
    def received_at(self) -> datetime:
        return datetime.fromtimestamp(self.header.received_at, tz=UTC)


class PreparedMessage(msgspec.Struct, frozen=True):
    """What a message asks of the store.  The outcome of its events is known only when they are inserted."""

    message_id: UUID
    entry_id: str
    project_id: int
    key_id: UUID
    received_at: datetime
    events: tuple[NewEvent, ...]
    outcomes: tuple[OutcomeCount, ...]


_OTLP_KINDS = frozenset({MessageKind.OTLP_TRACES, MessageKind.OTLP_LOGS})
_outcomes_decoder = msgspec.json.Decoder(tuple[OutcomeCount, ...])


def prepare(message: StreamMessage, tenant: TenantSettings) -> PreparedMessage:
    """About a millisecond for an event of 20 KB.

    Raises QueueKeyUnknownError or SealBrokenError when the message is not this tenant's; what a client broke is an outcome.
    """
    payload = _open(message, tenant)
    events: list[NewEvent] = []
    match message.header.kind:
        case MessageKind.OUTCOMES:
            outcomes = list(_outcomes_decoder.decode(payload))
        case MessageKind.OTLP_TRACES | MessageKind.OTLP_LOGS:
            outcomes = _prepare_otlp(message, payload, tenant=tenant, events=events)
        case MessageKind.ENVELOPE:
            outcomes = _prepare_envelope(message, payload, tenant=tenant, events=events)
        case _:
            assert_never(message.header.kind)
    return PreparedMessage(
        message_id=message.header.message_id,
        entry_id=message.entry_id,
        project_id=message.header.project_id,
        key_id=message.header.key_id,
        received_at=message.received_at,
        events=tuple(events),
        outcomes=tuple(outcomes),
    )


def count_items(message: StreamMessage, tenant: TenantSettings | None, *, outcome: Outcome, reason: str) -> list[OutcomeCount]:
    """One outcome for every item of a message that is given up; for a message that cannot be opened, one in all."""
    fallback = [_one(_main_category(message), outcome, reason)]
    if tenant is None or message.header.kind is MessageKind.OUTCOMES:
        return fallback
    try:
        if message.header.kind in _OTLP_KINDS:
            return _count_otlp(_decode_otlp(message, _open(message, tenant)), message, outcome=outcome, reason=reason)
        parsed = _parse(message, _open(message, tenant))
    except Exception:  # noqa: BLE001  # the message is given up because something in it fails; it must be counted all the same
        return fallback
    if isinstance(parsed, Envelope):
        return [_one(category_of(item.type), outcome, reason) for item in parsed.items]
    return fallback


def _open(message: StreamMessage, tenant: TenantSettings) -> bytes:
    key = tenant.queue_keys.get(message.header.queue_key_version)
    if key is None:
        raise QueueKeyUnknownError(message.header.queue_key_version)
    return open_sealed(key.key, message.sealed_payload, associated_data=message.header_bytes)


def _parse(message: StreamMessage, payload: bytes) -> Envelope | MalformedEnvelope | DiscardReason:
    try:
        return envelope.parse(content_encoding.decode(payload, encoding=message.header.encoding))
    except BodyTooLargeError:
        return DiscardReason.TOO_LARGE
    except (BrokenBodyError, UnsupportedEncodingError):
        return DiscardReason.MALFORMED_ITEM


def _prepare_envelope(
    message: StreamMessage, payload: bytes, *, tenant: TenantSettings, events: list[NewEvent]
) -> list[OutcomeCount]:
    """Outcomes of all items but the events, which are added to `events`."""
    match _parse(message, payload):
        case Envelope() as parsed:
            settings = tenant.projects.get(message.header.project_id)
            if settings is None:
                return [_one(category_of(item.type), Outcome.INVALID, DiscardReason.UNKNOWN_PROJECT) for item in parsed.items]
            outcomes: list[OutcomeCount] = []
            for item in parsed.items:
                outcomes += _prepare_item(item, message, parsed=parsed, settings=settings, tenant=tenant, events=events)
            return outcomes
        case MalformedEnvelope(item_types=item_types):
            categories = [category_of(item_type) for item_type in item_types] or [_main_category(message)]
            return [_one(category, Outcome.INVALID, DiscardReason.MALFORMED_ITEM) for category in categories]
        case DiscardReason() as reason:
            return [_one(_main_category(message), Outcome.INVALID, reason)]


def _prepare_otlp(
    message: StreamMessage, payload: bytes, *, tenant: TenantSettings, events: list[NewEvent]
) -> list[OutcomeCount]:
    """Outcomes of all items but the errors, which are added to `events`; the same error twice is stored once."""
    export = _decode_otlp(message, payload)
    settings = tenant.projects.get(message.header.project_id)
    if settings is None:
        return _count_otlp(export, message, outcome=Outcome.INVALID, reason=DiscardReason.UNKNOWN_PROJECT)
    outcomes = list(outcomes_of_rest(export, category=otlp_items.category_of(message.header.kind)))
    if isinstance(export, Export):
        for event_input in otlp_items.event_inputs(export, arrival=_arrival(message), settings=settings):
            match process(event_input, settings):
                case Processed() as processed:
                    events.append(_new_event(processed, message, tenant=tenant))
                case Discarded() as dropped:
                    outcomes.append(_one(dropped.category, dropped.outcome, dropped.reason))
    return outcomes


def _decode_otlp(message: StreamMessage, payload: bytes) -> Export | OtlpProblem:
    try:
        body = content_encoding.decode(payload, encoding=message.header.encoding)
    except (BodyTooLargeError, BrokenBodyError, UnsupportedEncodingError):
        return OtlpProblem.MALFORMED
    return otlp_items.decode(body, kind=message.header.kind, media_type=message.header.media_type)


def _count_otlp(export: Export | OtlpProblem, message: StreamMessage, *, outcome: Outcome, reason: str) -> list[OutcomeCount]:
    """Every item of a request that ends as a whole."""
    category = otlp_items.category_of(message.header.kind)
    if isinstance(export, OtlpProblem):
        return [_one(category, outcome, reason)]
    errors = error_count(export) + export.excess_errors
    counts = ((category, export.plain_items + export.too_large), (DataCategory.ERROR, errors))
    return [OutcomeCount(kind.value, outcome, reason, quantity) for kind, quantity in counts if quantity]


def _arrival(message: StreamMessage) -> Arrival:
    header = message.header
    return Arrival(message.received_at, header.message_id.hex, peer_ip=header.peer_ip, user_agent=header.user_agent)


def _prepare_item(
    item: EnvelopeItem,
    message: StreamMessage,
    *,
    parsed: Envelope,
    settings: ProjectSettings,
    tenant: TenantSettings,
    events: list[NewEvent],
) -> list[OutcomeCount]:
    if item.type == "client_report":
        try:
            discarded = client_reports.parse(item.payload)
        except BrokenReportError:
            return [_one(DataCategory.INTERNAL, Outcome.INVALID, DiscardReason.MALFORMED_JSON)]
        return [*discarded, _one(DataCategory.INTERNAL, Outcome.ACCEPTED, DiscardReason.NONE)]
    if item.type != "event":
        return [_one(category_of(item.type), Outcome.UNSUPPORTED, DiscardReason.ITEM_TYPE)]
    if events:  # PROTOCOL.md 5.6: at most one event per envelope
        return [_one(DataCategory.ERROR, Outcome.INVALID, DiscardReason.DUPLICATE_ITEM)]
    match process(_event_input(item, message, parsed=parsed), settings):
        case Processed() as processed:
            events.append(_new_event(processed, message, tenant=tenant))
            return []
        case Discarded() as dropped:
            return [_one(dropped.category, dropped.outcome, dropped.reason)]


def _event_input(item: EnvelopeItem, message: StreamMessage, *, parsed: Envelope) -> EventInput:
    sdk = parsed.header.sdk
    return EventInput(
        payload=bytes(item.payload),
        received_at=message.received_at,
        event_id=_event_id(message),
        sent_at=parsed.header.sent_at,
        peer_ip=message.header.peer_ip,
        user_agent=message.header.user_agent,
        sdk_client=f"{sdk.name}/{sdk.version}" if sdk is not None and sdk.name else None,
        platform_hint=item.platform,
    )


def _event_id(message: StreamMessage) -> str:
    """What the SDK was answered; else the message's own id, which a redelivery does not change."""
    return message.header.event_id or message.header.message_id.hex


def _new_event(processed: Processed, message: StreamMessage, *, tenant: TenantSettings) -> NewEvent:
    event = processed.event
    event_id = UUID(hex=event.event_id)
    sealed = seal_body(encode_event(event), key=tenant.events_key, organization_id=tenant.organization_id, event_id=event_id)
    return NewEvent(
        project_id=message.header.project_id,
        event_id=event_id,
        message_id=message.header.message_id,
        key_id=message.header.key_id,
        received_at=message.received_at,
        occurred_at=event.occurred_at,
        level=event.level,
        platform=event.platform,
        environment=event.environment,
        release=event.release,
        type=event.type,
        value=event.value,
        title=event.title,
        culprit=event.culprit,
        fingerprints=tuple(Fingerprint(found.version, found.variant, found.digest) for found in processed.fingerprints),
        tags=processed.tags,
        user_hash=processed.user_hash,
        summary=msgspec.json.encode(processed.summary).decode(),
        body_format=sealed.body_format,
        body_key_version=sealed.key_version,
        body=sealed.body,
    )


def _main_category(message: StreamMessage) -> DataCategory:
    """The best guess for a message whose items cannot be seen: only errors are answered with an id."""
    if message.header.kind in _OTLP_KINDS:
        return otlp_items.category_of(message.header.kind)
    return DataCategory.ERROR if message.header.event_id is not None else DataCategory.UNKNOWN


def _one(category: DataCategory, outcome: Outcome, reason: str) -> OutcomeCount:
    return OutcomeCount(category=category.value, outcome=outcome, reason=reason, quantity=1)
