"""A JSON tree without personal data: one walk for names and for collecting texts, one look at all texts together.

The tree is changed in place.  Order of work: names of fields, shapes of values, then every secret that was found under a
name is removed wherever else in the event it stands.
"""

from msgspec import json

from processing.event_input import ScrubProfile
from processing.scrubbing import cookies, encodings, keyed_values, text, validators
from processing.scrubbing.key_names import KeyMeaning, meaning
from processing.scrubbing.manifest import Manifest
from processing.scrubbing.placeholders import is_placeholder, placeholder, says_nothing
from processing.scrubbing.suspicion import Suspicion, suspect

_FEWEST_TAINTED_CHARS = 6
_FEWEST_TAINTED_WORD_CHARS = 16  # shorter ones of letters only are words, which also stand elsewhere innocently
_MAX_TAINTS = 200
_MAX_TAINT_ROUNDS = 3
_NO_ADDRESS = ~(Suspicion.IPV4 | Suspicion.PHONE)
_ENCODER = json.Encoder()

_LINE_MARK = "\n\x1e"  # cannot be part of a source line

Place = str | int
Holder = dict[str, object] | list[object]


class TreeScrubber:
    """Scrubs the free-form parts of one event; `finish` must be called once after all parts were walked."""

    def __init__(self, profile: ScrubProfile, manifest: Manifest, *, depth: int = 0) -> None:
        self._is_strict = profile is ScrubProfile.STRICT
        self._profile = profile
        self._manifest = manifest
        self._depth = depth
        self._texts: list[str] = []
        self._entries: list[tuple[Holder, Place, str, int]] = []  # where a text stands, its path, allowed suspicions
        self._code: list[tuple[dict[str, object], str]] = []  # frames with source lines, by position after the texts
        self._code_texts: list[str] = []
        self.secrets: list[str] = []
        self.is_changed = False

    # -- the walk ---------------------------------------------------------------------------------------------------

    def note_text(self, holder: Holder, place: Place, path: str, *, allowed: int = -1) -> None:
        """Note the text at holder[place], if it is one, to be looked at in `finish`; `path` is the holder's."""
        value = holder[place]  # type: ignore[index]  # a place always fits its holder
        if value and type(value) is str:
            self._texts.append(value)
            self._entries.append((holder, place, path, allowed))

    def source_lines(self, frame: dict[str, object], path: str) -> None:
        """Note the source lines of a frame; they are looked at as one block."""
        before, line, after = frame.get("pre_context"), frame.get("context_line"), frame.get("post_context")
        block = [*(before if isinstance(before, list) else ()), line or "", *(after if isinstance(after, list) else ())]
        self._code_texts.append(_LINE_MARK.join(block))
        self._code.append((frame, path))

    def mapping(self, node: dict[str, object], path: str, *, is_tainted: bool = False) -> None:
        """Scrub a free-form object."""
        odd_keys = False
        for key, value in node.items():
            if len(key) > 5 and not key.isidentifier():
                odd_keys = True
            found = meaning(key)
            kind = type(value)
            if found is None and not is_tainted:
                if kind is str:
                    if value:
                        self._texts.append(value)  # type: ignore[arg-type]  # `type(x) is str` does not narrow
                        self._entries.append((node, key, path, -1))
                elif kind is dict or kind is list or kind is int:
                    self._value(node, key, f"{path}.{key}")
            elif value is not None and kind is not bool:
                self._named(node, key, path, found=found, is_tainted=is_tainted)
        if odd_keys:
            self._scrub_keys(node, path)

    def sequence(self, node: list[object], path: str, *, is_tainted: bool = False) -> None:
        """Scrub a free-form list; ["name", value] pairs and command lines are understood."""
        if len(node) == 2 and isinstance(node[0], str) and self._is_pair(node, path):
            return
        previous: object = None
        for place, value in enumerate(node):
            if isinstance(value, str):
                is_argument = isinstance(previous, str) and previous[:1] == "-" and meaning(previous) is KeyMeaning.SECRET
                if is_tainted or (is_argument and value[:1] != "-"):
                    self._replace_named(node, place, path, value=value, found=KeyMeaning.SECRET)
                else:
                    self.note_text(node, place, path)
            elif value is not None:
                self._value(node, place, path, is_tainted=is_tainted)
            previous = value

    def pair(self, node: list[object], path: str) -> None:
        """Scrub a [name, value] pair of texts: a header, a tag."""
        if not self._is_pair(node, path):
            name = node[0]
            is_version = isinstance(name, str) and meaning(name) is KeyMeaning.VERSION
            self.note_text(node, 0, path)
            self.note_text(node, 1, f"{path}.{name}", allowed=_NO_ADDRESS if is_version else -1)

    def _is_pair(self, node: list[object], path: str) -> bool:
        name = node[0]
        found = meaning(name) if isinstance(name, str) else None
        if found is None or found is KeyMeaning.VERSION:
            return False
        self._named(node, 1, f"{path}.{name}", found=found, is_tainted=False)
        return True

    def _value(self, holder: Holder, place: Place, path: str, *, is_tainted: bool = False) -> None:
        value = holder[place]  # type: ignore[index]  # as in `note_text`
        if isinstance(value, dict):
            self.mapping(value, path, is_tainted=is_tainted)
        elif isinstance(value, list):
            self.sequence(value, path, is_tainted=is_tainted)
        elif isinstance(value, int) and len(digits := str(value)) in {15, 16} and validators.is_card(digits):
            self._put(holder, place, placeholder("card"))
            self._manifest.add(path, "card", kind="card")

    def _named(self, holder: Holder, place: Place, holder_path: str, *, found: KeyMeaning | None, is_tainted: bool) -> None:
        """A value whose name says something, or which stands inside of such a value."""
        path = _path_of(holder_path, place)
        value = holder[place]  # type: ignore[index]  # as in `note_text`
        if found is KeyMeaning.PERSONAL and not self._is_strict:
            found = None
        if found is KeyMeaning.VERSION:
            self.note_text(holder, place, holder_path, allowed=_NO_ADDRESS)
            found = None if not isinstance(value, str) else found
        if found is None and is_tainted:
            found = KeyMeaning.SECRET
        if isinstance(value, dict | list):
            taints = is_tainted or found in {KeyMeaning.SECRET, KeyMeaning.PERSONAL}
            if found is KeyMeaning.COOKIES and isinstance(value, dict):
                self.cookies(value, path)
            else:
                self._value(holder, place, path, is_tainted=taints)
        elif found is None:
            if isinstance(value, str):
                self.note_text(holder, place, holder_path)
            else:
                self._value(holder, place, path)
        elif found is not KeyMeaning.VERSION:
            self._replace_named(holder, place, holder_path, value=value, found=found)

    def _replace_named(self, holder: Holder, place: Place, path: str, *, value: object, found: KeyMeaning) -> None:
        replaced: object = None
        if isinstance(value, str):
            replaced = keyed_values.replacement_of_text(value, found, self.secrets)
            if replaced is None:
                self.note_text(holder, place, path)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            replaced = keyed_values.replacement_of_number(value, found)
        if replaced is not None and replaced != value:
            self._put(holder, place, replaced)
            self._manifest.add(_path_of(path, place), "sensitive_key", kind=found.value)

    def cookies(self, node: dict[str, object], path: str) -> None:
        """Scrub cookies by name."""
        for name, value in node.items():
            if isinstance(value, str) and not cookies.is_harmless(name) and not says_nothing(value):
                self.secrets.append(value)
                self._put(node, name, placeholder("cookies"))
                self._manifest.add(f"{path}.{name}", "sensitive_key", kind="cookies")

    def _scrub_keys(self, node: dict[str, object], path: str) -> None:
        findings = text.Findings()
        names = {key: text.scrub_unknown(key, findings) for key in node if len(key) > 5 and not key.isidentifier()}
        if not findings.found:
            return
        self.is_changed = True
        values = list(node.items())
        node.clear()
        for key, value in values:
            name = names.get(key, key)
            while name in node:
                name += "_"
            node[name] = value
        self._entries = [
            (holder, names.get(place, place) if holder is node and isinstance(place, str) else place, entry_path, allowed)
            for holder, place, entry_path, allowed in self._entries
        ]
        self._note(path, findings)

    # -- the look at all texts --------------------------------------------------------------------------------------

    def finish(self) -> None:
        """Look at every noted text and rewrite those that hold something."""
        texts = [value if value.isascii() else encodings.fold(value) for value in (*self._texts, *self._code_texts)]
        for position, bits in suspect(texts, code_from=len(self._texts)).items():
            if position < len(self._entries):
                self._scrub_entry(position, bits)
            else:
                self._scrub_code(position - len(self._entries), bits)
        self._remove_secrets()

    def _scrub_entry(self, position: int, bits: int) -> None:
        holder, place, holder_path, allowed = self._entries[position]
        if not bits & allowed & ~Suspicion.CODE_ASSIGNMENT:
            return
        path = _path_of(holder_path, place)
        value = self._texts[position]
        embedded = self._scrub_embedded(value, path)
        if embedded is not None:
            if embedded != value:
                self._texts[position] = embedded
                self._put(holder, place, embedded)
            return
        findings = text.Findings()
        scrubbed = text.scrub(value, bits, findings, depth=self._depth, allowed=allowed)
        if findings.found:
            self.secrets.extend(findings.secrets)
            self._texts[position] = scrubbed
            self._put(holder, place, scrubbed)
            self._note(path, findings)

    def _scrub_embedded(self, value: str, path: str) -> str | None:
        """The text re-encoded after scrubbing the JSON inside of it; None if it is not JSON."""
        if self._depth >= text.MAX_ENCODING_DEPTH:
            return None
        inner = text.embedded_json(value)
        if inner is None:
            return None
        scrubber = TreeScrubber(self._profile, self._manifest, depth=self._depth + 1)
        root: list[object] = [inner, None, None]
        scrubber.sequence(root, path)
        scrubber.finish()
        self.secrets.extend(scrubber.secrets)
        if not scrubber.is_changed:
            return value
        encoded = _ENCODER.encode(root[0])
        return (json.format(encoded, indent=0) if '": ' in value else encoded).decode()

    def _scrub_code(self, position: int, bits: int) -> None:
        frame, path = self._code[position]
        if not bits & ~Suspicion.ASSIGNMENT:
            return  # it only handles secrets
        block = self._code_texts[position]
        findings = text.Findings()
        scrubbed = text.scrub(block, bits, findings, is_code=True)
        if not findings.found:
            return
        self.is_changed = True
        self.secrets.extend(findings.secrets)
        self._code_texts[position] = scrubbed
        _put_source_lines(frame, scrubbed)
        self._note(path, findings)

    # -- secrets that stand elsewhere too ---------------------------------------------------------------------------

    def _remove_secrets(self) -> None:
        done: set[str] = set()
        for _ in range(_MAX_TAINT_ROUNDS):
            taints = {value for value in self.secrets if _is_distinctive(value)} - done
            if not taints:
                return
            done |= taints
            everything = "\x1f".join(self._texts + self._code_texts)
            for taint in sorted(taints, key=len, reverse=True)[:_MAX_TAINTS]:
                if taint in everything:
                    self._remove_secret(taint)

    def _remove_secret(self, taint: str) -> None:
        for position, value in enumerate(self._texts):
            if taint in value:
                holder, place, path, _ = self._entries[position]
                findings = text.Findings()  # a gap may reveal what stood beside it
                self._texts[position] = text.scrub_unknown(value.replace(taint, placeholder("secret")), findings)
                self.secrets.extend(findings.secrets)
                self._put(holder, place, self._texts[position])
                self._manifest.add(_path_of(path, place), "value_taint", kind="secret")
        for position, block in enumerate(self._code_texts):
            if taint in block:
                frame, path = self._code[position]
                self._code_texts[position] = block.replace(taint, placeholder("secret"))
                _put_source_lines(frame, self._code_texts[position])
                self._manifest.add(path, "value_taint", kind="secret")

    def _put(self, holder: Holder, place: Place, value: object) -> None:
        holder[place] = value  # type: ignore[index]  # as in `note_text`
        self.is_changed = True

    def _note(self, path: str, findings: text.Findings) -> None:
        for rule, kind in findings.found:
            self._manifest.add(path, rule, kind=kind)


def _put_source_lines(frame: dict[str, object], block: str) -> None:
    """Source lines back from a scrubbed block; if a removed key spanned lines, the frame has fewer of them."""
    lines = block.split(_LINE_MARK)
    before = frame.get("pre_context")
    first = len(before) if isinstance(before, list) else 0
    frame["pre_context"], frame["post_context"] = lines[:first], lines[first + 1 :]
    frame["context_line"] = (lines[first] if first < len(lines) else None) or None


def _path_of(holder_path: str, place: Place) -> str:
    """Positions in lists are left out, so that the manifest has one line per kind of place."""
    if isinstance(place, int):
        return holder_path
    return f"{holder_path}.{place}" if holder_path else place


def _is_distinctive(value: str) -> bool:
    """Whether a secret can be searched for without hitting ordinary words."""
    if len(value) < _FEWEST_TAINTED_CHARS or is_placeholder(value):
        return False
    return len(value) >= _FEWEST_TAINTED_WORD_CHARS or not value.replace("_", "").replace("-", "").isalpha()
