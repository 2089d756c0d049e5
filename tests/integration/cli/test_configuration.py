"""What our processes are told from outside, and the one line an operator reads when it is wrong."""

from pathlib import Path

import pytest

from cli.configuration import read_settings
from cli.failures import CannotStartError

DATABASE = {"ERRATA_DATABASE_URL": "postgresql://db.example:5432/errata"}


def test_defaults_listen_on_loopback() -> None:
    settings = read_settings(DATABASE)
    assert (settings.host, settings.port, settings.trusted_proxies) == ("127.0.0.1", None, "127.0.0.1")


def test_a_role_signs_in_with_its_own_password(tmp_path: Path) -> None:
    (tmp_path / "api_password").write_text("p/w@1\n")
    settings = read_settings(DATABASE | {"ERRATA_SECRETS_DIR": str(tmp_path)})
    assert settings.role_url("api").reveal() == "postgresql+asyncpg://errata_api:p%2Fw%401@db.example:5432/errata"


def test_a_socket_keeps_its_place(tmp_path: Path) -> None:
    (tmp_path / "api_password").write_text("x")
    url = {"ERRATA_DATABASE_URL": "postgresql:///errata?host=/run/pg", "ERRATA_SECRETS_DIR": str(tmp_path)}
    assert read_settings(url).role_url("api").reveal() == "postgresql+asyncpg://errata_api:x@/errata?host=/run/pg"


@pytest.mark.parametrize("source", ["variable", "file", "directory"])
def test_a_secret_comes_from_a_variable_a_file_or_the_directory(tmp_path: Path, source: str) -> None:
    (tmp_path / "master_key").write_text("value\n")
    environment = {
        "variable": {"ERRATA_MASTER_KEY": "value"},
        "file": {"ERRATA_MASTER_KEY_FILE": str(tmp_path / "master_key")},
        "directory": {"ERRATA_SECRETS_DIR": str(tmp_path)},
    }[source]
    assert read_settings(DATABASE | environment).secret("master_key").reveal() == "value"


@pytest.mark.parametrize(
    ("environment", "problem"),
    [
        ({}, "ERRATA_DATABASE_URL is not set"),
        ({"ERRATA_DATABASE_URL": "postgresql://me:secret@db/errata"}, "carries a user or a password"),
        ({"ERRATA_DATABASE_URL": "mysql://db/errata"}, "does not begin with postgresql://"),
        (DATABASE | {"ERRATA_PORT": "http"}, "ERRATA_PORT is not a whole number"),
        (DATABASE | {"ERRATA_DASHBOARD_URL_FILE": "/nonexistent"}, "the file for DASHBOARD_URL cannot be read"),
    ],
)
def test_a_mistake_is_named_without_its_value(environment: dict[str, str], problem: str) -> None:
    with pytest.raises(CannotStartError) as caught:
        read_settings(environment)
    assert problem in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_missing_secret_is_named_with_its_variable() -> None:
    with pytest.raises(CannotStartError, match="ERRATA_MASTER_KEY_FILE"):
        read_settings(DATABASE).secret("master_key")


def test_settings_do_not_show_secrets(tmp_path: Path) -> None:
    (tmp_path / "redis_url").write_text("redis://:hidden@localhost")
    settings = read_settings(DATABASE | {"ERRATA_SECRETS_DIR": str(tmp_path)})
    assert "hidden" not in repr(settings)
    assert "hidden" not in repr(settings.redis_url())
