"""Records: personal fields are salted digests, and deleting what they stand for breaks no proof."""

import base64
import hashlib
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest

from audit import canonical, leaf, merkle
from audit import record as records
from audit.actions import AuditAction
from audit.canonical import CanonicalValue, NotCanonicalError
from audit.record import ActorKind, AuditActor, AuditRecord, AuditSource, AuditTarget, Change, Disclosure

ORGANIZATION = UUID("0198c000-0000-7000-8000-000000000001")
MOMENT = datetime(2026, 7, 27, 12, 30, 15, 42, tzinfo=UTC)
RECORD = AuditRecord(
    record_id=UUID("0198c000-0000-7000-8000-000000000002"),
    occurred_at=MOMENT,
    action=AuditAction.MEMBER_ROLE_CHANGED,
    actor=AuditActor(ActorKind.USER, UUID("0198c000-0000-7000-8000-000000000003"), "session-1"),
    source=AuditSource(network="public", address="203.0.113.9", user_agent="Browser/1"),
    target=AuditTarget("member", "m-1"),
    changes={"role": Change("member", "admin")},
    details={"via": "api"},
    personal={"email": "mia@example.org"},
    reason="requested",
    request_id="r-1",
)


def _fields(entry: bytes) -> dict[str, CanonicalValue]:
    value = canonical.decode(entry)
    assert isinstance(value, dict)
    return value


def test_a_record_says_who_did_what_to_what() -> None:
    fields = _fields(records.seal(RECORD, organization_id=ORGANIZATION).entry)
    digests = fields.pop("personal")
    assert isinstance(digests, list)
    assert len(digests) == 3
    assert fields == {
        "version": 1,
        "id": "0198c000-0000-7000-8000-000000000002",
        "organization": str(ORGANIZATION),
        "occurred_at": "2026-07-27T12:30:15.000042Z",
        "action": "member.change_role",
        "action_number": 6,
        "actor": {"kind": "user", "id": "0198c000-0000-7000-8000-000000000003", "credential": "session-1"},
        "source": {"network": "public"},
        "target": {"kind": "member", "id": "m-1"},
        "changes": {"role": {"before": "member", "after": "admin"}},
        "details": {"via": "api"},
        "reason": "requested",
        "request_id": "r-1",
    }


def test_no_personal_value_is_in_the_hashed_bytes() -> None:
    entry = records.seal(RECORD, organization_id=ORGANIZATION).entry
    for secret in ("203.0.113.9", "Browser/1", "mia@example.org"):
        assert secret.encode() not in entry
        assert base64.b64encode(secret.encode()) not in entry


def test_each_disclosure_opens_to_its_field_and_hashes_to_its_digest() -> None:
    sealed = records.seal(RECORD, organization_id=ORGANIZATION)
    assert dict(disclosure.open() for disclosure in sealed.disclosures) == {
        "email": "mia@example.org",
        "source.address": "203.0.113.9",
        "source.user_agent": "Browser/1",
    }
    for disclosure in sealed.disclosures:
        hashed = hashlib.sha256(disclosure.text.encode()).digest()
        assert disclosure.digest == base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()
    assert _fields(sealed.entry)["personal"] == [disclosure.digest for disclosure in sealed.disclosures]


def test_equal_values_have_different_digests() -> None:
    first, second = (records.seal(RECORD, organization_id=ORGANIZATION) for _ in range(2))
    assert {item.digest for item in first.disclosures}.isdisjoint(item.digest for item in second.disclosures)


def test_a_disclosure_is_written_as_the_rfc_writes_one_without_white_space() -> None:
    """Source: RFC 9901, 4.2.1: salt, claim name and value of its first example."""
    salt = base64.urlsafe_b64decode("_26bc4LT-ac6q2KI6cBW5es=")
    disclosure = records.disclose("family_name", "M\u00f6bius", salt=salt)
    assert disclosure.text == "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsImZhbWlseV9uYW1lIiwiTcO2Yml1cyJd"
    assert disclosure.open() == ("family_name", "M\u00f6bius")


def test_a_disclosure_of_another_shape_does_not_open() -> None:
    text = base64.urlsafe_b64encode(canonical.encode(["salt", "name"])).decode()
    with pytest.raises(NotCanonicalError):
        Disclosure("digest", text).open()


def test_deleting_the_disclosures_leaves_every_proof_valid() -> None:
    entries = [
        leaf.make(
            records.seal(RECORD, organization_id=ORGANIZATION).entry, record_id=RECORD.record_id, index=index, sequenced_at=MOMENT
        )[0]
        for index in range(7)
    ]
    hashes = [merkle.leaf_hash(entry) for entry in entries]
    tree, stored = merkle.CompactRange(), {}
    for hashed in hashes:
        stored.update({(level, index): node for level, index, node in tree.append(hashed)})
    # The entries never held the values: there is nothing to change in them when a disclosure goes.
    for index, hashed in enumerate(hashes):
        proof = merkle.inclusion_proof(lambda level, at: stored[level, at], index, 7)
        merkle.verify_inclusion(leaf=hashed, index=index, tree_size=7, proof=proof, root=tree.root())


def test_moments_are_written_in_utc() -> None:
    assert records.format_moment(MOMENT.astimezone(timezone(timedelta(hours=2)))) == "2026-07-27T12:30:15.000042Z"


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-07-27T12:30:15Z", "2026-07-27T12:30:15.000042", "2026-07-27T12:30:15.000042+00:00"]
)
def test_only_the_written_form_of_a_moment_is_read(text: str) -> None:
    assert records.parse_moment("2026-07-27T12:30:15.000042Z") == MOMENT
    with pytest.raises(ValueError, match=r"moment|isoformat"):
        records.parse_moment(text)
