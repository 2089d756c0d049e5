"""On whose behalf a request runs, as the audit trail records it."""

from ipaddress import IPv6Address, ip_address

import msgspec
from starlette.requests import HTTPConnection

from dashboard_api import request_ids
from dashboard_api.authentication import KeyProof, Proof, SessionProof
from dashboard_api.wiring import ApiDependencies
from runtime.acting import Acting, ActingKind

MAX_USER_AGENT_LENGTH = 300


def anonymous(connection: HTTPConnection) -> Acting:
    """Where a request comes from, before it is known who sends it."""
    address = connection.client.host if connection.client else None
    user_agent = connection.headers.get("user-agent")
    return Acting(
        ActingKind.ANONYMOUS,
        network=None if address is None else network_of(address),
        address=address,
        user_agent=None if user_agent is None else user_agent[:MAX_USER_AGENT_LENGTH],
        request_id=request_ids.of(connection),
    )


async def acting_of(connection: HTTPConnection, proof: Proof, *, dependencies: ApiDependencies) -> Acting:
    """Who asks, with which credential, from where; with the key that seals what is personal of it."""
    kind, credential_id = _credential(proof)
    return msgspec.structs.replace(
        anonymous(connection),
        kind=kind,
        actor_id=proof.user_id,
        credential_id=credential_id,
        audit_key=await dependencies.audit_keys.of(proof.organization_id),
    )


def network_of(address: str) -> str | None:
    """loopback, private or public; None for what is no address, such as a Unix socket."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return None
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    if parsed.is_loopback:
        return "loopback"
    return "public" if parsed.is_global else "private"


def _credential(proof: Proof) -> tuple[ActingKind, str]:
    match proof:
        case SessionProof(session):
            return ActingKind.USER, session.credential_id
        case KeyProof(key):
            return ActingKind.API_KEY, str(key.key_id)
