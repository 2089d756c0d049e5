"""Personal data and credentials out of a canonical event tree, before anything of it is stored, grouped or logged."""

from msgspec import json

from processing.event_input import ScrubPolicy
from processing.scrubbing import text
from processing.scrubbing.manifest import Manifest
from processing.scrubbing.placeholders import is_placeholder, placeholder
from processing.scrubbing.tree import TreeScrubber
from processing.user_identity import pseudonym
from protocol.event import RedactionMethod

_TOP_TEXTS = ("transaction", "server_name", "logger", "environment", "release", "dist", "culprit")
_FREE_FORM = ("contexts", "extra")
_PATHS = ("filename", "abs_path", "package", "module")


def scrub(tree: dict[str, object], policy: ScrubPolicy, *, subject_key: bytes) -> None:
    """Scrub the tree in place and put the manifest into `redactions`; whatever goes wrong, nothing unscrubbed remains."""
    try:
        _scrub(tree, policy, subject_key=subject_key)
    except Exception:  # noqa: BLE001  # fail closed: an event must never be stored because its scrubbing crashed
        drop_free_text(tree)


def _scrub(tree: dict[str, object], policy: ScrubPolicy, *, subject_key: bytes) -> None:
    manifest = Manifest()
    scrubber = TreeScrubber(policy.profile, manifest)
    for field in _TOP_TEXTS:
        if field in tree:
            scrubber.note_text(tree, field, "")
    for field in _FREE_FORM:
        _free_form(scrubber, tree.get(field), field)
    _message(scrubber, tree.get("message"))
    _failure(scrubber, tree, manifest)
    _breadcrumbs(scrubber, tree.get("breadcrumbs"))
    _request(scrubber, tree.get("request"))
    _user(scrubber, tree, manifest, subject_key=subject_key, is_strict=policy.profile.value == "strict")
    _pairs(scrubber, tree, "tags")
    _free_form(scrubber, tree.get("fingerprint"), "fingerprint")
    _client_remarks(tree, manifest)
    _inventory(tree, manifest)
    scrubber.finish()
    tree["redactions"] = manifest.redactions()


def _free_form(scrubber: TreeScrubber, value: object, path: str) -> None:
    if isinstance(value, dict):
        scrubber.mapping(value, path)
    elif isinstance(value, list):
        scrubber.sequence(value, path)


def _client_remarks(tree: dict[str, object], manifest: Manifest) -> None:
    """The SDK's own `_meta` names the fields which it masked; it goes as a whole if anybody's data is in it."""
    remarks = tree.get("client_scrub_remarks")
    if remarks is None:
        return
    findings = text.Findings()
    text.scrub_unknown(json.encode(remarks).decode(), findings)
    if findings.found:
        tree["client_scrub_remarks"] = None
        manifest.add("client_scrub_remarks", "client_remarks", kind="text", method=RedactionMethod.REMOVED)


def _inventory(tree: dict[str, object], manifest: Manifest) -> None:
    """Modules and the SDK are lists of software: their names are no names of secrets, and versions are no addresses."""
    for field in ("modules", "sdk"):
        value = tree.get(field)
        if value and text.is_suspect_inventory(json.encode(value).decode()):
            tree[field] = {} if field == "modules" else None
            manifest.add(field, "inventory", kind="text", method=RedactionMethod.REMOVED)


def _message(scrubber: TreeScrubber, message: object) -> None:
    if isinstance(message, dict):
        scrubber.note_text(message, "formatted", "message")
        if "template" in message:
            scrubber.note_text(message, "template", "message")
            _free_form(scrubber, message.get("params"), "message.params")


def _failure(scrubber: TreeScrubber, tree: dict[str, object], manifest: Manifest) -> None:
    seen: set[int] = set()  # an exception without a stack shares its thread's frames
    for field in ("exceptions", "threads"):
        for part in _dicts(tree.get(field)):
            for name in ("type", "value", "name"):
                if name in part:
                    scrubber.note_text(part, name, field)
            if isinstance(mechanism := part.get("mechanism"), dict):
                scrubber.note_text(mechanism, "description", f"{field}.mechanism")
                _free_form(scrubber, mechanism.get("data"), f"{field}.mechanism.data")
                _free_form(scrubber, mechanism.get("meta"), f"{field}.mechanism.meta")
            frames = part.get("frames")
            if id(frames) not in seen:
                seen.add(id(frames))
                _frames(scrubber, frames, f"{field}.frames", manifest)
    for image in _dicts(tree.get("debug_images")):
        _path(image, "code_file", "debug_images.code_file", manifest)
        _path(image, "debug_file", "debug_images.debug_file", manifest)


def _frames(scrubber: TreeScrubber, frames: object, path: str, manifest: Manifest) -> None:
    variables_path, source_path = f"{path}.variables", f"{path}.source"
    for frame in _dicts(frames):
        for name in _PATHS:
            value = frame.get(name)
            if isinstance(value, str) and ("ome/" in value or "sers" in value or "SERS" in value or "@" in value or "?" in value):
                _path(frame, name, f"{path}.{name}", manifest)
        if "context_line" in frame or "pre_context" in frame or "post_context" in frame:
            scrubber.source_lines(frame, source_path)
        if isinstance(variables := frame.get("variables"), dict):
            scrubber.mapping(variables, variables_path)


def _path(holder: dict[str, object], name: str, path: str, manifest: Manifest) -> None:
    """File names stay, except the name of a user in a home directory and what a URL carries."""
    value = holder.get(name)
    if not isinstance(value, str):
        return
    findings = text.Findings()
    scrubbed = text.scrub_path(value, findings)
    if scrubbed != value:
        holder[name] = scrubbed
        for rule, kind in findings.found:
            manifest.add(path, rule, kind=kind)


def _breadcrumbs(scrubber: TreeScrubber, breadcrumbs: object) -> None:
    for breadcrumb in _dicts(breadcrumbs):
        scrubber.note_text(breadcrumb, "message", "breadcrumbs")
        scrubber.note_text(breadcrumb, "category", "breadcrumbs")
        if isinstance(content := breadcrumb.get("data"), dict):
            scrubber.mapping(content, "breadcrumbs.data")


def _request(scrubber: TreeScrubber, request: object) -> None:
    if not isinstance(request, dict):
        return
    for name in ("url", "query_string", "fragment", "method"):
        scrubber.note_text(request, name, "request")
    _pairs(scrubber, request, "headers", path="request.headers")
    if request.get("cookies"):
        jar = dict(request["cookies"])
        scrubber.cookies(jar, "request.cookies")
        request["cookies"] = [list(pair) for pair in jar.items()]
        _free_form(scrubber, request["cookies"], "request.cookies")
    scrubber.note_text(request, "data", "request")
    _free_form(scrubber, request.get("data"), "request.data")
    _free_form(scrubber, request.get("env"), "request.env")


def _pairs(scrubber: TreeScrubber, holder: dict[str, object], field: str, *, path: str | None = None) -> None:
    sent = holder.get(field)
    if not isinstance(sent, list):
        return
    pairs: list[object] = [list(pair) for pair in sent]
    holder[field] = pairs
    for pair in pairs:
        if isinstance(pair, list):
            scrubber.pair(pair, path or field)


def _user(scrubber: TreeScrubber, tree: dict[str, object], manifest: Manifest, *, subject_key: bytes, is_strict: bool) -> None:
    """The address of a person becomes a keyed hash; opaque ids and, in the default profile, user names stay."""
    user = tree.get("user")
    if not isinstance(user, dict):
        return
    for field in ("id", "username", "email", "ip_address"):
        value = user.get(field)
        if not isinstance(value, str) or not value or is_placeholder(value):
            continue
        kind = "email" if "@" in value else field
        if kind in {"email", "ip_address"} or (kind == "username" and is_strict):
            user[field] = pseudonym("user" if kind == "username" else kind, value, subject_key)
            manifest.add(f"user.{field}", "person", kind=kind, method=RedactionMethod.HASHED)
        else:
            scrubber.note_text(user, field, "user")
    if is_strict and user.get("name"):
        user["name"] = placeholder("personal")
        manifest.add("user.name", "person", kind="name")
    scrubber.note_text(user, "name", "user")
    _free_form(scrubber, user.get("data"), "user.data")


def drop_free_text(tree: dict[str, object]) -> None:
    """Keep only the structure: types, functions, files, times; used when scrubbing broke down."""
    for field in (*_TOP_TEXTS, "message", "request", "user", "trace", "client_scrub_remarks", "sdk"):
        tree[field] = None
    tree["environment"], tree["culprit"] = "production", ""
    for field in ("contexts", "extra", "modules"):
        tree[field] = {}
    for field in ("tags", "fingerprint", "debug_images", "breadcrumbs", "redactions"):
        tree[field] = []
    for part in (*_dicts(tree.get("exceptions")), *_dicts(tree.get("threads"))):
        part.update({name: None for name in ("value", "name", "state") if name in part})
        part.pop("mechanism", None)
        for frame in _dicts(part.get("frames")):
            for name in ("context_line", "pre_context", "post_context", "variables", "abs_path"):
                frame.pop(name, None)
    tree["scrub_failed"] = True


def _dicts(value: object) -> list[dict[str, object]]:
    return [element for element in value if isinstance(element, dict)] if isinstance(value, list | tuple) else []
