from datetime import UTC, datetime
from uuid import UUID

import pytest

from dashboard_api.dsn import dsn_of
from tenancy.dsn_keys import DsnKey, DsnKeyState

KEY = DsnKey(
    key_id=UUID(int=1),
    project_id=123456789012345,
    public_key="a" * 32,
    label="Default",
    state=DsnKeyState.ACTIVE,
    grace_until=None,
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
)


@pytest.mark.parametrize(
    ("ingest_url", "dsn"),
    [
        ("http://127.0.0.1:8001", f"http://{'a' * 32}@127.0.0.1:8001/123456789012345"),
        ("https://errors.example/", f"https://{'a' * 32}@errors.example/123456789012345"),
        ("https://errors.example/in/", f"https://{'a' * 32}@errors.example/in/123456789012345"),
        ("http://[::1]:8001", f"http://{'a' * 32}@[::1]:8001/123456789012345"),
    ],
)
def test_a_dsn_is_the_ingest_address_with_key_and_project(ingest_url: str, dsn: str) -> None:
    assert dsn_of(KEY, ingest_url) == dsn
