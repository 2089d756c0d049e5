"""The text of a stack trace as exceptions with frames: the language is told by the SDK or recognised by the text's form."""

import re
from collections.abc import Callable
from enum import StrEnum

from processing.stack_text import dotnet, go, javascript, jvm, python, ruby
from processing.stack_text.parsed import TextException

MAX_TEXT_CHARS = 256 * 1024
MAX_LINES = 4_000
MAX_LINE_CHARS = 4_000
MAX_EXCEPTIONS = 50


class Language(StrEnum):
    """Named as the platforms of events are."""

    PYTHON = "python"
    JAVA = "java"
    JAVASCRIPT = "javascript"
    NODE = "node"
    GO = "go"
    RUBY = "ruby"
    DOTNET = "csharp"


_PARSERS: dict[Language, Callable[[list[str]], list[TextException]]] = {
    Language.PYTHON: python.parse,
    Language.JAVA: jvm.parse,
    Language.JAVASCRIPT: javascript.parse,
    Language.NODE: javascript.parse,
    Language.GO: go.parse,
    Language.RUBY: ruby.parse,
    Language.DOTNET: dotnet.parse,
}
_SIGNS: tuple[tuple[Language, str], ...] = (
    (Language.PYTHON, r'^[ \t]*(?:\|[ \t]{1,200})?File "[^"\n]{1,1000}", line \d+'),
    (Language.GO, r"^goroutine \d+ [^\n]{0,200}\[|^\S[^\n]{0,1000}\n\t\S[^\n]{0,1000}\.go:\d+"),
    (Language.RUBY, r"^[ \t]*(?:\d{1,6}: )?(?:from )?[^\s:][^\n:]{0,1000}:\d{1,9}:in [`']"),
    (Language.DOTNET, r"^[ \t]+at [^\n(]{1,1000}\([^\n]{0,500}\) in [^\n]{1,500}:line \d+|^ ---> |^   at [\w.<>`+]{1,500}\("),
    (Language.JAVA, r"^[ \t]+at [^\s(]{1,1000}\((?:[\w$.-]{1,300}:\d+|Native Method|Unknown Source|[\w$]{1,300}\.\w{1,20})\)"),
    (Language.NODE, r"^[ \t]+at (?:[^\n]{1,200} \()?(?:node:|file:|[/\\]|[A-Z]:)[^\n]{0,1000}:\d{1,9}:\d{1,9}\)?"),
    (Language.JAVASCRIPT, r"^[ \t]+at [^\n]{1,1000}:\d{1,9}:\d{1,9}\)?|^[^\n@]{0,300}@\S{1,1000}:\d+"),
)
_RECOGNIZERS = tuple((language, re.compile(sign, re.MULTILINE)) for language, sign in _SIGNS)


def recognize(text: str) -> Language | None:
    """The language whose form the text has."""
    head = text[:20_000]
    return next((language for language, sign in _RECOGNIZERS if sign.search(head)), None)


def read(text: str, *, language: Language | None) -> list[TextException]:
    """Oldest cause first, the main exception last; [] if the text is no stack trace of that language.

    A text beyond the limits loses its middle, as frames do.
    """
    parser = _PARSERS.get(language) if language is not None else None
    if parser is None:
        return []
    exceptions = parser([line[:MAX_LINE_CHARS] for line in _shortened(text).splitlines()])
    return exceptions[-MAX_EXCEPTIONS:] if any(exception.frames for exception in exceptions) else []


def _shortened(text: str) -> str:
    if len(text) > MAX_TEXT_CHARS:
        text = text[: MAX_TEXT_CHARS // 2] + "\n" + text[-MAX_TEXT_CHARS // 2 :]
    lines = text.splitlines()
    if len(lines) > MAX_LINES:
        lines = lines[: MAX_LINES // 2] + lines[-MAX_LINES // 2 :]
    return "\n".join(lines)
