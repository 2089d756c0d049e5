"""Tags: short, searchable pairs."""

import re

from processing.normalization import limits, scalars
from processing.normalization.remarks import RemarkLog

_WHITE = re.compile(r"\s+")


def read(sent: object, remarks: RemarkLog) -> list[tuple[str, str]]:
    """At most 50 pairs with distinct keys; null values are left out, line breaks become spaces, blanks in keys underscores."""
    tags: dict[str, str] = {}
    for sent_key, sent_value in scalars.pairs(sent):
        key = _WHITE.sub("_", sent_key.strip())[: limits.MAX_TAG_KEY_CHARS]
        if not key or sent_value is None:
            continue
        value = _WHITE.sub(" ", scalars.text(sent_value) or "").strip()
        if len(value) > limits.MAX_TAG_VALUE_CHARS:
            remarks.add(f"tags.{key}", "text_trimmed", detail=f"{len(value)} characters")
            value = value[: limits.MAX_TAG_VALUE_CHARS - 1] + "…"
        if key != sent_key:
            remarks.add(f"tags.{key}", "key_changed")
        if not value:
            continue
        if key not in tags and len(tags) == limits.MAX_TAGS:
            remarks.add("tags", "tags_trimmed", detail=f"more than {limits.MAX_TAGS}")
            break
        tags[key] = value
    return list(tags.items())
