"""What every endpoint of the edge does alike: who sends, appending what came, counting what is refused."""

import secrets
from datetime import datetime

import msgspec

from ingest.authentication import Admitted, Authenticator, KeyDirectory
from ingest.producer import Producer
from ingest.refusals import RefusalReason, Refused, of_auth_problem
from ingest.request import Request
from ingest.routes import Route
from protocol import auth_header
from protocol.auth_header import AuthProblem, Credentials
from protocol.dsn import parse_project_id
from protocol.outcome import OutcomeCount
from protocol.stream_message import MessageKind, StreamHeader
from runtime import metrics
from runtime.clock import Clock
from runtime.identifiers import new_uuid7
from runtime.keyring import LocalKeyring
from runtime.redis_client import RedisClient
from runtime.streams import DEFAULT_SHARDS, StreamUnavailableError
from tenancy.key_directory import KeyGrant

UNAVAILABLE = Refused(RefusalReason.UNAVAILABLE, "the queue is unavailable, try again")
BAD_PROJECT = Refused(RefusalReason.BAD_PROJECT, "bad project path parameter")


class IngestDependencies(msgspec.Struct, frozen=True):
    """What cli gives to the edge."""

    redis: RedisClient
    keys: KeyDirectory
    keyring: LocalKeyring
    clock: Clock
    shards: int = DEFAULT_SHARDS


class Sender(msgspec.Struct, frozen=True):
    """An admitted request: whose it is and when it came."""

    public_key: str
    admitted: Admitted
    received_at: datetime
    peer_ip: str | None
    user_agent: str | None

    @property
    def grant(self) -> KeyGrant:
        return self.admitted.grant


class Edge:
    """The parts of one process which all its requests share."""

    def __init__(self, dependencies: IngestDependencies) -> None:
        self.clock = dependencies.clock
        self.redis = dependencies.redis
        self.keys = dependencies.keys
        self.authenticator = Authenticator(dependencies.keys)
        self.producer = Producer(dependencies.redis, dependencies.keyring, shards=dependencies.shards)

    async def admit(self, request: Request, route: Route) -> Sender | Refused:
        """The sender by the forms of HTTP, or by the key in the path if there is one."""
        credentials = _credentials(request, route)
        if isinstance(credentials, AuthProblem):
            return of_auth_problem(credentials)
        project_id = None if route.project is None else parse_project_id(route.project)
        if route.project is not None and project_id is None:
            return BAD_PROJECT
        return await self.admit_key(credentials.public_key, request=request, project_id=project_id)

    async def admit_key(self, public_key: str, *, request: Request, project_id: int | None) -> Sender | Refused:
        """The sender by a key; the refusal of a known tenant's key is counted before it is given."""
        now = self.clock()
        decision = await self.authenticator.admit(public_key, project_id=project_id, now=now)
        if isinstance(decision, Admitted):
            return Sender(public_key, decision, now, request.peer_ip, request.user_agent)
        if decision.grant is None:
            return decision.refusal
        sender = Sender(public_key, Admitted(decision.grant, is_key_deprecated=False), now, request.peer_ip, request.user_agent)
        return await self.refuse(sender, decision.refusal)

    async def append(self, sender: Sender, *, payload: bytes, encoding: str, event_id: str | None) -> Refused | None:
        """Make an envelope durable; None when it is."""
        header = _header(sender, kind=MessageKind.ENVELOPE, encoding=encoding, event_id=event_id)
        return await self._commit(sender, header=header, payload=payload)

    async def append_export(
        self, sender: Sender, *, kind: MessageKind, payload: bytes, encoding: str, media_type: str
    ) -> Refused | None:
        """Make an OTLP request durable; None when it is."""
        header = _header(sender, kind=kind, encoding=encoding, event_id=None, media_type=media_type)
        return await self._commit(sender, header=header, payload=payload)

    async def count(self, sender: Sender, counts: tuple[OutcomeCount, ...]) -> Refused | None:
        """Make outcomes decided here durable; None when they are."""
        if not counts:
            return None
        for counted in counts:
            metrics.ingest_items.labels(counted.category, counted.outcome.value).inc(counted.quantity)
        header = _header(sender, kind=MessageKind.OUTCOMES, encoding="identity", event_id=None)
        return await self._commit(sender, header=header, payload=msgspec.json.encode(counts))

    async def refuse(self, sender: Sender, refusal: Refused) -> Refused:
        """The refusal, once its items have ended durably; if they cannot, the client must try again."""
        return await self.count(sender, refusal.counts) or refusal

    async def _commit(self, sender: Sender, *, header: StreamHeader, payload: bytes) -> Refused | None:
        try:
            await self.producer.append(sender.grant, header=header, payload=payload)
        except StreamUnavailableError:
            return UNAVAILABLE
        return None


def new_event_id() -> str:
    """A random id of 32 hex digits for an event which has none."""
    return secrets.token_hex(16)


def _credentials(request: Request, route: Route) -> Credentials | AuthProblem:
    if route.public_key is not None:
        return auth_header.from_key(route.public_key)
    return auth_header.parse_request(
        x_sentry_auth=request.header(b"x-sentry-auth"), authorization=request.header(b"authorization"), query=request.query
    )


def _header(
    sender: Sender, *, kind: MessageKind, encoding: str, event_id: str | None, media_type: str | None = None
) -> StreamHeader:
    grant = sender.grant
    return StreamHeader(
        message_id=new_uuid7(sender.received_at),
        organization_id=grant.organization_id,
        project_id=grant.project_id,
        key_id=grant.key_id,
        received_at=sender.received_at.timestamp(),
        kind=kind,
        encoding=encoding,
        queue_key_version=grant.queue_key_version,
        event_id=event_id,
        peer_ip=sender.peer_ip,
        user_agent=sender.user_agent,
        is_key_deprecated=sender.admitted.is_key_deprecated,
        media_type=media_type,
    )
