"""The canonical event: what every SDK's payload becomes, what is stored, served and shown.

Field names are the JSON names.  What is unknown is null; lists are never null; frames are oldest call first, newest last.
Structs are frozen; the free-form parts (`data`, `contexts`, `extra`, `variables` ...) are plain JSON values and must not be changed.
"""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

import msgspec

if TYPE_CHECKING:
    JsonScalar: TypeAlias = str | int | float | bool | None
    JsonValue: TypeAlias = JsonScalar | list["JsonValue"] | dict[str, "JsonValue"]
else:
    JsonScalar = object  # msgspec passes `object` through unchecked, which is what an already decoded JSON value needs
    JsonValue = object

FORMAT_VERSION = 1


class Level(StrEnum):
    FATAL = "fatal"
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"
    DEBUG = "debug"


class RedactionMethod(StrEnum):
    REPLACED = "replaced"
    REMOVED = "removed"
    HASHED = "hashed"


class Message(msgspec.Struct, frozen=True):
    formatted: str
    template: str | None = None
    params: tuple[JsonValue, ...] = ()


class Mechanism(msgspec.Struct, frozen=True):
    type: str | None = None
    handled: bool | None = None
    description: str | None = None
    synthetic: bool | None = None
    help_link: str | None = None
    exception_id: int | None = None
    parent_id: int | None = None
    is_exception_group: bool | None = None
    source: str | None = None
    data: dict[str, JsonValue] = {}
    meta: dict[str, JsonValue] = {}


class RawFrame(msgspec.Struct, frozen=True):
    """What the SDK sent, where symbolication or a server rule has changed it."""

    function: str | None = None
    module: str | None = None
    filename: str | None = None
    abs_path: str | None = None
    line_number: int | None = None
    column_number: int | None = None
    in_app: bool | None = None


class Frame(msgspec.Struct, frozen=True):
    function: str | None = None
    module: str | None = None
    filename: str | None = None
    abs_path: str | None = None
    package: str | None = None
    line_number: int | None = None  # 1-based
    column_number: int | None = None
    in_app: bool = False  # after the server's rules
    context_line: str | None = None
    pre_context: tuple[str, ...] = ()
    post_context: tuple[str, ...] = ()
    variables: dict[str, JsonValue] = {}
    platform: str | None = None
    instruction_address: str | None = None  # "0x..." in lower case
    symbol_address: str | None = None
    image_address: str | None = None
    address_mode: str | None = None
    raw: RawFrame | None = None


class ExceptionValue(msgspec.Struct, frozen=True):
    type: str | None = None
    value: str | None = None
    module: str | None = None
    thread_id: str | None = None
    mechanism: Mechanism | None = None
    frames: tuple[Frame, ...] = ()
    is_main: bool = False


class Thread(msgspec.Struct, frozen=True):
    id: str | None = None
    name: str | None = None
    crashed: bool = False
    current: bool = False
    main: bool = False
    state: str | None = None
    frames: tuple[Frame, ...] = ()


class Breadcrumb(msgspec.Struct, frozen=True):
    timestamp: datetime | None = None
    type: str | None = None
    category: str | None = None
    level: str | None = None
    message: str | None = None
    data: dict[str, JsonValue] = {}


class Request(msgspec.Struct, frozen=True):
    method: str | None = None
    url: str | None = None
    query_string: str | None = None
    fragment: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    cookies: tuple[tuple[str, str], ...] = ()
    data: JsonValue = None
    env: dict[str, JsonValue] = {}


class User(msgspec.Struct, frozen=True):
    """A person; after scrubbing `email` and `ip_address` are keyed hashes."""

    id: str | None = None
    username: str | None = None
    email: str | None = None
    ip_address: str | None = None
    name: str | None = None
    data: dict[str, JsonValue] = {}


class Sdk(msgspec.Struct, frozen=True):
    name: str | None = None
    version: str | None = None
    integrations: tuple[str, ...] = ()
    packages: tuple[JsonValue, ...] = ()


class Trace(msgspec.Struct, frozen=True):
    trace_id: str | None = None
    span_id: str | None = None
    parent_span_id: str | None = None
    op: str | None = None
    status: str | None = None


class Remark(msgspec.Struct, frozen=True):
    """What normalisation had to repair or cut: never the offending value itself."""

    path: str
    kind: str
    detail: str | None = None


class Redaction(msgspec.Struct, frozen=True):
    """One line of the scrub manifest: never the removed text itself."""

    path: str
    rule: str
    kind: str
    method: RedactionMethod
    count: int = 1


class Event(msgspec.Struct, frozen=True):
    event_id: str  # 32 hex digits
    occurred_at: datetime  # aware UTC, drift corrected and clamped
    received_at: datetime
    platform: str = "other"
    level: Level = Level.ERROR
    logger: str | None = None
    transaction: str | None = None
    release: str | None = None
    dist: str | None = None
    environment: str = "production"
    server_name: str | None = None
    type: str | None = None  # of the main exception
    value: str | None = None
    title: str = ""
    culprit: str = ""
    message: Message | None = None
    exceptions: tuple[ExceptionValue, ...] = ()  # oldest cause first; exactly one is_main if there is any
    threads: tuple[Thread, ...] = ()
    breadcrumbs: tuple[Breadcrumb, ...] = ()
    request: Request | None = None
    user: User | None = None
    tags: tuple[tuple[str, str], ...] = ()
    contexts: dict[str, JsonValue] = {}
    extra: dict[str, JsonValue] = {}
    modules: dict[str, JsonValue] = {}
    sdk: Sdk | None = None
    debug_images: tuple[JsonValue, ...] = ()
    fingerprint: tuple[str, ...] = ()
    trace: Trace | None = None
    errors: tuple[Remark, ...] = ()
    redactions: tuple[Redaction, ...] = ()
    client_scrub_remarks: JsonValue = None  # the SDK's own _meta
    scrub_failed: bool = False  # the scrubber broke down: all free text was dropped
    format_version: int = FORMAT_VERSION


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Event)


def encode_event(event: Event) -> bytes:
    """JSON bytes of the whole event; times are ISO 8601 with Z."""
    return _encoder.encode(event)


def decode_event(raw: bytes) -> Event:
    """The event of bytes made by encode_event; raises msgspec.MsgspecError for anything else."""
    return _decoder.decode(raw)


def main_exception(event: Event) -> ExceptionValue | None:
    """The exception which the event is about; its causes stand beside it in `event.exceptions`."""
    return next((exception for exception in event.exceptions if exception.is_main), None)
