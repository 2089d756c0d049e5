"""What the name of a field says about its value.

Names are split into words, so that `author`, `token_count` and `cardinality` stay while `authToken` and `card-number` go.
"""

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise


class KeyMeaning(StrEnum):
    """Why a field is sensitive; the value of the member is the placeholder's word."""

    SECRET = "secret"  # noqa: S105  # a word, not a password
    NUMBER = "number"  # pin, cvv, card: even a JSON number is sensitive
    NATIONAL_ID = "national_id"
    PHONE = "phone"
    COORDINATE = "coordinate"
    COOKIES = "cookies"  # a list of cookies, of which the harmless ones stay
    PERSONAL = "personal"  # only in the strict profile
    VERSION = "version"  # not sensitive: four numbers are a version here, not an address


_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NOT_A_WORD = re.compile(r"[^\w]+|_+")

_SECRET_WORDS = frozenset(
    [
        "password",
        "passwd",
        "passwords",
        "pwd",
        "passphrase",
        "passcode",
        "passwort",
        "kennwort",
        "contraseña",
        "contrasena",
        "senha",
        "wachtwoord",
        "hasło",
        "haslo",
        "heslo",
        "пароль",
        "密码",
        "密碼",
        "パスワード",
        "비밀번호",
        "motdepasse",
        "lösenord",
        "adgangskode",
        "salasana",
        "parola",
        "secret",
        "secrets",
        "token",
        "tokens",
        "apikey",
        "apikeys",
        "credential",
        "credentials",
        "creds",
        "authorization",
        "bearer",
        "jwt",
        "salt",
        "otp",
        "totp",
        "sessionid",
        "phpsessid",
        "jsessionid",
        "sessid",
        "sid",
        "csrfmiddlewaretoken",
        "xsrf",
        "csrf",
        "signature",
        "sig",
        "pgpassword",
        "mysqlpwd",
        "accesskey",
        "secretkey",
        "privatekey",
        "authtoken",
        "accesstoken",
        "refreshtoken",
        "idtoken",
        "clientsecret",
        "mnemonic",
        "seedphrase",
        "webhook_secret",
    ]
)
_SECRET_PAIRS = frozenset(
    {
        ("api", "key"), ("access", "key"), ("private", "key"), ("ssh", "key"), ("encryption", "key"), ("signing", "key"), ("secret", "key"),
        ("account", "key"), ("master", "key"), ("auth", "key"), ("license", "key"), ("two", "factor"), ("security", "answer"), ("session", "id"), ("session", "key"),
        ("db", "pass"), ("user", "pass"), ("auth", "header"), ("seed", "phrase"), ("recovery", "phrase"), ("recovery", "code"), ("backup", "code"),
        ("verification", "code"), ("mot", "passe"), ("auth", "data"), ("pass", "phrase"), ("auth", "cookie"), ("set", "cookie"), ("one", "time"),
    }
)  # fmt: skip
_SECRET_ALONE = frozenset({"auth", "session", "pass", "pw"})
_NUMBER_WORDS = frozenset({"pin", "cvv", "cvc", "cvv2", "cvc2", "pan"})
_NUMBER_PAIRS = frozenset(
    {
        ("card", "number"), ("credit", "card"), ("cc", "number"), ("card", "no"), ("account", "number"), ("debit", "card"), ("bank", "account"),
        ("security", "code"), ("routing", "number"), ("card", "num"), ("pin", "code"),
    }
)  # fmt: skip
_NATIONAL_ID_WORDS = frozenset(
    [
        "ssn",
        "nino",
        "nhs",
        "dni",
        "nie",
        "cpf",
        "cnpj",
        "bsn",
        "aadhaar",
        "rrn",
        "personnummer",
        "fnr",
        "pesel",
        "passport",
        "iban",
        "taxid",
        "steuerid",
        "fiscale",
        "nif",
        "curp",
        "rut",
        "cnp",
        "egn",
    ]
)
_NATIONAL_ID_PAIRS = frozenset(
    {("national", "id"), ("tax", "id"), ("social", "security"), ("codice", "fiscale"), ("passport", "number"), ("personal", "number"), ("identity", "number"),
     ("driver", "license"), ("drivers", "license")}
)  # fmt: skip
_PHONE_WORDS = frozenset(
    ["phone", "telephone", "mobile", "cellphone", "msisdn", "fax", "telefon", "tel", "phonenumber", "imei", "imsi"]
)
_COORDINATE_WORDS = frozenset(["lat", "latitude", "lon", "lng", "longitude"])
_PERSONAL_WORDS = frozenset(
    [
        "firstname",
        "lastname",
        "surname",
        "fullname",
        "maiden",
        "birthday",
        "birthdate",
        "dob",
        "gender",
        "sex",
        "religion",
        "ethnicity",
        "nationality",
        "race",
        "health",
        "diagnosis",
        "medication",
        "salary",
        "income",
        "street",
        "zipcode",
        "postcode",
        "zip",
        "idfa",
        "gaid",
        "adid",
        "username",
        "login",
    ]
)
_PERSONAL_PAIRS = frozenset(
    {
        ("first", "name"), ("last", "name"), ("full", "name"), ("middle", "name"), ("given", "name"), ("family", "name"), ("maiden", "name"),
        ("birth", "date"), ("date", "birth"), ("street", "address"), ("postal", "code"), ("zip", "code"), ("billing", "address"),
        ("shipping", "address"), ("home", "address"), ("postal", "address"), ("user", "name"), ("advertising", "id"), ("device", "id"), ("sexual", "orientation"),
        ("wallet", "address"),
    }
)  # fmt: skip
_VERSION_WORDS = frozenset(["version", "versions", "build", "release", "agent", "oid"])
# With one of these the field speaks about a secret and does not hold it.
_HARMLESS_WORDS = frozenset(
    [
        "count",
        "counts",
        "max",
        "min",
        "maximum",
        "minimum",
        "length",
        "len",
        "size",
        "limit",
        "limits",
        "per",
        "second",
        "seconds",
        "minutes",
        "hours",
        "days",
        "ms",
        "required",
        "require",
        "requires",
        "enabled",
        "disabled",
        "match",
        "matches",
        "matched",
        "method",
        "methods",
        "type",
        "types",
        "kind",
        "mode",
        "provider",
        "providers",
        "policy",
        "status",
        "state",
        "expiry",
        "expires",
        "expire",
        "expired",
        "expiration",
        "ttl",
        "age",
        "duration",
        "timeout",
        "changed",
        "created",
        "updated",
        "valid",
        "invalid",
        "present",
        "provided",
        "missing",
        "banner",
        "shown",
        "name",
        "names",
        "url",
        "uri",
        "endpoint",
        "path",
        "field",
        "fields",
        "fingerprint",
        "public",
        "hint",
        "view",
        "form",
        "algorithm",
        "alg",
        "version",
        "bucket",
        "usage",
        "used",
        "format",
        "backend",
        "class",
        "strength",
        "attempts",
        "attempt",
        "rotation",
        "enforced",
        "has",
        "is",
        "was",
        "needs",
        "check",
        "checked",
        "checker",
        "validator",
        "validators",
        "reset_view",
        "verified",
        "verifier",
        "supported",
        "total",
        "index",
        "offset",
        "position",
        "consent",
        "policy_url",
        "scheme",
        "schemes",
        "domain",
        "handler",
        "manager",
        "middleware",
        "service",
        "factory",
        "module",
        "config_path",
        "file",
        "filename",
        "last_changed",
        "error",
        "errors",
        "message",
        "exception",
    ]
)
_HARMLESS_PAIRS = frozenset({("key", "id"), ("token", "id"), ("secret", "id"), ("secret", "arn"), ("token", "type")})
_DISTURBED_BY_HARMLESS = frozenset(
    {KeyMeaning.SECRET, KeyMeaning.NUMBER, KeyMeaning.COOKIES, KeyMeaning.PHONE, KeyMeaning.NATIONAL_ID}
)
_IGNORED_WORDS = frozenset({"of", "the", "de", "x", "my", "new", "old", "current"})


@lru_cache(maxsize=16_384)
def meaning(key: str) -> KeyMeaning | None:
    """What a field with this name holds; None for nothing special.  Case, separators and script variants do not count."""
    words = _words(key)
    if not words or len(key) > 200:
        return None
    pairs = frozenset(pairwise(words))
    found = _sensitive(words, pairs)
    if found in _DISTURBED_BY_HARMLESS and _is_harmless(words, pairs):
        found = None
    if found is None and not _VERSION_WORDS.isdisjoint(words):
        return KeyMeaning.VERSION
    return found


def _sensitive(words: tuple[str, ...], pairs: frozenset[tuple[str, str]]) -> KeyMeaning | None:
    if words[-1] in {"cookie", "cookies"} and len(words) <= 2:
        return KeyMeaning.COOKIES
    tables: tuple[tuple[KeyMeaning, frozenset[str], frozenset[tuple[str, str]]], ...] = (
        (KeyMeaning.SECRET, _SECRET_WORDS, _SECRET_PAIRS),
        (KeyMeaning.NUMBER, _NUMBER_WORDS, _NUMBER_PAIRS),
        (KeyMeaning.NATIONAL_ID, _NATIONAL_ID_WORDS, _NATIONAL_ID_PAIRS),
        (KeyMeaning.PHONE, _PHONE_WORDS, frozenset()),
        (KeyMeaning.COORDINATE, _COORDINATE_WORDS, frozenset()),
        (KeyMeaning.PERSONAL, _PERSONAL_WORDS, _PERSONAL_PAIRS),
    )
    if len(words) == 1 and words[0] in _SECRET_ALONE:
        return KeyMeaning.SECRET
    for found, single, double in tables:
        if not single.isdisjoint(words) or not double.isdisjoint(pairs):
            return found
    if words[0] in {"health", "medical"}:
        return KeyMeaning.PERSONAL
    return None


def _is_harmless(words: tuple[str, ...], pairs: frozenset[tuple[str, str]]) -> bool:
    return len(words) > 1 and (not _HARMLESS_WORDS.isdisjoint(words) or not _HARMLESS_PAIRS.isdisjoint(pairs))


def _words(key: str) -> tuple[str, ...]:
    if not key.isascii():
        key = unicodedata.normalize("NFKC", key)
    parts = _NOT_A_WORD.split(_CAMEL.sub("_", key))
    return tuple(word for part in parts if (word := part.casefold()) and word not in _IGNORED_WORDS)
