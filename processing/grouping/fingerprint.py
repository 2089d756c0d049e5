"""A fingerprint: the identity of an issue, and the readable parts it was made of."""

from enum import StrEnum
from hashlib import blake2b

import msgspec

DIGEST_BYTES = 16


class Variant(StrEnum):
    """Which parts of the event made the fingerprint."""

    APP = "app"  # the application's own frames
    SYSTEM = "system"  # all frames
    MESSAGE = "message"  # no stack: type and parametrised message
    CUSTOM = "custom"  # the SDK's own fingerprint


class Fingerprint(msgspec.Struct, frozen=True):
    version: str
    variant: Variant
    digest: bytes  # DIGEST_BYTES long


class Part(msgspec.Struct, frozen=True):
    """One contribution: `kind` is exception, frame, message or custom; `text` is what was hashed."""

    kind: str
    text: str


class Explanation(msgspec.Struct, frozen=True):
    """Why an event has this fingerprint: equal parts, in order, mean equal fingerprints."""

    variant: Variant
    parts: tuple[Part, ...]


def digest_of(explanation: Explanation, *, version: str) -> Fingerprint:
    """The fingerprint of these parts; lengths are hashed too, so that no two part lists can collide by joining."""
    content = "".join([f"{part.kind}:{len(part.text)}:{part.text}" for part in explanation.parts]).encode("utf-8", "replace")
    return Fingerprint(version, explanation.variant, blake2b(content, digest_size=DIGEST_BYTES, person=version.encode()).digest())
