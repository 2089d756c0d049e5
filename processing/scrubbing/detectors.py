"""Personal data and credentials which can be told by their own shape, wherever they stand.

Every pattern is linear: repetitions are bounded or their alternatives cannot match the same character.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from processing.scrubbing import validators
from processing.scrubbing.placeholders import placeholder
from processing.scrubbing.suspicion import Suspicion

Replacement = Callable[[re.Match[str]], str | None]


@dataclass(frozen=True, slots=True)
class Detector:
    """`replace` gives what stands in place of a match, or None if the match is harmless."""

    suspicion: int
    rule: str
    kind: str
    pattern: re.Pattern[str]
    replace: Replacement


def _always(kind: str) -> Replacement:
    text = placeholder(kind)
    return lambda _match: text


def _group(template: str) -> Replacement:
    return lambda match: match.expand(template)


def looks_opaque(value: str) -> bool:
    """Whether a word looks made by a machine: digits among letters, or changing case, or long without vowels' order."""
    has_digit = any(char.isdigit() for char in value)
    has_letter = any(char.isalpha() for char in value)
    changes_case = value[1:] != value[1:].lower() and value != value.upper() and not value.istitle()
    return (
        (has_digit and has_letter) or (changes_case and len(value) >= 12) or (has_digit and len(value) >= 6) or len(value) >= 32
    )


def _authorization(match: re.Match[str]) -> str | None:
    return f"{match[1]} {placeholder('secret')}" if looks_opaque(match[2].rstrip("=.,")) else None


def _token(match: re.Match[str]) -> str | None:
    return placeholder("jwt") if validators.is_token_header(match[0].partition(".")[0]) else None


def _email(match: re.Match[str]) -> str | None:
    local, domain = match[1], match[2]
    if local in {"git", "hg", "svn"} and match.string[match.end() : match.end() + 1] in {":", "/"}:
        return None
    return placeholder("email") if validators.is_email_domain(domain) else None


def _card(match: re.Match[str]) -> str | None:
    groups = re.findall(r"\d+", match[0])
    if len(groups) > 1 and (
        len(groups[0]) not in {4, 6} or any(len(group) > 13 for group in groups) or min(map(len, groups[:-1])) < 4
    ):
        return None
    return placeholder("card") if validators.is_card("".join(groups)) else None


def _iban(match: re.Match[str]) -> str | None:
    raw = match[0]
    length = validators.iban_length(raw.replace(" ", "").upper())
    if length is None:
        return None
    end = kept = 0
    while kept < length:
        kept += raw[end] != " "
        end += 1
    if raw[end : end + 1].isalnum() or (raw[:2].islower() and sum(map(str.isdigit, raw[:end])) < 10):
        return None
    return placeholder("iban") + raw[end:]


def _ssn(match: re.Match[str]) -> str | None:
    return placeholder("ssn") if validators.is_us_ssn(match[1], match[3], match[4]) else None


def _address(match: re.Match[str]) -> str | None:
    return placeholder("ip") if validators.is_personal_address(match[0]) else None


def _home(match: re.Match[str]) -> str | None:
    return (
        None
        if match[2].lower() in {"shared", "public", "default", "runner", "app", "ubuntu", "node", "root"}
        else f"{match[1]}{placeholder('user')}"
    )


def _phone(match: re.Match[str]) -> str | None:
    digits = sum(map(str.isdigit, match[0]))
    return placeholder("phone") if 8 <= digits <= 15 else None


def _named_id(match: re.Match[str]) -> str | None:
    """The value up to the last part with a digit; words after it are the rest of the sentence."""
    parts = re.split(r"(?<=[\w])(?=[ ])", match[2])
    while len(parts) > 1 and not any(char.isdigit() for char in parts[-1]) and len(parts[-1].strip()) > 1:
        parts.pop()
    value = "".join(parts)
    if sum(map(str.isdigit, value)) < 2 or len(value) < 7:
        return None
    return f"{match[1]}{placeholder('national_id')}{match[2][len(value) :]}"


_VENDOR_TOKENS = (
    r"A(?:KI|SI|RO|ID)A[A-Z0-9]{16}", r"gh[pousr]_\w{30,255}", r"github_pat_\w{40,255}", r"glpat-[\w-]{20,64}", r"xox[abeoprs]-[\w-]{10,255}",
    r"xapp-[\w-]{20,255}", r"[srp]k_(?:live|test)_\w{16,255}", r"whsec_\w{24,64}", r"AIza[\w-]{30,64}", r"ya29\.[\w-]{20,255}", r"1//0[\w-]{20,255}",
    r"GOCSPX-[\w-]{20,64}", r"npm_\w{30,64}", r"pypi-[\w-]{40,255}", r"sk-(?:ant-|proj-)?[\w-]{20,255}", r"SG\.[\w-]{16,64}\.[\w-]{16,128}", r"SK[0-9A-Za-z]{32}",
    r"\d{8,10}:[\w-]{35}", r"[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,40}", r"shp(?:at|ca|pa|ss)_\w{32}", r"do[opr]_v1_\w{64}", r"hv[sbr]\.[\w-]{24,255}",
    r"s\.[A-Za-z0-9]{24}", r"dapi\w{32}", r"AGE-SECRET-KEY-1[A-Z0-9]{50,64}", r"sntry[us]_[\w+/=-]{40,255}", r"hf_\w{30,64}", r"lin_api_\w{30,64}",
    r"key-\w{32}", r"dckr_[op]at_[\w-]{20,64}", r"\w{14}\.atlasv1\.[\w-]{60,128}", r"err[a-z]_\w{30,128}", r"elk_(?:live|test)_\w{30,128}",
    r"[5KL](?=[1-9A-Za-z]{0,50}\d)[1-9A-HJ-NP-Za-km-z]{50,51}", r"xprv[1-9A-HJ-NP-Za-km-z]{100,120}", r"\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}",
    r"\$argon2id?\$[\w=,$+/]{20,255}",
)  # fmt: skip
_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"

DETECTORS: tuple[Detector, ...] = (
    Detector(
        Suspicion.KEY_BLOCK, "private_key", "private_key",
        re.compile(
            r"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----[^-]*(?:-(?!----)[^-]*)*(?:-----END [A-Z0-9 ]{0,40}-----)?"
            r"|(?<=Private-Lines: )\d{1,4}\s{1,2}[A-Za-z0-9+/=\s]{1,20000}"
        ),
        _always("private_key"),
    ),
    Detector(
        Suspicion.URL_LOGIN, "url_login", "password",
        re.compile(r"([A-Za-z][A-Za-z0-9+.-]{1,30}://[^\s/?#@:'\"<>]{0,128}):(?!\[password\])[^\s/?#@'\"<>]{1,256}@"),
        _group(r"\1:[password]@"),
    ),
    Detector(
        Suspicion.AUTHORIZATION, "authorization", "secret",
        re.compile(r"(?i)\b(bearer|basic|negotiate|apikey|token)\s{1,3}([A-Za-z0-9._~+/-]{8,8192}={0,3})"), _authorization,
    ),
    Detector(
        Suspicion.AUTHORIZATION, "authorization", "secret",
        re.compile(r"(?i)\b(digest)\s{1,3}\w{2,20}=\"[^\"\n]{0,512}\"(?:\s?,\s?\w{2,20}=\"?[^\",\n]{0,512}\"?)*"), _group(r"\1 [secret]"),
    ),
    Detector(
        Suspicion.TOKEN, "jwt", "jwt", re.compile(r"(?<![\w-])eyJ[\w-]{4,4096}\.[\w-]{0,16384}(?:\.[\w-]{0,16384}){0,3}", re.ASCII), _token,
    ),
    Detector(
        Suspicion.SSH_KEY, "ssh_key_owner", "user", re.compile(r"(ssh-(?:ed25519|rsa|dss) AAAA[\w+/=]{10,8192}) [^\s@\[]{1,64}@[^\s@]{1,128}"),
        _group(r"\1 [user]"),
    ),
    Detector(
        Suspicion.VENDOR_TOKEN, "slack_webhook", "token", re.compile(r"(hooks\.slack\.[a-z]{2,10}/(?:services|workflows)/)[\w/]{10,128}"),
        _group(r"\1[token]"),
    ),
    Detector(
        Suspicion.VENDOR_TOKEN, "vendor_token", "token", re.compile(rf"(?<![A-Za-z0-9_])(?:{'|'.join(_VENDOR_TOKENS)})(?![A-Za-z0-9_])"), _always("token"),
    ),
    Detector(
        Suspicion.EMAIL, "email", "email",
        re.compile(r"((?<!\w)\"[^\"\n@]{1,64}\"|(?:(?<![\w.+%~!#$*^-])|(?<=[\w.+%~!#$*^-]{64}))(?:[\w.+%~!#$*^-]|(?<=\w)'(?=\w)){1,64})@((?:[^\W_][\w-]{0,62}\.){1,8}[^\W\d_][\w-]{1,62})(?![\w@])"), _email,
    ),
    Detector(
        Suspicion.IBAN, "iban", "iban", re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?: ?[A-Za-z0-9]){11,32}"), _iban,
    ),
    Detector(
        Suspicion.DIGITS, "card", "card", re.compile(r"(?<![\w.])\d(?:[ \-._\u00a0]{0,3}\d){11,18}(?!\w)", re.ASCII), _card,
    ),
    Detector(
        Suspicion.SSN, "us_ssn", "ssn", re.compile(r"(?<![\w-])(\d{3})(-)(\d{2})-(\d{4})(?![\w-])", re.ASCII), _ssn,
    ),
    Detector(
        Suspicion.PHONE, "phone", "phone",
        re.compile(
            r"(?<![\w+.])\+\d{1,3}[ .\-]?\(?\d{0,4}\)?(?:[ .\-]?\d{1,6}){2,6}(?!\w)|(?<![\w(])\(\d{3}\) ?\d{3}[-. ]\d{4}(?!\w)"
            r"|(?<![\w.-])\d{3}([.-])\d{3}\1\d{4}(?![\w.-])|(?<![\w.-])0\d{3,4} \d{6}(?!\w)|(?<![\w.-])00\d{2}(?: \d{2,6}){2,5}(?!\w)"
        ),
        _phone,
    ),
    Detector(
        Suspicion.MAC, "mac", "mac",
        re.compile(
            r"(?<![0-9A-Fa-f:.-])(?:[0-9A-Fa-f]{2}([:-]))(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}(?![0-9A-Fa-f:.-])"
            r"|(?<![\w.])[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}(?![\w.])"
        ),
        _always("mac"),
    ),
    Detector(
        Suspicion.IPV4, "ip", "ip", re.compile(rf"(?<![\w.:/-])(?<!::ffff:){_OCTET}(?:\.{_OCTET}){{3}}(?![\w-]|\.\w)|(?<=://){_OCTET}(?:\.{_OCTET}){{3}}(?![\w-]|\.\w)", re.ASCII),
        _address,
    ),
    Detector(
        Suspicion.IPV6, "ip", "ip",
        re.compile(r"(?<![\w:.])(?:[0-9A-Fa-f]{1,4}:){1,7}(?::?[0-9A-Fa-f]{1,4}){0,7}(?:\d{0,3}(?:\.\d{1,3}){3})?(?![\w:])|(?<![\w:.])::[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){0,6}(?:(?:\.\d{1,3}){3})?(?![\w:])"),
        _address,
    ),
    Detector(
        Suspicion.HOME, "user_path", "user",
        re.compile(
            r"((?:(?<![\w.~/-])|(?<=file://)|(?<=file:))(?:/export)?/(?:home|Users)/|[A-Za-z]:[\\/]{1,4}(?i:users)[\\/]{1,4})"
            r"([^/\\\s\"':\[\]{}<>*]{1,64}(?: [^/\\\s\"':\[\]]{1,64})?(?=[/\\])|[^/\\\s\"':\[\]{}<>*]{1,64})"
        ),
        _home,
    ),
    Detector(
        Suspicion.PASSPORT, "passport", "passport", re.compile(r"P[A-Z<][A-Z]{3}[A-Z<]{39}\s?[A-Z0-9<]{44}|[A-Z0-9<]{9}\d[A-Z]{3}\d{7}[MFX<]\d{7}[A-Z0-9<]{14}\d{0,2}"), _always("passport"),
    ),
    Detector(
        Suspicion.SEED, "seed_phrase", "seed_phrase", re.compile(r"(?i)((?:mnemonic|seed|recovery phrase)[\"']?\s{0,2}[:=]\s{0,2}[\"']?)[a-z]{3,8}(?: [a-z]{3,8}){11,23}"),
        _group(r"\1[seed_phrase]"),
    ),
    Detector(
        Suspicion.NAMED_ID, "national_id", "national_id",
        re.compile(
            r"(?i)((?<![a-z])(?:\w{2}_)?(?:nhs|nino|dni|nie|codice_fiscale|cpf|cnpj|bsn|pan|aadhaar|rrn|personnummer|fnr|pesel|sin|ssn|social security(?: number)?|tax id|national id"
            r"|passport|imei|imsi|tw_id)(?:_?keyed|_?number|_?no\.?)?[\"']?\s{0,2}[:=#]?\s{0,2}[\"']?)((?=[A-Z0-9 .\-]{0,20}\d)[A-Z0-9](?:[ .\-]?[A-Z0-9]){6,20})(?![\w])"
        ),
        _named_id,
    ),
)  # fmt: skip
