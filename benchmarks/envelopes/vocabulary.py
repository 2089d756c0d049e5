"""Invented words, names and libraries from which the benchmark events are made; nothing comes from a real event."""

WORDS = tuple(
    """account action adapter address agent alert amount archive asset audit backend balance batch billing binding block
    branch bucket budget buffer builder bundle button cache callback campaign cancel capture carrier cart catalog category
    channel charge checkout client cluster code collect column command commit company compile component config confirm connect
    consumer contact content context control convert copy counter country coupon create credit currency cursor customer
    daemon decode default delete deliver deploy detail device dialog digest discount dispatch document domain download draft
    driver edge element encode endpoint engine entity entry event exchange execute expire export factory feature fetch field
    filter finance flag flow folder format forward frame gateway generate grant graph group handler hash header history hook
    identity image import index ingest input insert instance interval inventory invoice item journal label language layer
    ledger level library license limit link list listener loader locale location lock logger loop mailer mapper market
    master match member memory menu merge message metric migrate mobile model module monitor node note notice number object
    offer offset option order origin output owner package page panel parser partner patch path payload payment period
    permission pipeline plan platform plugin policy pool portal position post prefix preview price process product profile
    program project promise provider proxy publish purchase query queue quota quote rate reader receipt record redirect
    refund region register release remote render repair reply report request reserve reset resolve resource response result
    retry return review reward role route router rule runner sample scan schedule schema scope score script search section
    segment sender series server service setting shard share shipment signal site snapshot source stage state status step
    stock storage store stream string style submit subscription summary supplier support switch sync system table tag target
    task tax team template tenant terminal test text theme thread ticket timeline timer title tool topic total trace track
    transaction transfer transform translate trigger type unit update upload user vacation validate value variant vendor
    verify version view visit volume voucher wallet warehouse webhook widget window worker workflow writer zone""".split()  # noqa: SIM905  # a list literal of 400 words reads worse
)
EXCEPTION_TYPES = (
    "ValueError", "KeyError", "TypeError", "AttributeError", "IndexError", "RuntimeError", "ConnectionError", "TimeoutError",
    "OperationalError", "IntegrityError", "ValidationError", "PermissionDenied", "ObjectDoesNotExist", "HTTPError",
    "JSONDecodeError", "ChunkLoadError", "ReferenceError", "NullPointerException", "AssertionError", "UnicodeDecodeError",
)  # fmt: skip
LIBRARIES = (
    "django/core/handlers", "django/db/models", "sqlalchemy/engine", "starlette/routing", "fastapi/routing", "celery/app",
    "requests/sessions", "urllib3/connectionpool", "asyncpg/protocol", "redis/asyncio", "jinja2/environment", "pydantic/main",
)  # fmt: skip
RELEASES = tuple(f"shop-web@4.{number // 3}.{number % 3}+{0xA0000 + 7919 * number:x}" for number in range(12))
ENVIRONMENTS = (*["production"] * 6, *["staging"] * 2, "development", "qa")
BROWSERS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148",
)
FIRST_NAMES = (
    "ada",
    "alan",
    "barbara",
    "claude",
    "dennis",
    "edsger",
    "frances",
    "grace",
    "guido",
    "hedy",
    "ivan",
    "joan",
    "ken",
    "leslie",
    "linus",
    "margaret",
)
LAST_NAMES = (
    "adams",
    "baker",
    "chen",
    "dubois",
    "evans",
    "fischer",
    "garcia",
    "haas",
    "ito",
    "jansen",
    "khan",
    "lopez",
    "meyer",
    "novak",
    "okafor",
    "petrov",
)
