from hashlib import sha256
from importlib.resources import files
from uuid import uuid4

import msgspec
import pytest
import zstandard

from eventstore import event_body
from eventstore.event_body import BodyFormat, SealedBody, UnknownBodyFormatError, open_body, seal_body
from runtime.keyring import DataKey, SealBrokenError, seal

KEY = DataKey(version=3, key=bytes(range(32)))
ORGANIZATION, EVENT = uuid4(), uuid4()
BODY = b'{"event_id":"0123","title":"ValueError: broken","exceptions":[]}' * 20


def sealed_body() -> SealedBody:
    return seal_body(BODY, key=KEY, organization_id=ORGANIZATION, event_id=EVENT)


def test_a_body_opens_to_the_same_bytes():
    sealed = sealed_body()
    assert open_body(sealed, key=KEY, organization_id=ORGANIZATION, event_id=EVENT) == BODY
    assert sealed.key_version == 3
    assert len(sealed.body) < len(BODY) / 4


def test_a_body_without_dictionary_still_opens():
    place = f"{ORGANIZATION}|{EVENT}|1".encode()
    old = SealedBody(BodyFormat.PLAIN, 3, seal(KEY.key, zstandard.compress(BODY), associated_data=place))
    assert open_body(old, key=KEY, organization_id=ORGANIZATION, event_id=EVENT) == BODY


def test_a_body_opens_nowhere_else():
    sealed = sealed_body()
    for key, organization_id, event_id in [
        (DataKey(3, bytes(32)), ORGANIZATION, EVENT),
        (KEY, uuid4(), EVENT),
        (KEY, ORGANIZATION, uuid4()),
    ]:
        with pytest.raises(SealBrokenError):
            open_body(sealed, key=key, organization_id=organization_id, event_id=event_id)


def test_the_format_cannot_be_changed_under_the_seal():
    other = msgspec.structs.replace(sealed_body(), body_format=BodyFormat.PLAIN)
    with pytest.raises(SealBrokenError):
        open_body(other, key=KEY, organization_id=ORGANIZATION, event_id=EVENT)


def test_an_unknown_format_is_named():
    with pytest.raises(UnknownBodyFormatError):
        open_body(SealedBody(99, 3, b""), key=KEY, organization_id=ORGANIZATION, event_id=EVENT)


def test_a_shipped_dictionary_never_changes():
    shipped = (files("eventstore") / "dictionaries" / "events-2.zdict").read_bytes()
    assert sha256(shipped).hexdigest() == "b9a14e62ae3db5516deb6441120eada70d63269ecf7acb6fb86910bbc545dcbd"
    assert event_body.CURRENT_FORMAT == BodyFormat.DICTIONARY_2
