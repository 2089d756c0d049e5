"""Envelope encryption: random data keys per tenant and purpose, wrapped by a key the database never sees.

`LocalKeyring` keeps its key-encryption key in this process.  All sealing is AES-256-GCM with a random 96-bit nonce.
"""

import os
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from runtime.secrets import Secret

KEY_BYTES = 32
NONCE_BYTES = 12  # NIST SP 800-38D, 8.2.2: random 96-bit nonces, at most 2^32 messages per key


class SealBrokenError(Exception):
    """The bytes were not sealed with this key for this place; says nothing more on purpose."""

    def __init__(self) -> None:
        super().__init__("sealed bytes do not open with this key and associated data")


class DataKey(msgspec.Struct, frozen=True):
    """One tenant's key for one purpose."""

    version: int
    key: bytes

    def __repr__(self) -> str:
        return f"DataKey(version={self.version})"


def seal(key: bytes, plaintext: bytes, *, associated_data: bytes) -> bytes:
    """12 bytes of nonce followed by ciphertext and tag; `associated_data` names the place it belongs to."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, associated_data)


def open_sealed(key: bytes, sealed: bytes, *, associated_data: bytes) -> bytes:
    """The plaintext.  Raises SealBrokenError for another key, another place or changed bytes."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], associated_data)
    except (InvalidTag, ValueError) as error:
        raise SealBrokenError from error


def wrap_context(organization_id: UUID, purpose: str, version: int) -> bytes:
    """Associated data of a wrapped data key: a key moved to another tenant, purpose or version does not unwrap."""
    return f"data-key|{organization_id}|{purpose}|{version}".encode()


class LocalKeyring:
    """Wraps data keys with a key-encryption key kept in a file of the operator."""

    def __init__(self, master: Secret) -> None:
        key = bytes.fromhex(master.reveal())
        if len(key) != KEY_BYTES:
            raise ValueError("the master key must be 64 hex digits")
        self._key = key

    def new_data_key(self, organization_id: UUID, purpose: str, version: int) -> bytes:
        """A fresh random data key, already wrapped for this tenant, purpose and version."""
        return self.wrap(os.urandom(KEY_BYTES), context=wrap_context(organization_id, purpose, version))

    def wrap(self, key: bytes, *, context: bytes) -> bytes:
        return seal(self._key, key, associated_data=context)

    def unwrap(self, wrapped: bytes, *, context: bytes) -> bytes:
        """Raises SealBrokenError if `wrapped` is not a key of this keyring for this context."""
        return open_sealed(self._key, wrapped, associated_data=context)
