"""The log message of an event, from the four places where SDKs put it."""

import re

from processing.normalization import limits, scalars
from processing.normalization.trimming import Trimmer

_PLACEHOLDER = re.compile(r"%[sdrifjoOx]|\{\d*\}")


def read(event: dict[str, object], trimmer: Trimmer) -> dict[str, object] | None:
    """`formatted`, `template`, `params` of `logentry`, `message` or the legacy message interface; None if there is none."""
    for sent in (event.get("logentry"), event.get("sentry.interfaces.Message"), event.get("message")):
        message = _structured(sent, trimmer) if isinstance(sent, dict) else _plain(sent)
        if message is not None:
            return message
    return None


def _plain(sent: object) -> dict[str, object] | None:
    formatted = scalars.text(sent)
    return None if formatted is None else {"formatted": formatted}


def _structured(sent: dict[str, object], trimmer: Trimmer) -> dict[str, object] | None:
    template, formatted = scalars.text(sent.get("message")), scalars.text(sent.get("formatted"))
    if template is None and formatted is None:
        return None
    params = sent.get("params")
    if isinstance(params, dict):
        params = list(params.values())
    kept = trimmer.value(params[: limits.MAX_PAIRS], "message.params") if isinstance(params, list) else None
    values = kept if isinstance(kept, list) else []
    message: dict[str, object] = {"formatted": formatted or _filled(template or "", values)}
    if template is not None and (values or template != message["formatted"]):
        message["template"] = template
        message["params"] = values
    return message


def _filled(template: str, params: list[object]) -> str:
    """The template with its parameters in place, if their number agrees; else the template."""
    if not params or len(_PLACEHOLDER.findall(template)) != len(params):
        return template
    values = iter(params)
    filled = _PLACEHOLDER.sub(lambda _: scalars.text(next(values)) or "", template)
    return filled[: limits.MAX_TEXT_CHARS]
