"""How large a part of an event may be; what is beyond is cut with a remark (SECURITY.md 7)."""

MAX_DEPTH = 64
MAX_NODES = 20_000
MAX_KEY_CHARS = 512
MAX_TEXT_CHARS = 65_536
MAX_NAME_CHARS = 1_024  # functions, modules, types: names, not texts
MAX_FRAMES = 250
MAX_EXCEPTIONS = 50
MAX_THREADS = 300
MAX_BREADCRUMBS = 100
MAX_TAGS = 50
MAX_TAG_KEY_CHARS = 64
MAX_TAG_VALUE_CHARS = 200
MAX_FINGERPRINT_PARTS = 32
MAX_CONTEXT_LINES = 20
MAX_DEBUG_IMAGES = 1_000
MAX_PAIRS = 200  # request headers, cookies
MAX_REMARKS = 50
MAX_EXACT_INTEGER = 2**53  # beyond it JavaScript and float readers lose digits
MAX_EXACT_FLOAT = 1e21  # beyond it PostgreSQL prints every digit
