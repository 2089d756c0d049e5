"""What makes two frames the same call: the module or file and the function, without what changes from build to build."""

import re
from functools import lru_cache

from protocol.event import Frame

_ANONYMOUS = frozenset(
    {"?", "??", "<anonymous>", "anonymous", "<unknown>", "unknown", "(anonymous)", "[anonymous]", "<redacted>"}
)

# (pattern, replacement): numbering and hashes which a compiler or framework invents; digits that a person wrote stay.
_GENERATED_NAMES = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"\$\$Lambda(\$\d+)?[/$.]?(0x)?[0-9a-fA-F]*", "$$Lambda"),  # java: Foo$$Lambda$14/0x0000000800c03000
        (r"\blambda\$(\w*?)\$\d+", r"lambda$\1"),  # java: lambda$main$12
        (
            r"\$\$(EnhancerBy|FastClassBy|SpringCGLIB|HibernateProxy|KeyFactoryBy|_Weld|_javassist_)\w*(\$\$[0-9a-fA-F]+)?",
            r"$$\1",
        ),
        (r"\$Proxy\d+", "$Proxy"),
        (r"\b(Generated(?:Method|Constructor|SerializationConstructor)Accessor)\d+", r"\1"),
        (r"\$(\d+)(?=\$|\.|$)", "$"),  # anonymous classes: Foo$1
        (r"@[0-9a-f]{6,}\b", ""),  # java objects: Foo@1b2c3d
        (r"(?<=\.)func\d+(\.\d+)*", "func"),  # go: main.func6.1
        (r"^\d+(\.\d+)*$", "func"),  # go: the number alone
        (r"::h[0-9a-f]{16}\b", ""),  # rust symbol hash
        (r"\{\{?closure\}?\}(#\d+)?", "{closure}"),
        (r"\{closure[:#][^}]*\}", "{closure}"),  # php 8.4, rust v0
        (r"class@anonymous.*", "class@anonymous"),
        (r"(<\w*>[a-z]__)\d+(_\d+)*", r"\1"),  # c#: <Main>b__0_1, <Run>d__12
        (r"(<>c__DisplayClass)\d+(_\d+)*", r"\1"),
        (r"\b(rescue|ensure) in ", ""),  # ruby
        (r"\bblock (\(\d+ levels\) )?in ", "block in "),
        (r"^(async |bound |Async\.)", ""),
        (r"\b0x[0-9a-fA-F]{4,}\b", "0x"),
        (r"__\d{5,}\b|_[0-9a-f]{16,}\b", ""),
    )
)
_URL_ORIGIN = re.compile(r"^[a-z][a-z0-9+.-]*://[^/]*|^(webpack|webpack-internal|rsc|file|app|blob):/*", re.IGNORECASE)
_PACKAGE_VERSION = re.compile(r"(?<=\w)@v?\d[\w.+-]*")
_ASSET_HASH = re.compile(
    r"(?<=[\w\]])[.\-_~](?=[0-9a-f]*\d)[0-9a-f]{6,64}(?=[.\-]|$)"  # main.8f3a9c1e.chunk.js
    r"|(?<=[\w\]])[.-](?=[\w-]*\d)(?=[\w-]*[A-Z])[\w-]{8}(?=\.(m?js|css|map)$)"  # index-BxK3_9xQ.js
    r"|^(?=[0-9a-f]*\d)[0-9a-f]{8,64}(?=\.(m?js|css)$)"
)
_CHANGING_SEGMENT = re.compile(
    r"^(\d{6,}|v?\d+(\.\d+)+([.+-]\w+)*|(?=[0-9a-f]*\d)[0-9a-f]{7,64}|releases?|current)$", re.IGNORECASE
)
_KEPT_SEGMENTS = 2  # the directory and the file: what stands before is the machine's or the deployment's


@lru_cache(maxsize=8192)
def stable_name(name: str | None) -> str | None:
    """A function, module or type without generated numbers; None if it names nothing."""
    if name is None or name in _ANONYMOUS:
        return None
    if name.isascii() and name.isidentifier() and "$" not in name and not name.startswith("Generated"):
        return _without_generated_number(name)
    for pattern, replacement in _GENERATED_NAMES:
        name = pattern.sub(replacement, name)
    return name or None


def _without_generated_number(name: str) -> str:
    return _GENERATED_NAMES[-1][0].sub("", name)


@lru_cache(maxsize=8192)
def stable_file(path: str | None) -> str | None:
    """The last two parts of a path or URL without origin, query, versions and asset hashes."""
    if not path or path in _ANONYMOUS:
        return None
    path = _URL_ORIGIN.sub("", path.replace("\\", "/").partition("?")[0].partition("#")[0])
    path = path.rpartition("node_modules/")[2]
    path = _PACKAGE_VERSION.sub("", path)
    *directories, file = [segment for segment in path.split("/") if segment] or [""]
    kept = [segment for segment in directories if not _CHANGING_SEGMENT.match(segment)]
    return "/".join([*kept[1 - _KEPT_SEGMENTS :], _ASSET_HASH.sub("", file)]) or None


def identity(frame: Frame) -> str | None:
    """Text that is equal for the same call in another build, machine or process; None if the frame says nothing."""
    function = stable_name(frame.function)
    place = stable_name(frame.module) or stable_file(frame.filename or frame.abs_path)
    if function is None and frame.instruction_address is not None:
        return _offset_in_image(frame)
    if function is None and place is None:
        return None
    if place is None and frame.package is not None:
        place = stable_file(frame.package)
    return f"{place or ''} in {function or '?'}"


def _offset_in_image(frame: Frame) -> str | None:
    """A native frame without symbols: image file + offset, which does not change with the address space's layout."""
    if frame.image_address is None or frame.instruction_address is None:
        return None
    try:
        offset = int(frame.instruction_address, 16) - int(frame.image_address, 16)
    except ValueError:
        return None
    image = (frame.package or "").replace("\\", "/").rpartition("/")[2]
    return f"{image}+{offset:#x}" if offset >= 0 else None
