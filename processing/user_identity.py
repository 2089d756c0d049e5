"""A person as a keyed hash: equal people can be counted and found, nobody can be recognised without the tenant's key."""

import hmac

USER_HASH_BYTES = 16
_PSEUDONYM_LETTERS = 16
_HEX_TO_LETTERS = str.maketrans(
    "0123456789abcdef", "abcdefghijklmnop"
)  # no digits: nothing that could look like a number of a person


def user_hash(user: object, subject_key: bytes) -> bytes | None:
    """16 bytes for the best identifier of a canonical, unscrubbed user: id, else e-mail, else user name, else address.

    None if nothing identifies the user.  An e-mail counts the same in any case of letters.
    """
    if not isinstance(user, dict):
        return None
    for field in ("id", "email", "username", "ip_address"):
        if isinstance(value := user.get(field), str) and value:
            return identifier_hash(field, value, subject_key)
    return None


def identifier_hash(kind: str, value: str, subject_key: bytes) -> bytes:
    """The hash under which an identifier of this kind (id, email, username, ip_address) is stored and searched."""
    text = value.strip().casefold() if kind == "email" else value.strip()
    return hmac.digest(subject_key, f"{kind}\x00{text}".encode("utf-8", "replace"), "sha256")[:USER_HASH_BYTES]


def pseudonym(kind: str, value: str, subject_key: bytes) -> str:
    """What stands in an event in place of an identifier: "[email:fpao...]", equal for equal people of one tenant."""
    label = "ip" if kind == "ip_address" else kind
    letters = identifier_hash(kind, value, subject_key).hex().translate(_HEX_TO_LETTERS)
    return f"[{label}:{letters[:_PSEUDONYM_LETTERS]}]"
