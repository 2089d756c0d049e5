from base64 import b64encode

import pytest

from protocol.auth_header import AuthProblem, Credentials, parse_header, parse_request

KEY = "a94ae32be2584e0bbd7a4cbb95971fed"
OTHER = "0" * 32


@pytest.mark.parametrize(
    ("header", "client"),
    [
        (f"Sentry sentry_key={KEY}, sentry_version=7, sentry_client=sentry.python/2.75.0", "sentry.python/2.75.0"),
        (f"Sentry sentry_version=7,sentry_client=sentry.java/8.53.0,sentry_key={KEY}", "sentry.java/8.53.0"),
        (
            f"Sentry sentry_timestamp=1795365873.2, sentry_client=raven-python/6.10.0, sentry_version=6, sentry_key={KEY}, sentry_secret=x",
            "raven-python/6.10.0",
        ),
        (f"sentry sentry_key={KEY}", None),
        (f"SENTRY   sentry_key={KEY}  sentry_version=7", None),
        (f'Sentry sentry_key="{KEY}", sentry_version="7"', None),
        (f"Sentry sentry_key={KEY}; sentry_version=5", None),
        (f"Sentry sentry_key={KEY},sentry_key={KEY}", None),
        (f"Sentry Sentry_Key={KEY}", None),
        (f"  Sentry sentry_key={KEY}, ", None),
        (f"Sentry sentry_key={KEY}, sentry_client=sentry cocoa (iOS)", "sentry"),
    ],
)
def test_every_separator_form_names_the_key(header: str, client: str | None) -> None:
    assert parse_header(header) == Credentials(KEY, client)


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        ("Sentry", AuthProblem.MISSING),
        ("Sentry sentry_version=7", AuthProblem.MISSING),
        ("", AuthProblem.MALFORMED),
        (f"Bearer {KEY}", AuthProblem.MALFORMED),
        (f"sentry_key={KEY}", AuthProblem.MALFORMED),
        (f"Sentry sentry_key={KEY.upper()}", AuthProblem.MALFORMED),
        (f"Sentry sentry_key={KEY[:-1]}", AuthProblem.MALFORMED),
        ("Sentry sentry_key=' OR 1=1--", AuthProblem.MALFORMED),
        ("Sentry sentry_key=" + "a" * 60_000, AuthProblem.MALFORMED),
        (f"Sentry sentry_key={KEY}, sentry_key={OTHER}", AuthProblem.MALFORMED),
        (f"Sentry sentry_key={KEY}, sentry_version=9", AuthProblem.UNSUPPORTED_VERSION),
        (f"Sentry sentry_key={KEY}, sentry_version=seven", AuthProblem.UNSUPPORTED_VERSION),
        (f"Sentry sentry_key={KEY}, sentry_version=\u0667", AuthProblem.UNSUPPORTED_VERSION),
    ],
)
def test_a_header_without_a_usable_key_says_why(header: str, problem: AuthProblem) -> None:
    assert parse_header(header) is problem


def _basic(text: str) -> str:
    return "Basic " + b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("authorization", "query"),
    [
        (f"Sentry sentry_key={KEY}", ""),
        (_basic(f"{KEY}:"), ""),
        (_basic(f"{KEY}:secret"), ""),
        (None, f"sentry_key={KEY}"),
        (None, f"sentry_version=7&sentry_key={KEY}&sentry_client=sentry.javascript.node%2F11.12.0"),
        (None, f"sentry_key={KEY}&sentry_key={KEY}"),
        ("Bearer zzz", f"sentry_key={KEY}"),
    ],
)
def test_each_form_of_http_is_read(authorization: str | None, query: str) -> None:
    found = parse_request(x_sentry_auth=None, authorization=authorization, query=query)
    assert isinstance(found, Credentials)
    assert found.public_key == KEY


@pytest.mark.parametrize(
    ("x_sentry_auth", "authorization", "query", "problem"),
    [
        (None, None, "", AuthProblem.MISSING),
        (None, None, "status=ok", AuthProblem.MISSING),
        (None, "Bearer zzz", "", AuthProblem.MISSING),
        (f"Sentry sentry_key={KEY}", f"Sentry sentry_key={KEY}", "", AuthProblem.MULTIPLE),
        (f"Sentry sentry_key={KEY}", None, f"sentry_key={KEY}", AuthProblem.MULTIPLE),
        (f"Sentry sentry_key={KEY}", None, "sentry_release=1", AuthProblem.MULTIPLE),
        (None, _basic(f"{KEY}:"), f"sentry_key={KEY}", AuthProblem.MULTIPLE),
        (None, None, f"sentry_key={KEY}&sentry_key={OTHER}", AuthProblem.MULTIPLE),
        (None, None, "sentry_version=7", AuthProblem.MISSING),
        (None, None, "sentry_key=%00", AuthProblem.MALFORMED),
        (None, None, "&".join(["sentry_key=a"] * 200), AuthProblem.MALFORMED),
        (None, "Basic ???", "", AuthProblem.MALFORMED),
        (None, _basic("ümlaut:"), "", AuthProblem.MALFORMED),
    ],
)
def test_none_or_several_forms_are_refused(
    x_sentry_auth: str | None, authorization: str | None, query: str, problem: AuthProblem
) -> None:
    assert parse_request(x_sentry_auth=x_sentry_auth, authorization=authorization, query=query) is problem
