"""What stands in place of removed text, and what already is such a thing (scrubbing twice changes nothing)."""

import re

_PLACEHOLDER = re.compile(r"\[(?:[a-z_]{2,16}(?::[a-p]{16})?|Filtered|REDACTED|redacted|scrubbed)\]")
# Values that only say that there is, or should be, a secret.
_SAYS_NOTHING = re.compile(
    r"(?i)(?:null|none|nil|undefined|true|false|yes|no|empty|unset|n/?a|[*•x.]{3,}|\$\{.*|\$\(.*|\$[A-Z_]+|\{\{.*|\{\w*\}|<[\w .:-]*>?|%[sdr(].*|"
    r":\w+|\?|\[[a-z_]{2,16}(?::[a-p]{16})?\]?|\[(?:filtered|redacted)\]?|redacted|masked|hidden|\.\.\.|…)"
)


def placeholder(kind: str) -> str:
    return f"[{kind}]"


def is_placeholder(text: str) -> bool:
    """Whether the text is a placeholder, or a text that some client already put in place of a secret."""
    return _PLACEHOLDER.fullmatch(text) is not None


def says_nothing(value: str) -> bool:
    """Whether a value under a sensitive name holds no secret: empty, a mask, a template variable, a placeholder."""
    text = value.strip().strip("\"'")
    return len(text) < 2 or _SAYS_NOTHING.fullmatch(text) is not None
