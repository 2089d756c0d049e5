"""One byte string for one value, as RFC 8785 writes it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit import canonical
from audit.canonical import CanonicalValue, NotCanonicalError

# RFC 8785, 3.2.3: the sample object and the order of its keys.
RFC_SORTED = (
    ("\r", "Carriage Return"),
    ("1", "One"),
    ("\u0080", "Control"),
    ("\u00f6", "Latin Small Letter O With Diaeresis"),
    ("\u20ac", "Euro Sign"),
    ("\U0001f600", "Emoji: Grinning Face"),
    ("\ufb33", "Hebrew Letter Dalet With Dagesh"),
)


def test_keys_are_sorted_as_utf_16() -> None:
    mixed: dict[str, CanonicalValue] = dict(sorted(RFC_SORTED))
    assert list(json.loads(canonical.encode(mixed)).items()) == list(RFC_SORTED)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/", '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'),  # RFC 8785, 3.2.2
        ("\b\t\n\f\r\x00\x1f\x7f", '"\\b\\t\\n\\f\\r\\u0000\\u001f\x7f"'),
        ([None, True, False], "[null,true,false]"),
        ({"b": [], "a": {}}, '{"a":{},"b":[]}'),
        (2**53 - 1, "9007199254740991"),
        (-(2**53) + 1, "-9007199254740991"),
        (0, "0"),
    ],
)
def test_values_are_written_as_the_rfc_writes_them(value: CanonicalValue, expected: str) -> None:
    assert canonical.encode(value) == expected.encode()


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (1.0, "$"),
        ({"a": [0, 2**53]}, "$.a[1]"),
        ({"a": {"b": "\ud800"}}, "$.a.b"),
        ({1: 2}, "$"),
        ((1, 2), "$"),
        (b"raw", "$"),
    ],
)
def test_what_has_no_agreed_form_is_refused_with_its_path(value: object, path: str) -> None:
    with pytest.raises(NotCanonicalError) as caught:
        canonical.encode(value)  # type: ignore[arg-type]  # the wrong types are the point
    assert caught.value.path == path


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b'{"b":1,"a":2}',
        b'{"a": 1}',
        b'{"a":1,"a":1}',
        b'"\\u0041"',
        b"1.0",
        b"1e2",
        b"-0",
        b"\xff",
        b"[1] ",
        b"NaN",
        b"[" * 5000,
    ],
)
def test_only_the_canonical_form_is_read(raw: bytes) -> None:
    with pytest.raises(NotCanonicalError):
        canonical.decode(raw)


VALUES: st.SearchStrategy[CanonicalValue] = st.recursive(
    st.none() | st.booleans() | st.integers(-canonical.MAX_INTEGER, canonical.MAX_INTEGER) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_reading_gives_back_what_was_written(value: CanonicalValue) -> None:
    raw = canonical.encode(value)
    assert canonical.decode(raw) == value
    assert json.loads(raw) == value
