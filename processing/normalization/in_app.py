"""Whether a frame is the application's own, where the SDK did not say."""

import re

# One pattern per family over "module\npath\npackage"; sources: the languages' own layouts of standard and installed libraries.
_LIBRARY = {
    "python": r"(^|[/\\])(site-packages|dist-packages)[/\\]|[/\\]lib[/\\]python\d|^<frozen|\n<frozen|[/\\]python\d[\d.]*\.zip",
    "javascript": r"(^|[/\\:])node_modules[/\\]|\n(node:|internal/|webpack/(runtime|bootstrap)|chrome-extension:|moz-extension:|safari-(web-)?extension:|native$|\[native code\])",
    "ruby": r"[/\\](gems|rubygems)[/\\]|[/\\]lib[/\\]ruby[/\\]|\n<internal:",
    "php": r"(^|[/\\])vendor[/\\]|^\[internal\]|\n\[internal\]",
    "java": r"^(java|javax|jdk|sun|com\.sun|jakarta|kotlin|kotlinx|scala|groovy|clojure|android|androidx|com\.android|dalvik|junit"
    r"|org\.junit|org\.springframework|org\.apache|org\.hibernate|org\.eclipse|org\.jboss|org\.slf4j|ch\.qos|io\.netty|io\.micrometer"
    r"|io\.sentry|com\.google|com\.fasterxml|com\.zaxxer|reactor|rx|okhttp3|retrofit2|akka|play)\.",
    "csharp": r"^(System|Microsoft|Windows|Mono|Newtonsoft|Npgsql|Sentry)\b",
    "go": r"[/\\]pkg[/\\]mod[/\\]|(^|[/\\])vendor[/\\]|[/\\]go[/\\]src[/\\](runtime|net|internal|sync|os|reflect|testing)[/\\]|@v\d",
    "rust": r"^(std|core|alloc|backtrace|tokio|futures\w*|hyper|actix\w*|sentry\w*|rayon\w*|test|panic_unwind)(::|\n)|^<(std|core|alloc)::"
    r"|[/\\]rustc[/\\]|[/\\]\.cargo[/\\]registry|[/\\]\.rustup[/\\]",
    "native": r"\n(/usr/lib|/lib(32|64)?/|/System/|/usr/local/lib|/apex/|/system/|linux-vdso|linux-gate|C:\\Windows)|[/\\](libc|libpthread|libstdc\+\+"
    r"|libsystem_\w+|UIKit|Foundation|CoreFoundation|ntdll|kernel32|kernelbase|ucrtbase|libart|libsentry)\b",
    "elixir": r"(^|[/\\])deps[/\\]|^(Elixir\.)?(Enum|GenServer|Process|Task|Supervisor|Plug|Phoenix|Ecto)\b|^(gen_server|proc_lib|erlang|gen)$",
    "dart": r"\n(dart:|package:(flutter|sentry\w*)/)|^dart:",
    "perl": r"[/\\]perl5?[/\\]",
}
_FAMILY_OF_PLATFORM = {
    "node": "javascript", "bun": "javascript", "deno": "javascript", "javascript-react": "javascript",
    "kotlin": "java", "scala": "java", "android": "java", "dotnet": "csharp",
    "c": "native", "cocoa": "native", "objc": "native", "swift": "native",
}  # fmt: skip
_PATTERNS = {family: re.compile(pattern, re.IGNORECASE) for family, pattern in _LIBRARY.items()}
_GO_STANDARD = re.compile(r"^[a-z0-9]+(/[a-z0-9]+)*$")  # import paths of Go's own library have no dot in the first part


def is_in_app(frame: dict[str, object], *, platform: str, others_are_marked: bool) -> bool:
    """True unless the frame is known to be a library's.

    `others_are_marked`: the SDK marked other frames of the same stack as its user's own, so silence means "not mine" (java).
    """
    family = _FAMILY_OF_PLATFORM.get(platform, platform)
    pattern = _PATTERNS.get(family)
    if pattern is None:
        return not others_are_marked
    module = frame.get("module") or (frame.get("function") if family in {"rust", "native"} else None) or ""
    path = frame.get("abs_path") or frame.get("filename") or ""
    if pattern.search(f"{module}\n{path}\n{frame.get('package') or ''}"):
        return False
    if family == "go" and isinstance(module, str) and module != "main" and _GO_STANDARD.match(module):
        return False
    if family == "native" and not frame.get("function") and not frame.get("package"):
        return False  # an address in no known image: nobody can say whose it is
    return not others_are_marked
