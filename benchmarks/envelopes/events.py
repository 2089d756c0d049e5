"""Invented error events as sentry.python.django sends them, in three sizes, with the personal data that real ones carry."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from random import Random

from benchmarks.envelopes.stack_traces import StackTrace, TraceShape, make_identifier, variable_value
from benchmarks.envelopes.vocabulary import BROWSERS, ENVIRONMENTS, FIRST_NAMES, LAST_NAMES, RELEASES, WORDS

SDK = {"name": "sentry.python.django", "version": "2.48.0"}
UNSET_ID = "0" * 32  # stands where the load client writes a fresh event id

Fields = dict[str, object]


class EventSize(StrEnum):
    SMALL = "2 KB"
    NORMAL = "20 KB"
    LARGE = "200 KB"


SHAPES = {
    EventSize.SMALL: TraceShape(frames=(3, 5), context_lines=0, variables=0, variable_items=1),
    EventSize.NORMAL: TraceShape(frames=(20, 40), context_lines=3, variables=1, variable_items=1),
    EventSize.LARGE: TraceShape(frames=(80, 110), context_lines=5, variables=8, variable_items=3),
}


class _Visitor:
    """One invented person in one invented request."""

    def __init__(self, random: Random) -> None:
        self.first = random.choice(FIRST_NAMES)
        self.last = random.choice(LAST_NAMES)
        self.email = f"{self.first}.{self.last}{random.randrange(10_000)}@example.{random.choice(('com', 'org', 'net'))}"
        self.address = ".".join(str(random.randrange(1, 255)) for _ in range(4))
        self.user_id = str(random.randrange(1, 20_000))


def make_event(random: Random, trace: StackTrace, *, size: EventSize, now: datetime) -> Fields:
    """The event's JSON object; `event_id` is first and UNSET_ID, so that it can be overwritten in place."""
    visitor = _Visitor(random)
    occurred_at = now - timedelta(seconds=random.random() * 60)
    event = _core(random, trace, occurred_at)
    if size is EventSize.SMALL:
        return event | _small_part(random, visitor)
    event |= _normal_part(random, trace, visitor)
    crumbs = 100 if size is EventSize.LARGE else random.randint(4, 10)
    event["breadcrumbs"] = {"values": [_breadcrumb(random, trace, visitor, occurred_at) for _ in range(crumbs)]}
    event["extra"] = {
        "sys.argv": ["/srv/app/venv/bin/gunicorn", "shop.wsgi"],
        make_identifier(random, trace.words): _sentence(random, 20),
    }
    if size is EventSize.LARGE:
        event["extra"]["state"] = _bulky_state(random, trace)  # type: ignore[index]  # the dict of two lines above
    return event


def _core(random: Random, trace: StackTrace, occurred_at: datetime) -> Fields:
    exception = {
        "type": trace.exception_type,
        "value": trace.message % random.randrange(10**6),
        "module": trace.module,
        "mechanism": {"type": "django", "handled": False},
        "stacktrace": {"frames": _frames(random, trace)},
    }
    return {
        "event_id": UNSET_ID,
        "timestamp": occurred_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "platform": "python",
        "level": random.choice((*["error"] * 8, "warning", "fatal")),
        "logger": trace.module,
        "transaction": trace.transaction,
        "release": random.choice(RELEASES),
        "environment": random.choice(ENVIRONMENTS),
        "server_name": f"web-{random.randrange(12):02d}.example.internal",
        "exception": {"values": [exception]},
        "sdk": {
            **SDK,
            "packages": [{"name": "pypi:sentry-sdk", "version": SDK["version"]}],
            "integrations": ["argv", "atexit", "dedupe", "django", "excepthook", "logging", "modules", "redis", "threading"],
        },
    }


def _frames(random: Random, trace: StackTrace) -> list[Fields]:
    return [
        frame.fields | {"vars": {name: variable_value(random, trace, kind) for name, kind in frame.variables}}
        if frame.variables
        else frame.fields
        for frame in trace.frames
    ]


def _small_part(random: Random, visitor: _Visitor) -> Fields:
    return {
        "user": {"id": visitor.user_id, "email": visitor.email},
        "tags": {"plan": random.choice(("free", "pro", "team")), "region": random.choice(("eu", "us", "ap"))},
        "contexts": {"trace": _trace_context(random), "runtime": {"name": "CPython", "version": "3.12.1"}},
    }


def _normal_part(random: Random, trace: StackTrace, visitor: _Visitor) -> Fields:
    return {
        "user": {
            "id": visitor.user_id,
            "username": visitor.first + visitor.last,
            "email": visitor.email,
            "ip_address": visitor.address,
        },
        "tags": {
            "plan": random.choice(("free", "pro", "team")),
            "region": random.choice(("eu-west", "us-east", "ap-south")),
            "shard": f"s{random.randrange(16)}",
            "customer_id": f"c{random.randrange(800)}",
            "feature": random.choice(WORDS),
            "queue": random.choice(WORDS),
        },
        "contexts": {
            "trace": _trace_context(random) | {"parent_span_id": f"{random.getrandbits(64):016x}", "op": "http.server"},
            "runtime": {"name": "CPython", "version": "3.12.1", "build": "3.12.1 (main, Dec  8 2025, 10:11:12) [GCC 12.2.0]"},
            "os": {"name": "Linux", "version": "6.1.0-28", "kernel_version": "6.1.119-1"},
            "browser": {"name": "Chrome", "version": "131.0.0"},
            "device": {"arch": "x86_64", "memory_size": 16 << 30, "free_memory": random.randrange(1 << 33)},
        },
        "request": _request(random, trace, visitor),
        "modules": {word: f"{place % 7}.{place % 11}.{place % 5}" for place, word in enumerate(WORDS[:24])},
    }


def _request(random: Random, trace: StackTrace, visitor: _Visitor) -> Fields:
    words = trace.words
    return {
        "url": "https://shop.example.com" + trace.transaction.replace("{id}", visitor.user_id),
        "method": random.choice(("GET", "POST", "PUT")),
        "query_string": f"page={random.randrange(50)}&token={random.getrandbits(64):016x}&email={visitor.email}",
        "headers": {
            "Host": "shop.example.com",
            "User-Agent": random.choice(BROWSERS),
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Encoding": "gzip, deflate, br",
            "Accept-Language": "en-US,en;q=0.5",
            "X-Forwarded-For": visitor.address,
            "Authorization": f"Bearer {random.getrandbits(160):040x}",
            "Referer": "https://shop.example.com/" + random.choice(words),
        },
        "cookies": {"sessionid": f"{random.getrandbits(128):032x}", "csrftoken": f"{random.getrandbits(128):032x}"},
        "data": {
            "name": f"{visitor.first} {visitor.last}",
            "email": visitor.email,
            "card": f"4111 1111 1111 {random.randrange(10_000):04d}",
            "password": make_identifier(random, words),
            make_identifier(random, words): make_identifier(random, words),
            "phone": f"+1-202-555-{random.randrange(10_000):04d}",
            "comment": _sentence(random, 12),
        },
        "env": {"REMOTE_ADDR": visitor.address, "SERVER_NAME": "shop.example.com", "SERVER_PORT": "443"},
    }


def _breadcrumb(random: Random, trace: StackTrace, visitor: _Visitor, occurred_at: datetime) -> Fields:
    words = trace.words
    crumb: Fields = {"timestamp": occurred_at.timestamp() - 30 * random.random(), "type": "default", "level": "info"}
    table, column = make_identifier(random, words), make_identifier(random, words)
    match random.randrange(4):
        case 0:
            crumb |= {"category": "query", "message": f"SELECT {column}, {table}_id FROM {table} WHERE {column} = %s LIMIT 21"}
        case 1:
            url = f"https://api.example.net/v1/{random.choice(words)}/{random.randrange(10**6)}"
            status = random.choice((200, 200, 200, 404, 502))
            crumb |= {"category": "httplib", "type": "http", "data": {"url": url, "method": "GET", "status_code": status}}
        case 2:
            message = f"{column} for user {visitor.email} from {visitor.address}: {_sentence(random, 6)}"
            crumb |= {"category": f"shop.{random.choice(words)}", "message": message}
        case _:
            key = f"{column}:{random.randrange(10**6)}"
            crumb |= {"category": "redis", "message": f"GET '{key}'", "data": {"redis.command": "GET", "redis.key": key}}
    return crumb


def _bulky_state(random: Random, trace: StackTrace) -> Fields:
    return {
        f"{make_identifier(random, trace.words)}_{place}": {
            "id": random.randrange(10**6),
            "value": _sentence(random, 10),
            "ok": True,
        }
        for place in range(500)
    }


def _trace_context(random: Random) -> Fields:
    return {"trace_id": f"{random.getrandbits(128):032x}", "span_id": f"{random.getrandbits(64):016x}"}


def _sentence(random: Random, words: int) -> str:
    return " ".join(random.choice(WORDS) for _ in range(words))
