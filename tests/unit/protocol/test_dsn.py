import pytest

from protocol import dsn

KEY = "a94ae32be2584e0bbd7a4cbb95971fed"


@pytest.mark.parametrize(
    ("text", "host", "port", "prefix", "project_id"),
    [
        (f"https://{KEY}@errors.example.com/42", "errors.example.com", None, "", 42),
        (f"http://{KEY}@127.0.0.1:8001/1", "127.0.0.1", 8001, "", 1),
        (f"http://{KEY}@127.0.0.1:8001/sub/path/1", "127.0.0.1", 8001, "/sub/path", 1),
        (f"http://{KEY}@127.0.0.1/1/", "127.0.0.1", None, "", 1),
        (f"http://{KEY}@[::1]:8001/123456789012345", "::1", 8001, "", 123456789012345),
    ],
)
def test_a_dsn_is_taken_apart(text: str, host: str, port: int | None, prefix: str, project_id: int) -> None:
    parsed = dsn.parse(text)
    assert (parsed.public_key, parsed.host, parsed.port, parsed.path_prefix, parsed.project_id) == (
        KEY,
        host,
        port,
        prefix,
        project_id,
    )


def test_the_legacy_secret_is_dropped() -> None:
    assert dsn.format_dsn(dsn.parse(f"http://{KEY}:legacysecret@host/1")) == f"http://{KEY}@host/1"


@pytest.mark.parametrize("text", [f"https://{KEY}@h/1", f"http://{KEY}@h:81/a/b/1", f"http://{KEY}@[::1]:8001/7"])
def test_formatting_undoes_parsing(text: str) -> None:
    assert dsn.format_dsn(dsn.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "garbage",
        f"ftp://{KEY}@h/1",
        "http://h/1",
        f"http://{KEY.upper()}@h/1",
        f"http://{KEY}@h/",
        f"http://{KEY}@h/abc",
        f"http://{KEY}@h/\u0663",
        f"http://{KEY}@h/{'9' * 40}",
        f"http://{KEY}@h/9223372036854775808",
        f"http://{KEY}@h:port/1",
        f"http://{KEY}@[::1/1",
        f"http://{KEY}@/1",
    ],
)
def test_what_is_no_dsn_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(dsn.DsnError) as caught:
        dsn.parse(text)
    assert KEY not in str(caught.value)
