"""The person for whom something failed."""

from processing.normalization import scalars
from processing.normalization.trimming import Trimmer

_AUTOMATIC_ADDRESS = "{{auto}}"
_KNOWN = frozenset({"id", "username", "email", "ip_address", "name", "data"})
# Clients too old to say `settings.infer_ip` whose server always inferred the address (PROTOCOL.md 10).
_SILENT_BROWSER_SDKS = (
    "sentry.javascript.browser",
    "sentry.javascript.react",
    "sentry.javascript.vue",
    "sentry.javascript.angular",
    "raven-js",
)


def read(sent: object, *, peer_ip: str | None, infers_address: bool, trimmer: Trimmer) -> dict[str, object] | None:
    """The canonical user; keys that no field has go to `data`; None for `{}`."""
    given = sent if isinstance(sent, dict) else {}
    address = scalars.name(given.get("ip_address"))
    if address == _AUTOMATIC_ADDRESS or (address is None and infers_address):
        address = peer_ip
    extra = {key: value for key, value in given.items() if key not in _KNOWN and value is not None}
    if isinstance(nested := given.get("data"), dict):
        extra = {**nested, **extra}
    user: dict[str, object] = {
        "id": scalars.name(given.get("id")),
        "username": scalars.name(given.get("username")),
        "email": scalars.name(given.get("email")),
        "ip_address": address,
        "name": scalars.name(given.get("name")),
        "data": trimmer.mapping(extra, "user.data"),
    }
    return user if any(user.values()) else None


def infers_address(sdk: object) -> bool:
    """Whether the SDK wants its peer's address to be taken as the user's."""
    sent = scalars.mapping(sdk)
    choice = scalars.mapping(sent.get("settings")).get("infer_ip")
    if choice is not None:
        return choice == "auto"
    name = sent.get("name")
    return isinstance(name, str) and name.startswith(_SILENT_BROWSER_SDKS)
