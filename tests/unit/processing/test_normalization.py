"""Every shape of PROTOCOL.md 10 and every limit of SECURITY.md 7."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from processing.event_input import EventInput
from processing.normalization import canonical, times
from processing.normalization.remarks import RemarkLog
from protocol.event import Event, Level
from protocol.outcome import DiscardReason

RECEIVED_AT = datetime(2026, 11, 22, 17, tzinfo=UTC)


def normalized(payload: bytes | dict[str, Any], **more: Any) -> Event:
    raw = payload if isinstance(payload, bytes) else msgspec.json.encode(payload)
    result = canonical.normalize(EventInput(payload=raw, received_at=RECEIVED_AT, event_id="0" * 32, **more))
    assert isinstance(result, dict)
    return msgspec.convert(result, Event)


def kinds(event: Event) -> set[str]:
    return {remark.kind for remark in event.errors}


@pytest.mark.parametrize("payload", [b"", b"{", b"[]", b'"x"', b"null", b"{]", b"\xff\xfe", b"{'a':1}", b"[" * 20_000])
def test_what_is_no_json_object_is_discarded(payload: bytes) -> None:
    result = canonical.normalize(EventInput(payload=payload, received_at=RECEIVED_AT, event_id="0" * 32))
    assert result is DiscardReason.MALFORMED_JSON


def test_a_transaction_is_no_error_event() -> None:
    result = canonical.normalize(EventInput(payload=b'{"type":"transaction"}', received_at=RECEIVED_AT, event_id="0" * 32))
    assert result is DiscardReason.ITEM_TYPE


def test_an_empty_event_has_the_defaults() -> None:
    event = normalized({})
    assert (event.level, event.environment, event.platform, event.occurred_at) == (
        Level.ERROR,
        "production",
        "other",
        RECEIVED_AT,
    )
    assert (event.user, event.request, event.message, event.exceptions, event.tags) == (None, None, None, (), ())


@pytest.mark.parametrize(
    ("payload", "extra"),
    [
        (b'{"extra":{"a":NaN,"b":Infinity,"c":-Infinity}}', {"a": None, "b": None, "c": None}),
        (b'{"extra":{"a":1e999}}', {"a": None}),
        (b'{"extra":{"a":1e300}}', {"a": "1e+300"}),
        (b'{"extra":{"a":12345678901234567890}}', {"a": "12345678901234567890"}),
        (b'{"extra":{"a":9007199254740992}}', {"a": 9007199254740992}),
        (b'{"extra":{"a":"x\\ud800y"}}', {"a": "x\ufffdy"}),
        (b'{"extra":{"a":"\\ud83d\\ude00"}}', {"a": "\U0001f600"}),
        (b'{"extra":{"a":"x\\u0000y"}}', {"a": "x\ufffdy"}),
        (b'{"extra":{"k\\u0000":1,"k\\ufffd":2}}', {"k\ufffd": 1, "k\ufffd_": 2}),
        (b'{"extra":{"a":"\xff"}}', {"a": "\ufffd"}),
        (b'{"extra":{"a":1,"a":2}}', {"a": 2}),
        (b'{"extra":[1,2]}', {"value": [1, 2]}),
        (b'{"extra":null}', {}),
    ],
)
def test_broken_values_are_repaired(payload: bytes, extra: dict[str, Any]) -> None:
    assert normalized(payload).extra == extra


def test_a_very_long_integer_is_kept_as_its_beginning() -> None:
    extra = normalized(b'{"extra":{"a":%s}}' % (b"9" * 10_000)).extra
    assert str(extra["a"]).startswith("999")


def test_depth_is_cut_and_the_rest_is_kept() -> None:
    deep = b'{"extra":{"a":%s1%s,"b":2}}' % (b'{"x":' * 5_000, b"}" * 5_000)
    event = normalized(deep)
    assert event.extra["b"] == 2
    assert kinds(event) & {"too_deep", "malformed_json"}
    assert msgspec.json.encode(event.extra).count(b"{") <= 64


def test_too_many_values_are_cut() -> None:
    event = normalized({"extra": {"a": list(range(50_000)), "b": [1]}})
    assert len(event.extra["a"]) == 20_000 - 2  # type: ignore[arg-type]  # a list
    assert "too_many_values" in kinds(event)


def test_long_texts_and_keys_are_cut() -> None:
    event = normalized({"extra": {"a": "x" * 100_000, "k" * 2_000: 1}, "message": "y" * 100_000})
    assert len(event.extra["a"]) == 65_536  # type: ignore[arg-type]  # a text
    assert max(map(len, event.extra)) == 512
    assert event.message is not None
    assert len(event.message.formatted) == 65_536


def test_of_many_frames_both_ends_are_kept() -> None:
    frames = [{"function": f"f{position}"} for position in range(600)]
    event = normalized({"exception": [{"type": "E", "stacktrace": {"frames": frames}}]})
    kept = event.exceptions[0].frames
    assert (len(kept), kept[0].function, kept[-1].function) == (250, "f0", "f599")


def test_the_main_exception_survives_the_limit() -> None:
    event = normalized({"exception": {"values": [{"type": f"E{position}"} for position in range(80)]}})
    assert len(event.exceptions) == 50
    assert [exception.type for exception in event.exceptions if exception.is_main] == ["E79"]


def test_the_newest_breadcrumbs_are_kept() -> None:
    event = normalized({"breadcrumbs": {"values": [{"message": str(position)} for position in range(150)]}})
    assert (len(event.breadcrumbs), event.breadcrumbs[-1].message) == (100, "149")


# -- exceptions -------------------------------------------------------------------------------------------------------


def _value(name: str, exception_id: int | None = None, **more: Any) -> dict[str, Any]:
    mechanism = {} if exception_id is None else {"mechanism": {"type": "chained", "exception_id": exception_id}}
    return {"type": name, "value": name.lower(), **mechanism, **more}


@pytest.mark.parametrize(
    ("sent", "sdk", "order"),
    [
        ({"values": [_value("Cause"), _value("Main")]}, "sentry.python", ["Cause", "Main"]),
        ([_value("Cause"), _value("Main")], "sentry.go", ["Cause", "Main"]),
        (_value("Main"), "raven", ["Main"]),
        ({"values": [_value("Main", 0), _value("Cause", 1)]}, "sentry.x", ["Cause", "Main"]),
        ({"values": [_value("B", 2), _value("A", 1), _value("Main", 0)]}, "sentry.python", ["B", "A", "Main"]),
        (
            {"values": [_value("Main", mechanism={"type": "generic"}), _value("Cause")]},
            "sentry.javascript.react-native",
            ["Cause", "Main"],
        ),
        ({"values": [None, _value("Main"), {}]}, "sentry.x", ["Main"]),
    ],
)
def test_causes_come_first_and_the_main_exception_last(sent: Any, sdk: str, order: list[str]) -> None:
    event = normalized({"exception": sent, "sdk": {"name": sdk}})
    assert [exception.type for exception in event.exceptions] == order
    assert [exception.type for exception in event.exceptions if exception.is_main] == ["Main"]


@pytest.mark.parametrize(
    ("sent", "value"), [(42, "42"), (None, None), ("a\nb", "a\nb"), ({"a": 1}, '{"a":1}'), (True, "true"), (1.5, "1.5")]
)
def test_an_exception_value_may_be_anything(sent: Any, value: str | None) -> None:
    assert normalized({"exception": {"values": [{"type": "E", "value": sent}]}}).exceptions[0].value == value


@pytest.mark.parametrize("stack", [None, {}, {"frames": []}, {"frames": None}, []])
def test_an_exception_may_have_no_stack(stack: Any) -> None:
    assert normalized({"exception": {"values": [{"type": "E", "stacktrace": stack}]}}).exceptions[0].frames == ()


def test_a_crash_takes_the_stack_of_its_thread() -> None:
    threads = [
        {"id": 1, "stacktrace": {"frames": [{"function": "idle"}]}},
        {"id": 2, "crashed": True, "stacktrace": {"frames": [{"function": "boom"}]}},
    ]
    event = normalized({"exception": {"values": [{"type": "SIGSEGV"}]}, "threads": threads})
    assert [frame.function for frame in event.exceptions[0].frames] == ["boom"]
    assert [thread.crashed for thread in event.threads] == [False, True]


def test_legacy_interfaces_are_read() -> None:
    event = normalized(
        {
            "sentry.interfaces.Exception": {"values": [{"type": "ValueError", "value": "old"}]},
            "sentry.interfaces.User": {"email": "a@example.com"},
            "sentry.interfaces.Http": {"url": "http://a.example/", "method": "GET"},
            "sentry.interfaces.Message": {"message": "with %s", "params": ["x"], "formatted": None},
            "tags": [["k", "v"], ["k2", None]],
            "checksum": "c1",
        }
    )
    assert event.exceptions[0].type == "ValueError"
    assert event.user is not None
    assert event.user.email == "a@example.com"
    assert event.request is not None
    assert event.request.method == "GET"
    assert event.message is not None
    assert (event.message.formatted, event.message.template) == ("with x", "with %s")
    assert (event.tags, event.fingerprint) == ((("k", "v"),), ("c1",))


def test_a_legacy_stack_of_a_message_becomes_the_current_thread() -> None:
    event = normalized({"message": "m", "stacktrace": {"frames": [{"function": "f"}]}})
    assert [(thread.current, thread.frames[0].function) for thread in event.threads] == [(True, "f")]


# -- frames -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("platform", "frame", "is_in_app"),
    [
        ("python", {"abs_path": "/srv/venv/lib/python3.11/site-packages/django/x.py"}, False),
        ("python", {"abs_path": "/usr/lib/python3.11/json/decoder.py", "module": "json.decoder"}, False),
        ("python", {"abs_path": "/srv/app/shop.py", "module": "shop"}, True),
        ("node", {"filename": "/a/node_modules/express/index.js"}, False),
        ("node", {"filename": "node:internal/process"}, False),
        ("node", {"filename": "/a/src/index.js"}, True),
        ("java", {"module": "java.util.List", "filename": "List.java"}, False),
        ("java", {"module": "com.shop.Cart", "filename": "Cart.java"}, True),
        ("go", {"module": "net/http", "abs_path": "/x/server.go"}, False),
        ("go", {"module": "main", "abs_path": "/srv/main.go"}, True),
        ("go", {"module": "github.com/shop/cart", "abs_path": "/go/pkg/mod/github.com/x@v1.2.0/y.go"}, False),
        ("rust", {"function": "core::panicking::panic"}, False),
        ("rust", {"function": "shop::pay"}, True),
        ("ruby", {"abs_path": "/usr/lib/ruby/gems/3.1.0/gems/rack-2/lib/rack.rb"}, False),
        ("php", {"abs_path": "/srv/vendor/laravel/x.php"}, False),
        ("native", {"instruction_addr": "0x10"}, False),
        ("native", {"function": "pay", "package": "/opt/shop/bin/shop"}, True),
        ("native", {"function": "printf", "package": "/usr/lib/x86_64-linux-gnu/libc.so.6"}, False),
        ("csharp", {"module": "System.Linq.Enumerable"}, False),
        ("python", {"abs_path": "/srv/venv/lib/python3.11/site-packages/x.py", "in_app": True}, True),
        ("python", {"abs_path": "/srv/app/shop.py", "in_app": False}, False),
    ],
)
def test_frames_without_a_mark_get_one(platform: str, frame: dict[str, Any], *, is_in_app: bool) -> None:
    event = normalized({"platform": platform, "exception": [{"type": "E", "stacktrace": {"frames": [frame]}}]})
    assert event.exceptions[0].frames[0].in_app is is_in_app


def test_where_the_sdk_marks_its_own_the_others_are_not() -> None:
    frames = [{"module": "org.unknown.Lib", "in_app": None}, {"module": "com.shop.Cart", "in_app": True}]
    event = normalized({"platform": "java", "exception": [{"type": "E", "stacktrace": {"frames": frames}}]})
    assert [frame.in_app for frame in event.exceptions[0].frames] == [False, True]


def test_a_native_address_finds_its_image() -> None:
    image = {"type": "elf", "code_file": "/opt/shop", "image_addr": "0x1000", "image_size": 256}
    event = normalized(
        {
            "platform": "native",
            "debug_meta": {"images": [image]},
            "exception": [{"stacktrace": {"frames": [{"instruction_addr": "0x1010"}]}}],
        }
    )
    frame = event.exceptions[0].frames[0]
    assert (frame.package, frame.image_address, frame.instruction_address) == ("/opt/shop", "0x1000", "0x1010")


# -- everything around ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "level"),
    [("log", "info"), ("critical", "fatal"), (10, "debug"), (20, "info"), (30, "warning"), (40, "error"), (50, "fatal"), ("40", "error"),
     ("WARN", "warning"), (None, "error"), ("strange", "error"), ([], "error")],
)  # fmt: skip
def test_levels_of_every_shape(sent: Any, level: str) -> None:
    assert normalized({"level": sent}).level == level


@pytest.mark.parametrize(
    ("sent", "seconds_before"),
    [
        ("2026-11-22T16:59:00Z", 60), ("2026-11-22T16:59:00.592072232Z", 59.407928), ("2026-11-22T17:59:00+01:00", 60), ("2026-11-22T16:59:00", 60),
        ("2026-11-22 16:59:00", 60), (1795366740, 60), (1795366740.5, 59.5), ("1795366740", 60), (1795366740000, 60),
    ],
)  # fmt: skip
def test_times_of_every_shape(sent: Any, seconds_before: float) -> None:
    assert normalized({"timestamp": sent}).occurred_at == RECEIVED_AT - timedelta(seconds=seconds_before)


@pytest.mark.parametrize("sent", [None, "yesterday", [], {}, True, -5, 1e20, "9999999999999999999", "0001-01-01T00:00:00+14:00"])
def test_an_unreadable_or_absurd_time_stays_within_the_bounds(sent: Any) -> None:
    occurred_at = normalized({"timestamp": sent}).occurred_at
    assert RECEIVED_AT - times.OLDEST_ACCEPTED <= occurred_at <= RECEIVED_AT + times.NEWEST_ACCEPTED


@pytest.mark.parametrize(
    ("sent_before", "is_shifted"),
    [(timedelta(hours=2), True), (timedelta(minutes=54), False), (timedelta(hours=-2), True), (timedelta(0), False)],
)
def test_only_a_large_clock_drift_is_corrected(sent_before: timedelta, *, is_shifted: bool) -> None:
    sent_at = RECEIVED_AT - sent_before
    event = normalized(
        {"timestamp": (sent_at - timedelta(seconds=30)).isoformat(), "breadcrumbs": [{"timestamp": sent_at.isoformat()}]},
        sent_at=sent_at,
    )
    corrected = RECEIVED_AT - timedelta(seconds=30)
    assert (event.occurred_at == corrected) is (is_shifted or not sent_before)
    assert (event.breadcrumbs[0].timestamp == RECEIVED_AT) is (is_shifted or not sent_before)


@pytest.mark.parametrize(
    ("sent", "tags"),
    [
        ({"a": 1, "b": True, "c": None, "d": "x"}, (("a", "1"), ("b", "true"), ("d", "x"))),
        ([["a", "1"], ["b", None], "junk", ["c"]], (("a", "1"),)),
        ([{"key": "a", "value": "1"}], (("a", "1"),)),
        ({"spaced key": "two\nlines"}, (("spaced_key", "two lines"),)),
        (None, ()),
        ("junk", ()),
    ],
)
def test_tags_of_every_shape(sent: Any, tags: tuple[tuple[str, str], ...]) -> None:
    assert normalized({"tags": sent}).tags == tags


def test_tags_are_bounded() -> None:
    event = normalized({"tags": {f"k{position}" * 30: "v" * 400 for position in range(80)}})
    assert len(event.tags) == 50
    assert {(len(key) <= 64, len(value)) for key, value in event.tags} == {(True, 200)}


@pytest.mark.parametrize(
    ("sent", "query", "cookies"),
    [
        ({"url": "http://a/x?y=1#z", "cookies": "a=1; b=2"}, "y=1", (("a", "1"), ("b", "2"))),
        ({"url": "http://a/x", "query_string": {"y": "1 2"}, "cookies": {"a": "1"}}, "y=1+2", (("a", "1"),)),
        ({"url": "http://a/x", "query_string": [["y", "1"]], "cookies": [["a", "1"]]}, "y=1", (("a", "1"),)),
        ({"url": "http://a/x", "query_string": "?y=1"}, "y=1", ()),
    ],
)
def test_requests_of_every_shape(sent: Any, query: str, cookies: tuple[tuple[str, str], ...]) -> None:
    request = normalized({"request": sent}).request
    assert request is not None
    assert (request.url, request.query_string, request.cookies) == ("http://a/x", query, cookies)


def test_headers_may_have_lists_of_values() -> None:
    request = normalized({"request": {"headers": {"Accept": ["a", "b"], "Host": "h"}}}).request
    assert request is not None
    assert request.headers == (("Accept", "a, b"), ("Host", "h"))


@pytest.mark.parametrize(
    ("user", "sdk", "address"),
    [
        ({"id": 1, "ip_address": "{{auto}}"}, {}, "192.0.2.9"),
        ({"id": 1}, {"name": "sentry.javascript.browser", "settings": {"infer_ip": "auto"}}, "192.0.2.9"),
        ({"id": 1}, {"name": "sentry.javascript.browser", "settings": {"infer_ip": "never"}}, None),
        ({"id": 1}, {"name": "sentry.javascript.react"}, "192.0.2.9"),
        ({"id": 1}, {"name": "sentry.python"}, None),
        ({"id": 1, "ip_address": "203.0.113.7"}, {}, "203.0.113.7"),
    ],
)
def test_the_peer_address_is_taken_only_when_asked(user: dict[str, Any], sdk: dict[str, Any], address: str | None) -> None:
    found = normalized({"user": user, "sdk": sdk}, peer_ip="192.0.2.9").user
    assert found is not None
    assert (found.id, found.ip_address) == ("1", address)


def test_an_empty_user_is_none_and_extra_keys_are_data() -> None:
    assert normalized({"user": {}}).user is None
    user = normalized({"user": {"id": "1", "plan": "pro", "segment": None, "data": {"x": 1}}}).user
    assert user is not None
    assert user.data == {"x": 1, "plan": "pro"}


def test_the_trace_leaves_the_contexts() -> None:
    event = normalized({"contexts": {"trace": {"trace_id": "a", "span_id": "b"}, "os": {"name": "Linux"}, "odd": 5}})
    assert event.trace is not None
    assert event.trace.trace_id == "a"
    assert event.contexts == {"os": {"name": "Linux"}, "odd": {"value": 5}}


def test_an_sdk_without_a_name_is_known_from_the_request() -> None:
    sdk = normalized({}, sdk_client="raven-python/6.10.0").sdk
    assert sdk is not None
    assert (sdk.name, sdk.version) == ("raven-python", "6.10.0")


def test_remarks_are_bounded() -> None:
    remarks = RemarkLog()
    for position in range(500):
        remarks.add(str(position), "x")
    assert len(remarks.all()) == 50


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=20,
)
FIELDS = st.sampled_from(
    [
        "exception",
        "threads",
        "message",
        "logentry",
        "breadcrumbs",
        "request",
        "user",
        "tags",
        "contexts",
        "extra",
        "modules",
        "sdk",
        "level",
        "timestamp",
        "fingerprint",
        "debug_meta",
        "platform",
        "release",
        "environment",
        "transaction",
        "stacktrace",
        "culprit",
        "_meta",
        "dist",
        "logger",
        "server_name",
    ]
)


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(
        FIELDS,
        JSON | st.lists(st.dictionaries(st.sampled_from(["type", "value", "stacktrace", "frames", "data"]), JSON)),
        max_size=8,
    )
)
def test_no_json_at_all_breaks_the_canonical_form(payload: dict[str, Any]) -> None:

    normalized(json.dumps(payload).encode())


def test_source_lines_lose_the_line_end_which_ruby_sends_with_them() -> None:
    frame = {"function": "pay", "context_line": "charge!\n", "pre_context": ["a\r\n", "  b"], "post_context": ["end\n"]}
    event = normalized({"exception": {"values": [{"type": "E", "stacktrace": {"frames": [frame]}}]}})
    read = event.exceptions[0].frames[0]
    assert (read.context_line, read.pre_context, read.post_context) == ("charge!", ("a", "  b"), ("end",))
