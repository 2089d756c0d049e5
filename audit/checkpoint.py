"""Checkpoints: signed statements of a log's size and root, as signed notes.

Sources: C2SP signed-note, tlog-checkpoint (Ed25519, key type 0x01) and tlog-cosignature (key type 0x04).
"""

import base64
from hashlib import sha256

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from audit.merkle import HASH_BYTES

ED25519 = b"\x01"
COSIGNATURE_V1 = b"\x04"
_KEY_ID_BYTES = 4
_SIGNATURE_BYTES = 64
_EM_DASH = "\u2014"
_MAX_NOTE_BYTES = 64 * 1024


class NoteError(Exception):
    """A note is malformed, or no trusted key signed it."""


class Checkpoint(msgspec.Struct, frozen=True):
    """The state of one log; `extension` lines may follow the root and are signed too."""

    origin: str
    size: int
    root: bytes  # 32 bytes
    extension: tuple[str, ...] = ()


class Verifier(msgspec.Struct, frozen=True):
    """A public key and the name under which it signs."""

    name: str
    key_type: bytes
    public_key: bytes  # 32 bytes

    @property
    def key_id(self) -> bytes:
        return key_id(self.name, self.key_type, self.public_key)

    def vkey(self) -> str:
        """`name+hex id+base64`, the text form which note tools take."""
        encoded = base64.b64encode(self.key_type + self.public_key).decode()
        return f"{self.name}+{self.key_id.hex()}+{encoded}"


def key_id(name: str, key_type: bytes, public_key: bytes) -> bytes:
    """First four bytes of SHA-256(name, newline, key type, public key).  Source: C2SP signed-note."""
    return sha256(name.encode() + b"\n" + key_type + public_key).digest()[:_KEY_ID_BYTES]


def parse_vkey(text: str) -> Verifier:
    """Raises NoteError if the text is no verifier key or its id does not match."""
    try:
        name, hex_id, encoded = text.strip().split("+", 2)
        raw = decode_base64(encoded)
    except ValueError as error:
        raise NoteError("malformed verifier key") from error
    verifier = Verifier(name=name, key_type=raw[:1], public_key=raw[1:])
    if raw[:1] not in {ED25519, COSIGNATURE_V1} or len(raw) != 1 + HASH_BYTES or verifier.key_id.hex() != hex_id:
        raise NoteError("verifier key of an unknown type or with a wrong id")
    return verifier


class Signer:
    """An Ed25519 key which signs notes under a name."""

    def __init__(self, name: str, seed: bytes) -> None:
        if not name or any(character.isspace() or character == "+" for character in name):
            raise ValueError("a key name has no spaces and no plus sign")
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.verifier = Verifier(name=name, key_type=ED25519, public_key=self._private.public_key().public_bytes_raw())

    def sign(self, text: str) -> str:
        """The signed note: text, blank line, one signature line.  `text` ends in a newline."""
        if not text.endswith("\n"):
            raise ValueError("the text of a note ends in a newline")
        return f"{text}\n{self.signature_line(text)}"

    def signature_line(self, text: str) -> str:
        """One line to be added to a note whose text is `text`."""
        signature = base64.b64encode(self.verifier.key_id + self._private.sign(text.encode())).decode()
        return f"{_EM_DASH} {self.verifier.name} {signature}\n"


def format_checkpoint(checkpoint: Checkpoint) -> str:
    """The text of the note.  Source: C2SP tlog-checkpoint."""
    lines = (checkpoint.origin, str(checkpoint.size), base64.b64encode(checkpoint.root).decode(), *checkpoint.extension)
    return "".join(f"{line}\n" for line in lines)


def parse_checkpoint(text: str) -> Checkpoint:
    """Raises NoteError unless `text` is exactly a checkpoint's text."""
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] != "" or not lines[0] or "" in lines[:-1]:  # origin, size, root, end
        raise NoteError("malformed checkpoint")
    try:
        root = decode_base64(lines[2])
    except ValueError as error:
        raise NoteError("malformed root") from error
    if not lines[1].isdecimal() or not lines[1].isascii() or str(int(lines[1])) != lines[1] or len(root) != HASH_BYTES:
        raise NoteError("malformed size or root")
    return Checkpoint(origin=lines[0], size=int(lines[1]), root=root, extension=tuple(lines[3:-1]))


def open_note(note: str, verifiers: tuple[Verifier, ...]) -> str:
    """The text of a note which at least one of `verifiers` signed.

    Raises NoteError if none did, or if a signature under a trusted key's name and id is wrong.
    """
    text, signatures = _split_note(note)
    known = {(verifier.name, verifier.key_id): verifier for verifier in verifiers}
    is_signed = False
    for name, raw in signatures:
        verifier = known.get((name, raw[:_KEY_ID_BYTES]))
        if verifier is None:
            continue
        _check_signature(verifier, text, raw[_KEY_ID_BYTES:])
        is_signed = True
    if not is_signed:
        raise NoteError("no trusted signature")
    return text


def decode_base64(text: str) -> bytes:
    """The bytes of the one text that stands for them.  Raises ValueError for any other, such as one with spare bits set."""
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:
        raise ValueError("not the canonical base64 of its bytes")
    return raw


def _check_signature(verifier: Verifier, text: str, signature: bytes) -> None:
    message = text.encode()
    if verifier.key_type == COSIGNATURE_V1:
        timestamp, signature = int.from_bytes(signature[:8], "big"), signature[8:]
        message = f"cosignature/v1\ntime {timestamp}\n{text}".encode()
    if len(signature) != _SIGNATURE_BYTES:
        raise NoteError("signature of a wrong length")
    try:
        Ed25519PublicKey.from_public_bytes(verifier.public_key).verify(signature, message)
    except InvalidSignature as error:
        raise NoteError(f"wrong signature of {verifier.name}") from error


def _split_note(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    if len(note.encode()) > _MAX_NOTE_BYTES or not note.endswith("\n"):
        raise NoteError("malformed note")
    head, separator, tail = note.rpartition("\n\n")
    if not separator:
        raise NoteError("note without signatures")
    signatures: list[tuple[str, bytes]] = []
    for line in tail.splitlines():
        parts = line.split(" ")
        if len(parts) != 3 or parts[0] != _EM_DASH:  # dash, name, signature
            raise NoteError("malformed signature line")
        try:
            raw = decode_base64(parts[2])
        except ValueError as error:
            raise NoteError("malformed signature") from error
        if len(raw) <= _KEY_ID_BYTES:
            raise NoteError("malformed signature")
        signatures.append((parts[1], raw))
    return head + "\n", signatures
