import pytest

from identity import passwords
from runtime.secrets import Secret

PASSWORD = Secret("correct horse battery staple")


async def test_a_hash_is_argon2id_and_verifies_only_its_password() -> None:
    stored = await passwords.hash_password(PASSWORD)

    assert stored.startswith("$argon2id$")
    assert (await passwords.verify(PASSWORD, stored)).is_valid
    assert not (await passwords.verify(Secret("another password"), stored)).is_valid


@pytest.mark.parametrize("stored", [None, "", "no hash at all"])
async def test_without_a_stored_hash_no_password_fits(stored: str | None) -> None:
    assert not (await passwords.verify(PASSWORD, stored)).is_valid
    assert not (await passwords.verify(Secret("nobody has this password"), stored)).is_valid
