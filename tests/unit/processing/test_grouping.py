"""Pairs of events which are the same issue or two issues, each with its reason (SECURITY.md 6, policy of grouping)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from processing.event_input import EventInput, ProjectSettings
from processing.grouping import message_shape, v1
from processing.grouping.fingerprint import Variant
from processing.pipeline import Processed, process

RECEIVED_AT = datetime(2026, 11, 22, 17, tzinfo=UTC)
Payload = dict[str, Any]


def frame(function: str | None, module: str | None = "shop.cart", **more: Any) -> Payload:
    return {"function": function, "module": module, "in_app": True, **more}


def library(function: str, module: str = "django.core.handlers") -> Payload:
    return {"function": function, "module": module, "in_app": False}


def error(*frames: Payload, type: str = "ValueError", value: str = "bad", platform: str = "python", **more: Any) -> Payload:  # noqa: A002  # the field's name
    exception = {"type": type, "value": value, "stacktrace": {"frames": list(frames)}}
    return {"platform": platform, "exception": {"values": [exception]}, **more}


def chain(*types: str, ids: bool = False, platform: str = "python") -> Payload:
    """Oldest cause first; with ids the main one is 0 and every cause one more."""
    values = [
        {"type": name, "value": "x", "stacktrace": {"frames": [frame(f"raise_{name}")]}}
        | ({"mechanism": {"type": "chained", "exception_id": len(types) - 1 - position}} if ids else {})
        for position, name in enumerate(types)
    ]
    return {"platform": platform, "exception": {"values": values}}


def message(text: str, **more: Any) -> Payload:
    return {"platform": "python", "message": text, **more}


def js(function: str, file: str, **more: Any) -> Payload:
    return {"function": function, "filename": file, "in_app": True, **more}


def native(address: int, image: int, name: str = "/opt/shop/bin/shop") -> Payload:
    return {
        "platform": "native",
        "exception": {
            "values": [{"type": "SIGSEGV", "value": "Segfault", "stacktrace": {"frames": [{"instruction_addr": hex(address)}]}}]
        },
        "debug_meta": {"images": [{"type": "elf", "code_file": name, "image_addr": hex(image), "image_size": 0x10000}]},
    }


@dataclass(frozen=True)
class Pair:
    reason: str
    one: Payload
    other: Payload


SHALLOW, DEEP = [frame("main"), frame("walk")], [frame("main"), *[frame("walk")] * 40]
CIRCLE = [frame("even"), frame("odd")]

SAME = [
    Pair("message of the exception", error(frame("pay"), value="order 1"), error(frame("pay"), value="order 2 for bob")),
    Pair("line and column", error(frame("pay", lineno=3, colno=1)), error(frame("pay", lineno=9, colno=7))),
    Pair("locals", error(frame("pay", vars={"a": "1"})), error(frame("pay", vars={"b": "2"}))),
    Pair("source line", error(frame("pay", context_line="x = 1")), error(frame("pay", context_line="x = 2"))),
    Pair("user", error(frame("pay"), user={"id": "1"}), error(frame("pay"), user={"id": "2"})),
    Pair("release", error(frame("pay"), release="a@1"), error(frame("pay"), release="a@2")),
    Pair("environment", error(frame("pay"), environment="qa"), error(frame("pay"), environment="prod")),
    Pair("level", error(frame("pay"), level="fatal"), error(frame("pay"), level="warning")),
    Pair("thread", error(frame("pay"), threads=[{"id": 1, "name": "a"}]), error(frame("pay"), threads=[{"id": 2, "name": "b"}])),
    Pair("transaction", error(frame("pay"), transaction="/a"), error(frame("pay"), transaction="/b")),
    Pair("an extra middleware", error(library("call"), frame("pay")), error(library("call"), library("auth"), frame("pay"))),
    Pair("a library's frame on top", error(frame("pay")), error(frame("pay"), library("get", "requests.sessions"))),
    Pair("recursion depth", error(*SHALLOW), error(*DEEP)),
    Pair("mutual recursion depth", error(frame("main"), *CIRCLE), error(frame("main"), *CIRCLE * 20)),
    Pair("recursion among library frames", error(library("call"), frame("f")), error(*[library("call")] * 9, frame("f"))),
    Pair("java lambda number", error(frame("lambda$main$12", "Drv"), platform="java"), error(frame("lambda$main$7", "Drv"), platform="java")),
    Pair(
        "java hidden lambda class",
        error(frame("run", "Drv$$Lambda$14/0x0000000800c03000"), platform="java"),
        error(frame("run", "Drv$$Lambda$99/0x0000000800d11111"), platform="java"),
    ),
    Pair("java proxy number", error(frame("invoke", "com.shop.$Proxy12"), platform="java"), error(frame("invoke", "com.shop.$Proxy31"), platform="java")),
    Pair(
        "java generated accessor",
        error(frame("invoke", "com.shop.GeneratedMethodAccessor12"), platform="java"),
        error(frame("invoke", "com.shop.GeneratedMethodAccessor97"), platform="java"),
    ),
    Pair(
        "spring's generated class",
        error(frame("pay", "com.shop.Cart$$EnhancerBySpringCGLIB$$1a2b3c"), platform="java"),
        error(frame("pay", "com.shop.Cart$$EnhancerBySpringCGLIB$$99ffee"), platform="java"),
    ),
    Pair("java anonymous class number", error(frame("run", "com.shop.Cart$1"), platform="java"), error(frame("run", "com.shop.Cart$2"), platform="java")),
    Pair("go closure number", error(frame("main.func6", "main"), platform="go"), error(frame("main.func8.1", "main"), platform="go")),
    Pair("rust symbol hash", error(frame("shop::pay::h0123456789abcdef", None)), error(frame("shop::pay::hfedcba9876543210", None))),
    Pair("c# async state machine", error(frame("<Pay>d__12", "Shop.Cart")), error(frame("<Pay>d__3", "Shop.Cart"))),
    Pair("c# lambda", error(frame("<Main>b__0_1", "Shop.Cart")), error(frame("<Main>b__4_7", "Shop.Cart"))),
    Pair("php anonymous class", error(frame("pay", "class@anonymous/srv/a.php:3$0")), error(frame("pay", "class@anonymous/srv/b.php:9$1"))),
    Pair("ruby block levels", error(frame("block in pay")), error(frame("block (3 levels) in pay"))),
    Pair("ruby rescue", error(frame("rescue in pay")), error(frame("pay"))),
    Pair("python object address", error(frame("call <Cart at 0x7f0011223344>")), error(frame("call <Cart at 0x7f99aabbccdd>"))),
    Pair("webpack hash", error(js("pay", "https://a.example/main.8f3a9c1e.chunk.js")), error(js("pay", "https://a.example/main.11bb22cc.chunk.js"))),
    Pair("vite hash", error(js("pay", "https://a.example/assets/index-BxK3_9xQ.js")), error(js("pay", "https://a.example/assets/index-Aq77Zk0P.js"))),
    Pair("host", error(js("pay", "https://a.example/static/app.js")), error(js("pay", "https://b.example/static/app.js"))),
    Pair("query", error(js("pay", "https://a.example/app.js?v=1")), error(js("pay", "https://a.example/app.js?v=2"))),
    Pair("app scheme", error(js("pay", "app:///out.js")), error(js("pay", "app:///out.js", lineno=7))),
    Pair("absolute prefix", error(js("pay", "/srv/app/src/cart.js")), error(js("pay", "/home/node/deploy/src/cart.js"))),
    Pair("release directory", error(js("pay", "/srv/releases/20260101120000/cart.php")), error(js("pay", "/srv/releases/20260202120000/cart.php"))),
    Pair("package version", error(js("f", "/a/node_modules/lib@1.2.3/x/y.js")), error(js("f", "/a/node_modules/lib@1.3.0/x/y.js"))),
    Pair("windows path", error(js("pay", "C:\\app\\src\\cart.js")), error(js("pay", "D:\\other\\src\\cart.js"))),
    Pair("address space layout", native(0x561182566469, 0x561182564000), native(0x7F0000002469, 0x7F0000000000)),
    Pair("fingerprint []", error(frame("pay"), fingerprint=[]), error(frame("pay"))),
    Pair("fingerprint null", error(frame("pay"), fingerprint=None), error(frame("pay"))),
    Pair("fingerprint default", error(frame("pay"), fingerprint=["{{ default }}"]), error(frame("pay"))),
    Pair("fingerprint default without blanks", error(frame("pay"), fingerprint=["{{default}}", "x"]), error(frame("pay"), fingerprint=["{{ default }}", "x"])),
    Pair("own fingerprint, other stack", error(frame("a"), fingerprint=["x"]), error(frame("b"), type="KeyError", fingerprint=["x"])),
    Pair("number in a message", message("order 17 failed"), message("order 4242 failed")),
    Pair("uuid in a message", message("job 9f1c2d3e-0000-4000-8000-1234567890ab died"), message("job 00000000-1111-4222-8333-444444444444 died")),
    Pair("hex in a message", message("bad pointer 0xdeadbeef"), message("bad pointer 0x1")),
    Pair("date in a message", message("no rate for 2026-01-02T03:04:05Z"), message("no rate for 2025-12-31")),
    Pair("quoted in a message", message("unknown column 'a'"), message("unknown column 'total'")),
    Pair("url in a message", message("GET https://a.example/x?y=1 failed"), message("GET http://b.example/ failed")),
    Pair("path in a message", message("cannot read /srv/a/b.txt"), message("cannot read /var/lib/c.bin")),
    Pair("address in a message", message("no route to 192.168.0.1:80"), message("no route to 10.1.2.3:8080")),
    Pair("e-mail in a message", message("no such user ada@example.com"), message("no such user bob@example.org")),
    Pair("duration in a message", message("timeout after 30s"), message("timeout after 120s")),
    Pair(
        "the same template, filled differently",
        {"logentry": {"message": "user %s failed", "params": ["a b"]}},
        {"logentry": {"message": "user %s failed", "params": ["c"]}},
    ),
    Pair("the same chain listed in another order with ids", chain("A", "B", ids=True), {
        "platform": "python", "exception": {"values": chain("A", "B", ids=True)["exception"]["values"][::-1]}
    }),
    Pair("number of equal members of a group", chain("V", "V", "V", "G", ids=True), chain("V", "V", "G", ids=True)),
    Pair("bare list of exceptions (go)", error(frame("pay")), {"platform": "python", "exception": error(frame("pay"))["exception"]["values"]}),
]  # fmt: skip

DIFFERENT = [
    Pair("type", error(frame("pay")), error(frame("pay"), type="KeyError")),
    Pair("function", error(frame("pay")), error(frame("refund"))),
    Pair("module", error(frame("pay", "shop.cart")), error(frame("pay", "shop.admin"))),
    Pair("in-app caller of a shared helper", error(frame("checkout"), frame("load")), error(frame("report"), frame("load"))),
    Pair("order of calls", error(frame("a"), frame("b")), error(frame("b"), frame("a"))),
    Pair("another cause", chain("KeyError", "RuntimeError"), chain("OSError", "RuntimeError")),
    Pair("one cause more", chain("RuntimeError"), chain("KeyError", "RuntimeError")),
    Pair("digits that carry meaning in a type", error(frame("f"), type="Sha256Error"), error(frame("f"), type="Sha512Error")),
    Pair("digits that carry meaning: Http404", error(frame("f"), type="Http404"), error(frame("f"), type="Http500")),
    Pair("digits that carry meaning in a function", error(frame("sha256")), error(frame("sha512"))),
    Pair("numbered functions that a person wrote", error(frame("step1")), error(frame("step2"))),
    Pair("file name", error(js("pay", "/a/src/cart.js")), error(js("pay", "/a/src/menu.js"))),
    Pair("directory", error(js("render", "/a/cart/index.js")), error(js("render", "/a/menu/index.js"))),
    Pair("chunk name", error(js("f", "/js/main.8f3a9c1e.js")), error(js("f", "/js/admin.8f3a9c1e.js"))),
    Pair("java class", error(frame("run", "com.shop.Cart$1"), platform="java"), error(frame("run", "com.shop.Menu$1"), platform="java")),
    Pair("java lambda's method", error(frame("lambda$main$1", "Drv"), platform="java"), error(frame("lambda$load$1", "Drv"), platform="java")),
    Pair("offset in an image", native(0x561182566469, 0x561182564000), native(0x561182566979, 0x561182564000)),
    Pair("library stack when nothing is in-app", error(library("a")), error(library("b"))),
    Pair("own fingerprint", error(frame("pay"), fingerprint=["x"]), error(frame("pay"), fingerprint=["y"])),
    Pair("order of the own fingerprint", error(frame("pay"), fingerprint=["x", "y"]), error(frame("pay"), fingerprint=["y", "x"])),
    Pair("own fingerprint beside the default", error(frame("pay"), fingerprint=["{{ default }}", "x"]), error(frame("pay"))),
    Pair("default beside the same part, other stack", error(frame("a"), fingerprint=["{{ default }}", "x"]), error(frame("b"), fingerprint=["{{ default }}", "x"])),
    Pair("parts cannot be joined", error(frame("pay"), fingerprint=["ab", "c"]), error(frame("pay"), fingerprint=["a", "bc"])),
    Pair("words of a message", message("cart is empty"), message("cart is full")),
    Pair("status in a message", message("upstream answered HTTP 404"), message("upstream answered HTTP 502")),
    Pair("digits inside a word of a message", message("sha256 mismatch"), message("sha512 mismatch")),
    Pair("type without a stack", error(type="A", value="x"), error(type="B", value="x")),
    Pair("message without a stack", error(type="A", value="disk full"), error(type="A", value="no route")),
    Pair("message and error", message("bad"), error(frame("pay"), value="bad")),
]  # fmt: skip


def processed(payload: Payload) -> Processed:
    result = process(
        EventInput(payload=msgspec.json.encode(payload), received_at=RECEIVED_AT, event_id="0" * 32),
        ProjectSettings(project_id=1, subject_key=b"k" * 32),
    )
    assert isinstance(result, Processed)
    return result


@pytest.mark.parametrize("pair", SAME, ids=lambda pair: pair.reason)
def test_does_not_make_two_issues(pair: Pair) -> None:
    one, other = processed(pair.one), processed(pair.other)
    assert v1.explain(one.event)[0] == v1.explain(other.event)[0]
    assert one.fingerprints[0] == other.fingerprints[0]


@pytest.mark.parametrize("pair", DIFFERENT, ids=lambda pair: pair.reason)
def test_makes_two_issues(pair: Pair) -> None:
    assert processed(pair.one).fingerprints[0] != processed(pair.other).fingerprints[0]


def test_a_stack_has_an_app_and_a_system_fingerprint() -> None:
    assert [fingerprint.variant for fingerprint in processed(error(library("a"), frame("b"))).fingerprints] == [
        Variant.APP,
        Variant.SYSTEM,
    ]
    assert [fingerprint.variant for fingerprint in processed(error(library("a"))).fingerprints] == [Variant.SYSTEM]
    assert [fingerprint.variant for fingerprint in processed(message("x")).fingerprints] == [Variant.MESSAGE]


def test_an_explanation_names_the_parts() -> None:
    explanation = v1.explain(processed(error(library("call"), frame("pay"))).event)[0]
    assert [(part.kind, part.text) for part in explanation.parts] == [("exception", "ValueError"), ("frame", "shop.cart in pay")]


def test_personal_data_does_not_decide_the_issue() -> None:
    one = processed(message("no account", fingerprint=["ada@example.com"]))
    assert b"ada" not in msgspec.json.encode(v1.explain(one.event))


def test_fingerprints_of_a_released_version_never_change() -> None:
    """If this fails, stored issues would split: make v2 beside v1 instead."""
    digests = [
        processed(payload).fingerprints[0].digest.hex()
        for payload in (error(frame("pay")), message("order 17 failed"), chain("A", "B"))
    ]
    assert digests == GOLDEN


GOLDEN = ["21275d2fca5151ca7ffb4161a2f59996", "b0a6041581b81a9eed0edc891686c3b6", "bb423014572181104813f7450d52dc1a"]


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("took 12.5 ms for 3 rows", "took <number> for <number> rows"),
        ("key [email] of user 7", "key <redacted> of user <number>"),
        ("v2 api, utf8, ipv6", "v2 api, utf8, ipv6"),
        ("status code 503 from a1b2c3d4e5", "status code 503 from <hex>"),
        ("at 12:30:01 and Fri, 02 Jan 2026 03:04:05 GMT", "at <time> and <date>"),
        ("don't panic", "don't panic"),
    ],
)
def test_a_message_is_parametrised(text: str, shape: str) -> None:
    assert message_shape.shape(text) == shape
