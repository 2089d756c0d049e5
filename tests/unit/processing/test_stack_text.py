"""Stack traces as languages print them, read back as frames."""

import string
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from processing.stack_text import reader
from processing.stack_text.parsed import TextException, TextFrame
from processing.stack_text.reader import Language

PYTHON = """Traceback (most recent call last):
  File "/srv/shop/cart.py", line 36, in checkout
    lookup({"a": 1})
  File "/usr/lib/python3.11/site-packages/django/core/cache.py", line 24, in lookup
    return d[key]
           ~^^^^^
KeyError: 'order-17'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/srv/shop/cart.py", line 39, in <lambda>
  [Previous line repeated 3 more times]
shop.PaymentDeclined: card
second line

third
"""
PYTHON_GROUP = """  + Exception Group Traceback (most recent call last):
  |   File "/srv/a.py", line 7, in main
  |     raise ExceptionGroup("many", errors)
  | ExceptionGroup: many (2 sub-exceptions)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "/srv/a.py", line 3, in one
    |     1/0
    | ZeroDivisionError: division by zero
    +---------------- 2 ----------------
    | ValueError: two
    +------------------------------------
"""
PYTHON_SYNTAX = """Traceback (most recent call last):
  File "/srv/a.py", line 1, in <module>
    import b
  File "/srv/b.py", line 2
    x = = 1
        ^
SyntaxError: invalid syntax
"""
JAVA = """java.lang.IllegalStateException: outer
over two lines
\tat com.shop.Cart.checkout(Cart.java:42)
\tat app//com.shop.MainKt.main(Main.kt:10)
\tat java.base/java.lang.Thread.run(Thread.java:829)
\tSuppressed: java.io.IOException: close
\t\tat com.shop.Res.close(Res.java:9)
\t\t... 2 more
Caused by: java.sql.SQLException
\tat com.shop.Native.call(Native Method)
\t... 2 more
"""
NODE = """TypeError: Cannot read properties of null (reading 'foo')
    at Object.plain [as y] (/srv/app/x.js:503:12)
    at async Promise.all (index 0)
    at new Foo (file:///srv/b.js:1:2)
    at /srv/my app/y.js:10:5
    at eval (eval at <anonymous> (/srv/a.js:1:2), <anonymous>:1:1)
    at node:internal/process/task_queues:95:5 {
  [cause]: Error: inner
      at bar (/srv/app/i.js:1:1)
}
"""
FIREFOX = """foo@http://shop.example/y.js:10:5
@http://shop.example/y.js:3:1
async*bar/baz<@http://shop.example/y.js:1:2
"""
GO = """panic: runtime error: index out of range [5] with length 3

goroutine 1 [running]:
runtime/debug.Stack()
\t/usr/local/go/src/runtime/debug/stack.go:24 +0x5e
go.opentelemetry.io/otel/sdk/trace.recordStackTrace()
\t/go/pkg/mod/go.opentelemetry.io/otel/sdk@v1.2/trace/span.go:1 +0x1
example.com/shop/v2.(*Cart).Pay(0xc000010000, {0x1, 0x2})
\t/app/cart.go:42 +0x1d
created by main.main in goroutine 7
\t/app/main.go:9 +0x99

goroutine 2 [sleep]:
main.other()
\t/app/other.go:1 +0x1
"""
RUBY = """/app/lib/cart.rb:42:in `checkout': card declined (Shop::PaymentDeclined)
\tfrom /usr/lib/ruby/gems/3.2.0/gems/rack-3.0/lib/rack.rb:10:in `block in run'
\tfrom bin/x.rb:3:in `<main>'
/app/lib/db.rb:5:in 'Integer#/': divided by 0 (ZeroDivisionError)
\tfrom /app/lib/cart.rb:40:in 'Cart#checkout'
"""
RUBY_BOTTOM = """Traceback (most recent call last):
\t1: from a.rb:9:in `<main>'
a.rb:5:in `f': boom (RuntimeError)
"""
DOTNET = """System.InvalidOperationException: outer message
 ---> System.ArgumentException: inner (Parameter 'x')
   at Shop.Cart.Add(Item item, Int32 n) in C:\\src\\Cart.cs:line 42
   --- End of inner exception stack trace ---
   at Shop.Cart.<AddAsync>d__3.MoveNext() in /src/Cart.cs:line 50
--- End of stack trace from previous location ---
   at Shop.Foo..ctor(String s)
"""

# Per trace: language, then per exception (oldest cause first) type, value, and frames as "place:line function" (oldest call first).
CASES = {
    "python chain": (
        PYTHON,
        Language.PYTHON,
        [
            ("KeyError", "'order-17'", ["/srv/shop/cart.py:36 checkout", "django.core.cache:24 lookup"]),
            ("shop.PaymentDeclined", "card\nsecond line\n\nthird", ["/srv/shop/cart.py:39 <lambda>"]),
        ],
    ),
    "python group": (
        PYTHON_GROUP,
        Language.PYTHON,
        [
            ("ZeroDivisionError", "division by zero", ["/srv/a.py:3 one"]),
            ("ValueError", "two", []),
            ("ExceptionGroup", "many (2 sub-exceptions)", ["/srv/a.py:7 main"]),
        ],
    ),
    "python syntax": (
        PYTHON_SYNTAX,
        Language.PYTHON,
        [("SyntaxError", "invalid syntax", ["/srv/a.py:1 <module>", "/srv/b.py:2 None"])],
    ),
    "java": (
        JAVA,
        Language.JAVA,
        [
            ("java.sql.SQLException", None, ["java.lang.Thread:829 run", "com.shop.MainKt:10 main", "com.shop.Native:None call"]),
            ("java.io.IOException", "close", ["java.lang.Thread:829 run", "com.shop.MainKt:10 main", "com.shop.Res:9 close"]),
            (
                "java.lang.IllegalStateException",
                "outer\nover two lines",
                ["java.lang.Thread:829 run", "com.shop.MainKt:10 main", "com.shop.Cart:42 checkout"],
            ),
        ],
    ),
    "node": (
        NODE,
        Language.NODE,
        [
            ("Error", "inner", ["/srv/app/i.js:1 bar"]),
            (
                "TypeError",
                "Cannot read properties of null (reading 'foo')",
                [
                    "node:internal/process/task_queues:95 None",
                    "<anonymous>:1 eval",
                    "/srv/my app/y.js:10 None",
                    "file:///srv/b.js:1 Foo",
                    "None:None Promise.all",
                    "/srv/app/x.js:503 Object.plain",
                ],
            ),
        ],
    ),
    "firefox": (
        FIREFOX,
        Language.JAVASCRIPT,
        [
            (
                None,
                None,
                ["http://shop.example/y.js:1 bar/baz", "http://shop.example/y.js:3 None", "http://shop.example/y.js:10 foo"],
            )
        ],
    ),
    "go panic": (
        GO,
        Language.GO,
        [("panic", "runtime error: index out of range [5] with length 3", ["main:9 main", "example.com/shop/v2:42 (*Cart).Pay"])],
    ),
    "ruby": (
        RUBY,
        Language.RUBY,
        [
            ("ZeroDivisionError", "divided by 0", ["/app/lib/cart.rb:40 Cart#checkout", "/app/lib/db.rb:5 Integer#/"]),
            (
                "Shop::PaymentDeclined",
                "card declined",
                [
                    "bin/x.rb:3 <main>",
                    "/usr/lib/ruby/gems/3.2.0/gems/rack-3.0/lib/rack.rb:10 block in run",
                    "/app/lib/cart.rb:42 checkout",
                ],
            ),
        ],
    ),
    "ruby, main last": (RUBY_BOTTOM, Language.RUBY, [("RuntimeError", "boom", ["a.rb:9 <main>", "a.rb:5 f"])]),
    "dotnet": (
        DOTNET,
        Language.DOTNET,
        [
            ("System.ArgumentException", "inner (Parameter 'x')", ["Shop.Cart:42 Add"]),
            ("System.InvalidOperationException", "outer message", ["Shop.Foo:None .ctor", "Shop.Cart:50 AddAsync"]),
        ],
    ),
}
Expected = list[tuple[str | None, str | None, list[str]]]


def short(exception: TextException) -> tuple[str | None, str | None, list[str]]:
    return exception.type, exception.value, [short_frame(frame) for frame in exception.frames]


def short_frame(frame: TextFrame) -> str:
    return f"{frame.module or frame.path}:{frame.line} {frame.function}"


@pytest.mark.parametrize(("text", "language", "expected"), CASES.values(), ids=CASES.keys())
def test_traces_are_read_as_they_were_printed(text: str, language: Language, expected: Expected) -> None:
    assert [short(exception) for exception in reader.read(text, language=language)] == expected


@pytest.mark.parametrize(("text", "language", "expected"), CASES.values(), ids=CASES.keys())
def test_the_language_is_recognised_by_the_text(text: str, language: Language, expected: Expected) -> None:
    assert reader.recognize(text) is language


def test_source_lines_columns_and_suppression_are_kept() -> None:
    assert [frame.source for frame in reader.read(PYTHON, language=Language.PYTHON)[0].frames] == [
        'lookup({"a": 1})',
        "return d[key]",
    ]
    assert reader.read(NODE, language=Language.NODE)[1].frames[-1].column == 12
    assert [exception.is_suppressed for exception in reader.read(JAVA, language=Language.JAVA)] == [False, True, False]


@pytest.mark.parametrize(
    "text", ["", "\n\n", "no trace at all", "Caused by: ", " ---> ", "goroutine 1 [running]:\n", "a@b", "  at x"]
)
@pytest.mark.parametrize("language", [*Language, None])
def test_what_is_no_trace_has_no_exceptions(text: str, language: Language | None) -> None:
    assert reader.read(text, language=language) == []


_PARTS = st.sampled_from(
    [line for text, _, _ in CASES.values() for line in text.splitlines()]
    + ["", "\t", "at (", "File", "Caused by: x", "  | x", "+-+-", "(((", ")))", "@:1:1"]
)


@given(st.lists(st.one_of(_PARTS, st.text(string.printable, max_size=30)), max_size=30), st.sampled_from(Language))
@settings(max_examples=400, deadline=None)
def test_no_text_breaks_a_reader(lines: list[str], language: Language) -> None:
    text = "\n".join(lines)
    for exception in reader.read(text, language=language):
        assert all(isinstance(frame, TextFrame) for frame in exception.frames)
    reader.recognize(text)


@pytest.mark.parametrize(
    "text",
    ["\n" * 200_000, " " * 300_000, "(" * 300_000, "at " * 100_000, "a:1:" * 80_000, "@" * 300_000, ") in " * 60_000,
     "\tat " + "a." * 100_000 + "b(", 'File "' * 50_000, "goroutine 1 [" * 20_000, ("x(" * 1900 + ")" * 1900 + "\n\tb.go:1\n") * 60,
     ("  at " + "a b" * 900 + "\n") * 200],
)  # fmt: skip
def test_hostile_text_is_read_in_bounded_time(text: str) -> None:
    started = time.process_time()
    reader.recognize(text)
    for language in Language:
        reader.read(text, language=language)
    assert time.process_time() - started < 5
