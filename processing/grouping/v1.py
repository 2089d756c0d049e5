"""Grouping, version 1.  The rules of a released version never change: a better rule is a new version beside it.

With a stack: the chain of exception types and the application's own calls.  Without: the type and the message's shape.
Lines, addresses, locals, users, releases, levels and threads never count (SECURITY.md 6, policy of grouping).
"""

from collections.abc import Iterable

from processing.grouping import frame_identity, message_shape
from processing.grouping.fingerprint import Explanation, Fingerprint, Part, Variant, digest_of
from protocol.event import Event, ExceptionValue, Frame, main_exception

VERSION = "v1"
_DEFAULT_PLACEHOLDERS = frozenset({"{{ default }}", "{{default}}"})
_LONGEST_CYCLE = 6  # calls in one round of mutual recursion


def fingerprints(event: Event) -> tuple[Fingerprint, ...]:
    """The event's fingerprints, the primary one first; never empty."""
    return tuple(digest_of(explanation, version=VERSION) for explanation in explain(event))


def explain(event: Event) -> tuple[Explanation, ...]:
    """For every fingerprint, in the same order, the parts it is made of."""
    defaults = _default_explanations(event)
    custom = event.fingerprint
    if not custom or (len(custom) == 1 and custom[0] in _DEFAULT_PLACEHOLDERS):
        return defaults
    if not any(part in _DEFAULT_PLACEHOLDERS for part in custom):
        return (Explanation(Variant.CUSTOM, tuple(Part("custom", part) for part in custom)),)
    return tuple(Explanation(explanation.variant, _expanded(custom, explanation.parts)) for explanation in defaults)


def _expanded(custom: tuple[str, ...], default_parts: tuple[Part, ...]) -> tuple[Part, ...]:
    parts: list[Part] = []
    for part in custom:
        parts.extend(default_parts if part in _DEFAULT_PLACEHOLDERS else (Part("custom", part),))
    return tuple(parts)


def _default_explanations(event: Event) -> tuple[Explanation, ...]:
    main = main_exception(event)
    if main is not None and main.type is None:  # a message which the SDK dressed as an exception to carry a stack
        return (_by_message(event, main),)
    exceptions = event.exceptions or _stack_without_exception(event)
    chain = [(_type_of(exception), _identities(exception.frames)) for exception in exceptions]
    app = _by_stack(chain, Variant.APP)
    system = _by_stack(chain, Variant.SYSTEM)
    if system is None:
        return (_by_message(event, main),)
    return (system,) if app is None else (app, system)


def _stack_without_exception(event: Event) -> tuple[ExceptionValue, ...]:
    """A crash that was reported only as a thread, if no message says more."""
    if event.message is not None:
        return ()
    stacks = [thread.frames for thread in event.threads if thread.crashed or thread.current]
    return (ExceptionValue(frames=stacks[0]),) if stacks else ()


def _by_stack(chain: list[tuple[str, list[tuple[str, bool]]]], variant: Variant) -> Explanation | None:
    parts: list[Part] = []
    has_frames = False
    for name, identities in chain:
        calls = _without_recursion(call for call, in_app in identities if in_app or variant is Variant.SYSTEM)
        own = [Part("exception", name), *[Part("frame", call) for call in calls]]
        has_frames = has_frames or bool(calls)
        if parts[-len(own) :] != own:  # a group of equal exceptions counts once, however many there are
            parts.extend(own)
    return Explanation(variant, tuple(parts)) if has_frames else None


def _type_of(exception: ExceptionValue) -> str:
    return frame_identity.stable_name(exception.type) or ""


def _identities(frames: Iterable[Frame]) -> list[tuple[str, bool]]:
    """What each frame calls, oldest first, and whether it is the application's own; frames that say nothing are left out."""
    return [(call, frame.in_app) for frame in frames if (call := frame_identity.identity(frame)) is not None]


def _without_recursion(identities: Iterable[str]) -> list[str]:
    """The calls with recursion, direct or in a circle, counted once whatever its depth."""
    calls: list[str] = []
    seen: set[str] = set()
    for call in identities:
        calls.append(call)
        if call in seen:
            _drop_repeated_tail(calls)
        seen.add(call)
    return calls


def _drop_repeated_tail(calls: list[str]) -> None:
    for length in range(1, min(_LONGEST_CYCLE, len(calls) // 2) + 1):
        if calls[-length:] == calls[-2 * length : -length]:
            del calls[-length:]
            return


def _by_message(event: Event, main: ExceptionValue | None) -> Explanation:
    parts = [Part("exception", name) for exception in event.exceptions if (name := _type_of(exception))]
    text = _message_of(event, main)
    if text:
        parts.append(Part("message", message_shape.shape(text)))
    if not text and not parts:
        parts.append(Part("message", event.culprit))
    return Explanation(Variant.MESSAGE, tuple(parts))


def _message_of(event: Event, main: ExceptionValue | None) -> str | None:
    if main is not None and main.type is not None and main.value is not None:
        return main.value
    if event.message is not None:
        return event.message.template or event.message.formatted
    return main.value if main is not None else None
