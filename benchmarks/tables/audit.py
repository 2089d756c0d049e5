"""What the audit log costs: transactions with and without a record, and how soon a signed checkpoint covers each record."""

import asyncio
import itertools
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg

from audit import record as records
from audit.actions import AuditAction
from audit.record import ActorKind, AuditActor, AuditRecord, AuditTarget, Change
from benchmarks import fill
from benchmarks.figures import Options, Section, Table, median, one, percentile, whole
from benchmarks.quiet import observer
from benchmarks.servers import deployment
from benchmarks.servers.deployment import Deployment
from cli import configuration
from runtime.clock import utc_now
from runtime.identifiers import new_uuid7
from runtime.keyring import LocalKeyring
from runtime.postgres import create_engine
from runtime.secrets import Secret
from tenancy import organizations
from tenancy.context import NIL_UUID, ContextSigner
from tenancy.scope import Database

_WRITERS = 8
_RATE = 1_000  # audited transactions per second
_TENANTS = 50
_POLL_SECONDS = 0.01
_SLICE_SECONDS = 4.0
_TARGET_SECONDS = 1.0
_ACTOR = AuditActor(ActorKind.USER, UUID(int=7), "session")


@dataclass(frozen=True, slots=True)
class _Lag:
    """Seconds from a record to the first moment at which another connection sees a checkpoint that covers it."""

    rate: float
    seconds: Sequence[float]
    sequencer_cores: float

    def share(self, wanted: float) -> float:
        return percentile(self.seconds, wanted)


def measure(options: Options) -> Section:
    with deployment.running() as deployed:
        deployed.start("scheduler")
        return asyncio.run(_measure(deployed, options))


async def _measure(deployed: Deployment, options: Options) -> Section:
    seconds = 10.0 if options.is_quick else 60.0
    bench = await _Bench.open(deployed)
    try:
        with observer.measuring():
            rates = [await bench.compare(_SLICE_SECONDS) for _ in range(options.repetitions + 1)][1:]  # the first one warms up
        with observer.measuring():
            single = await bench.lag(seconds, bench.issue_changes(with_record=True), [bench.organization_id])
        tenants = await bench.make_tenants(_TENANTS)
        with observer.measuring():
            many = await bench.lag(seconds, bench.records_of(tenants), tenants)
    finally:
        await bench.close()
    plain, audited = (median([pair[index] for pair in rates]) for index in (0, 1))
    cost = Table(
        ("transaction, 8 connections", "per second", "ratio"),
        [
            ("status of an issue changed", whole(plain), "1.00"),
            ("the same with its audit record, sequencer beside it", whole(audited), f"{median([b / a for a, b in rates]):.2f}"),
        ],
    )
    lags = Table(("load", "records/s", "p50 s", "p99 s", "worst s", "sequencer, share of a core"))
    for name, lag in (("one tenant, status changes", single), (f"{_TENANTS} tenants, records only", many)):
        lags.rows.append(
            (
                name,
                whole(lag.rate),
                f"{lag.share(0.5):.2f}",
                f"{lag.share(0.99):.2f}",
                f"{max(lag.seconds):.2f}",
                one(lag.sequencer_cores),
            )
        )
    is_reached = all(lag.rate >= 0.99 * _RATE and lag.share(0.99) < _TARGET_SECONDS for lag in (single, many))
    return Section(
        title="Audit log: cost of a record, wait for its checkpoint",
        tables=[cost, lags],
        remarks=[
            (
                f"fsync on, every transaction commits by itself, signed tenant context included. Lag: {_RATE} transactions per second for "
                f"{seconds:.0f} s, from the record's time to the moment another connection sees the covering checkpoint, asked every 10 ms."
            ),
            "The transactions are sent in one round trip each, so that the client costs little; it shares the cores with the servers.",
        ],
        target=f"{whole(_RATE)} audited transactions/s with p99 below {_TARGET_SECONDS:.0f} s: {'reached' if is_reached else '**missed**'}",
    )


class _Bench:
    """Connections as the API has them, and SQL that does what the product does, without its client's cost."""

    def __init__(
        self, deployed: Deployment, pool: "asyncpg.Pool[asyncpg.Record]", watcher: "asyncpg.Connection[asyncpg.Record]"
    ) -> None:
        self._deployed = deployed
        self._pool = pool
        self._watcher = watcher
        self._signer = ContextSigner("errata_api", Secret(deployed.installation.secret(configuration.context_key_of("api"))))
        self.organization_id = NIL_UUID
        self._issues: Iterator[UUID] = iter(())

    @classmethod
    async def open(cls, deployed: Deployment) -> "_Bench":
        pool = await asyncpg.create_pool(_api_url(deployed).reveal(), min_size=_WRITERS, max_size=_WRITERS)
        watcher = await deployed.connect_as_superuser()
        bench = cls(deployed, pool, watcher)
        project = await fill.find_project(watcher, deployed.project_id)
        await fill.fill(watcher, project, issues=1_000, events=2_000)
        await watcher.execute("RESET ALL")
        bench.organization_id = project.organization_id
        rows = await watcher.fetch("SELECT issue_id FROM eventstore.issues WHERE project_id = $1", project.project_id)
        bench._issues = itertools.cycle([row["issue_id"] for row in rows])
        return bench

    async def close(self) -> None:
        await self._watcher.close()
        await self._pool.close()

    def issue_changes(self, *, with_record: bool) -> Iterator[str]:
        """Endless transactions, each as one string."""
        for issue_id, status in zip(self._issues, itertools.cycle(("resolved", "unresolved")), strict=False):
            change = f"UPDATE eventstore.issues SET status = '{status}', status_changed_at = now() WHERE issue_id = '{issue_id}'"
            yield self._transaction(
                self.organization_id, change, *([self._record(self.organization_id, issue_id)] if with_record else [])
            )

    def records_of(self, tenants: Sequence[UUID]) -> Iterator[str]:
        for organization_id in itertools.cycle(tenants):
            yield self._transaction(organization_id, self._record(organization_id, organization_id))

    async def compare(self, seconds: float) -> tuple[float, float]:
        """Transactions per second without and with records, as fast as they go."""
        plain = await self._run(self.issue_changes(with_record=False), seconds=seconds, rate=None)
        return plain, await self._run(self.issue_changes(with_record=True), seconds=seconds, rate=None)

    async def lag(self, seconds: float, transactions: Iterator[str], tenants: Sequence[UUID]) -> _Lag:
        await self._until_sequenced()
        began, cpu = datetime.now(UTC), self._deployed.cpu_seconds()["scheduler"]
        seen: list[tuple[datetime, dict[UUID, int]]] = []
        watching = asyncio.create_task(self._watch(seen))
        rate = await self._run(transactions, seconds=seconds, rate=_RATE)
        cores = (self._deployed.cpu_seconds()["scheduler"] - cpu) / seconds
        await asyncio.sleep(2 * _TARGET_SECONDS)
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        found = [lag for organization_id in tenants for lag in await self._lags_of(organization_id, began, seen)]
        return _Lag(rate, found, cores)

    async def make_tenants(self, count: int) -> list[UUID]:
        keyring = LocalKeyring(Secret(self._deployed.installation.secret(configuration.MASTER_KEY)))
        url = Secret(_api_url(self._deployed).reveal().replace("postgresql://", "postgresql+asyncpg://", 1))
        database = Database(create_engine(url, pool_size=1, application_name="benchmark"), self._signer)
        made = [new_uuid7() for _ in range(count)]
        for number, organization_id in enumerate(made):
            async with database.tenant(organization_id) as tx:
                await organizations.create(tx, name=f"Tenant {number}", slug=f"tenant-{number}", now=utc_now(), keyring=keyring)
        await database.close()
        return made

    async def _run(self, transactions: Iterator[str], *, seconds: float, rate: float | None) -> float:
        """Transactions per second."""
        began, done = time.monotonic(), itertools.count()
        numbers = itertools.count()

        async def write() -> None:
            async with self._pool.acquire() as connection:
                while (now := time.monotonic() - began) < seconds:
                    due = next(numbers) / rate if rate else now
                    if due > now:
                        await asyncio.sleep(due - now)
                    await connection.execute(next(transactions))
                    next(done)

        await asyncio.gather(*(write() for _ in range(_WRITERS)))
        return next(done) / (time.monotonic() - began)

    async def _watch(self, seen: list[tuple[datetime, dict[UUID, int]]]) -> None:
        while True:
            rows = await self._watcher.fetch("SELECT organization_id, size FROM audit.trees")
            seen.append((datetime.now(UTC), {row["organization_id"]: row["size"] for row in rows}))
            await asyncio.sleep(_POLL_SECONDS)

    async def _lags_of(self, organization_id: UUID, began: datetime, seen: list[tuple[datetime, dict[UUID, int]]]) -> list[float]:
        leaves = await self._watcher.fetch(
            "SELECT leaf_index, occurred_at FROM audit.leaves WHERE organization_id = $1 AND occurred_at >= $2 ORDER BY leaf_index",
            organization_id,
            began,
        )
        moments, found = iter(seen), []
        moment, sizes = next(moments)
        for row in leaves:
            while sizes.get(organization_id, 0) <= row["leaf_index"]:
                moment, sizes = next(moments)
            found.append((moment - row["occurred_at"]).total_seconds())
        return found

    async def _until_sequenced(self) -> None:
        while await self._watcher.fetchval("SELECT count(*) FROM audit.pending"):  # noqa: ASYNC110  # another process works
            await asyncio.sleep(0.1)

    def _transaction(self, organization_id: UUID, *statements: str) -> str:
        context = self._signer.sign(
            organization_id=organization_id, user_id=NIL_UUID, now=utc_now(), lifetime=timedelta(seconds=60)
        )
        return f"BEGIN; SELECT set_config('app.ctx', '{context}', true); {'; '.join(statements)}; COMMIT"

    def _record(self, organization_id: UUID, target_id: UUID) -> str:
        now = utc_now()
        made = AuditRecord(
            record_id=new_uuid7(now),
            occurred_at=now,
            action=AuditAction.ISSUE_STATUS_CHANGED,
            actor=_ACTOR,
            target=AuditTarget("issue", str(target_id)),
            changes={"status": Change("unresolved", "resolved")},
            request_id=str(target_id),
        )
        entry = records.seal(made, organization_id=organization_id).entry
        return (
            "INSERT INTO audit.pending (organization_id, record_id, action_number, entry)"
            f" VALUES ('{organization_id}', '{made.record_id}', {made.action.number}, '\\x{entry.hex()}')"
        )


def _api_url(deployed: Deployment) -> Secret:
    password = Secret(deployed.installation.secret(configuration.password_of("api")))
    return configuration.url_for_user(deployed.installation.postgres.url(), user="errata_api", password=password)
