"""The heavy part of an event at rest: canonical JSON, compressed with zstd, sealed with the tenant's "events" key.

The format number says how to open a body, for ever: a new dictionary gets a new number, an old one is never changed.
"""

from enum import IntEnum
from importlib.resources import files
from uuid import UUID

import msgspec
import zstandard

from runtime.keyring import DataKey, open_sealed, seal

LEVEL = 3  # PERFORMANCE.md: 81 µs for 22 KB; higher levels cost more CPU than they save disk
MAX_BODY_BYTES = 64 * 1024 * 1024  # far above any event the edge accepts; bounds what a body may unpack to


class BodyFormat(IntEnum):
    PLAIN = 1  # zstd without a dictionary
    DICTIONARY_2 = 2  # with dictionaries/events-2.zdict: 15 to 50 % smaller on SDKs it was not trained on


class SealedBody(msgspec.Struct, frozen=True):
    body_format: int
    key_version: int
    body: bytes


class UnknownBodyFormatError(Exception):
    def __init__(self, body_format: int) -> None:
        super().__init__(f"no event body of format {body_format} is known")
        self.body_format = body_format


def _dictionary(body_format: BodyFormat) -> zstandard.ZstdCompressionDict:
    return zstandard.ZstdCompressionDict((files("eventstore") / "dictionaries" / f"events-{body_format:d}.zdict").read_bytes())


CURRENT_FORMAT = BodyFormat.DICTIONARY_2
_current_dictionary = _dictionary(CURRENT_FORMAT)
_current_dictionary.precompute_compress(level=LEVEL)
_compressor = zstandard.ZstdCompressor(level=LEVEL, dict_data=_current_dictionary)
_decompressors = {
    BodyFormat.PLAIN: zstandard.ZstdDecompressor(),
    BodyFormat.DICTIONARY_2: zstandard.ZstdDecompressor(dict_data=_current_dictionary),
}


def seal_body(event_json: bytes, *, key: DataKey, organization_id: UUID, event_id: UUID) -> SealedBody:
    """Compress and seal; the seal names organization, event and format, so that no body can be moved to another row."""
    associated_data = _associated_data(organization_id, event_id, CURRENT_FORMAT)
    sealed = seal(key.key, _compressor.compress(event_json), associated_data=associated_data)
    return SealedBody(body_format=CURRENT_FORMAT, key_version=key.version, body=sealed)


def open_body(sealed: SealedBody, *, key: DataKey, organization_id: UUID, event_id: UUID) -> bytes:
    """The canonical JSON.  `key` is the organization's events key of `sealed.key_version`.

    Raises SealBrokenError for another tenant's key, another row or changed bytes; UnknownBodyFormatError.
    """
    try:
        body_format = BodyFormat(sealed.body_format)
    except ValueError as error:
        raise UnknownBodyFormatError(sealed.body_format) from error
    compressed = open_sealed(key.key, sealed.body, associated_data=_associated_data(organization_id, event_id, body_format))
    return _decompressors[body_format].decompress(compressed, max_output_size=MAX_BODY_BYTES)


def _associated_data(organization_id: UUID, event_id: UUID, body_format: BodyFormat) -> bytes:
    return f"{organization_id}|{event_id}|{body_format:d}".encode()
