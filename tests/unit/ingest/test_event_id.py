import pytest

from ingest import event_id
from ingest.event_id import EventIdentity

ID = "9ec79c33ec9942ab8353589fcb2e04d1"


@pytest.mark.parametrize(
    ("payload", "identity"),
    [
        (b'{"event_id":"' + ID.encode() + b'"}', EventIdentity(ID, is_transaction=False)),
        (b'{"event_id":"9EC79C33-ec99-42ab-8353-589fcb2e04d1"}', EventIdentity(ID, is_transaction=False)),
        (
            b'{"extra":{"event_id":"0"},"event_id":"' + ID.encode() + b'","type":"transaction"}',
            EventIdentity(ID, is_transaction=True),
        ),
        (b'{"extra":{"n":NaN}, "event_id" : "' + ID.encode() + b'"}', EventIdentity(ID, is_transaction=False)),
        (b'{"message":"\\ud83d","event_id":"' + ID.encode() + b'"}', EventIdentity(ID, is_transaction=False)),
        (b"{}", EventIdentity(None, is_transaction=False)),
        (b"", EventIdentity(None, is_transaction=False)),
        (b"null", EventIdentity(None, is_transaction=False)),
        (b"[1]", EventIdentity(None, is_transaction=False)),
        (b'{"event_id":5}', EventIdentity(None, is_transaction=False)),
        (b'{"event_id":"../../etc/passwd"}', EventIdentity(None, is_transaction=False)),
        (b'{"event_id":"------------------------------------",}', EventIdentity(None, is_transaction=False)),
        (b'{"a":' * 50_000, EventIdentity(None, is_transaction=False)),
        (b'{"event_id":"\xff"}', EventIdentity(None, is_transaction=False)),
    ],
)
def test_the_id_is_read_whatever_else_is_broken(payload: bytes, identity: EventIdentity) -> None:
    assert event_id.read(payload) == identity
    assert event_id.read(memoryview(payload)) == identity
