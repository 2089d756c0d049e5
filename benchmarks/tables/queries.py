"""How long people wait: issue lists, searches, issue and event pages under row-level security, over filled projects."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from uuid import UUID

import asyncpg

from benchmarks import fill, machine, readable_bodies
from benchmarks.figures import Options, Section, Table, median, one, percentile, whole
from benchmarks.quiet import observer
from benchmarks.servers import deployment
from benchmarks.servers.api_client import ApiClient, issues_path
from benchmarks.servers.deployment import Deployment

_REQUESTS = 40  # per repetition
_SAMPLE = 200  # issues that are opened
_TARGET_MS = 100
_PLAIN = "GET /healthz, the same server"
# Nothing is lost when this machine stops in the middle of a fill; reading is not affected.
_WHILE_FILLING = {"fsync": "off", "max_wal_size": "4GB", "autovacuum": "off"}

_FILTERS = (
    "is:unresolved level:error environment:staging",
    "is:unresolved level:warning plan:pro",
    "is:unresolved region:eu-west customer_id:c17",
    "level:error shard:s3 feature:invoice",
    "is:resolved environment:qa os:Linux",
    "is:unresolved !environment:production queue:payment",
)
_WORDS = ("invoice", "ledger", '"payment_queue for"', "shop.checkout", "TimeoutError", "nothinghasthisname")


@dataclass(frozen=True, slots=True)
class _Sample:
    """Issues of every size, and their latest events."""

    project_id: int
    issue_ids: list[UUID]
    event_ids: list[UUID]


def measure(options: Options) -> Section:
    sizes = [(10_000, 100_000)] if not options.is_full else [(10_000, 100_000), (100_000, 1_000_000)]
    if options.is_quick:
        sizes = [(2_000, 20_000)]
    measured = [_measure_size(options, issues=issues, events=events) for issues, events in sizes]
    columns = ["request"]
    for (issues, events), _ in zip(sizes, measured, strict=True):
        columns += [f"{whole(events)} events, {whole(issues)} issues: p50 ms", "p95 ms", "p50 / plain"]
    table = Table(tuple(columns))
    plain = [figures[_PLAIN][0] for figures, _ in measured]
    for name in measured[0][0]:
        row = [name]
        for (figures, _), limit in zip(measured, plain, strict=True):
            p50, p95 = figures[name]
            row += [one(p50), one(p95), one(p50 / limit)]
        table.rows.append(tuple(row))
    slowest = max(((p95, name) for name, (_, p95) in measured[-1][0].items()), default=(0.0, ""))
    verdict = "reached" if slowest[0] <= _TARGET_MS else "**missed**"
    filled = "; ".join(
        f"{whole(size[1])} events in {whole(seconds)} s" for size, (_, seconds) in zip(sizes, measured, strict=True)
    )
    return Section(
        title="Queries: what people wait for, under row-level security",
        tables=[table],
        remarks=[
            (
                f"Through the REST API with an API key, one connection, {_REQUESTS} requests per repetition over different issues and "
                f"different conditions; answers read in full. API on core {machine.SERVER_CORE}, PostgreSQL and client on "
                f"core {machine.CLIENT_CORE}, shared_buffers as `errata up` sets them. No `period` is given: the whole project is in question."
            ),
            f"Filled by benchmarks/fill.py ({filled}): 20,000 users, 12 tags, 30 days, few issues with most of the events.",
        ],
        target=f"p95 {_TARGET_MS} ms at 1,000,000 events and 100,000 issues: {verdict} at {whole(sizes[-1][1])} events "
        f"({one(slowest[0])} ms, {slowest[1]})",
    )


def _measure_size(options: Options, *, issues: int, events: int) -> tuple[dict[str, tuple[float, float]], float]:
    """p50 and p95 of every request, and how long the fill took."""
    with deployment.running(postgres_options=_WHILE_FILLING) as deployed:
        for server in ("postgres", "redis"):
            machine.pin(deployed.process_id(server), machine.all_cores())
        sample, seconds = asyncio.run(_prepare(deployed, issues=issues, events=events))
        machine.pin(deployed.process_id("postgres"), [machine.CLIENT_CORE])
        deployed.start("api", core=machine.SERVER_CORE)
        with ApiClient(deployed) as client:
            figures = {name: _time(client, paths, options) for name, paths in _requests(client, sample).items()}
    return figures, seconds


async def _prepare(deployed: Deployment, *, issues: int, events: int) -> tuple[_Sample, float]:
    connection = await deployed.connect_as_superuser()
    try:
        project = await fill.find_project(connection, deployed.project_id)
        seconds = await fill.fill(connection, project, issues=issues, events=events)
        issue_ids = await _some_issues(connection, project.project_id)
        event_ids = await readable_bodies.write(connection, deployed, project, issue_ids=issue_ids)
        return _Sample(project.project_id, issue_ids, event_ids), seconds
    finally:
        await connection.close()


async def _some_issues(connection: "asyncpg.Connection[asyncpg.Record]", project_id: int) -> list[UUID]:
    """Half of them the largest, half of them any: people open both."""
    rows = await connection.fetch(
        "(SELECT issue_id FROM eventstore.issues WHERE project_id = $1 ORDER BY event_count DESC LIMIT $2)"
        " UNION (SELECT issue_id FROM eventstore.issues WHERE project_id = $1 ORDER BY md5(issue_id::text) LIMIT $2)",
        project_id,
        _SAMPLE // 2,
    )
    return [row["issue_id"] for row in rows]


def _requests(client: ApiClient, sample: _Sample) -> dict[str, Iterator[str]]:
    """Endless paths for each row of the table."""
    project_id = sample.project_id
    issues, events = cycle(sample.issue_ids), cycle(sample.event_ids)
    deep = f"{issues_path(project_id)}&cursor={_deep_cursor(client, project_id)}"

    def each(template: Callable[[UUID], str], ids: Iterator[UUID]) -> Iterator[str]:
        return (template(found) for found in ids)

    return {
        _PLAIN: cycle(["/healthz"]),
        "issue list, unresolved": cycle([issues_path(project_id, "is:unresolved")]),
        "issue list, tenth page": cycle([deep]),
        "issue list, most events first": cycle([f"{issues_path(project_id, 'is:unresolved')}&sort=events"]),
        "issue list, three filters": cycle([issues_path(project_id, query) for query in _FILTERS]),
        "free text": cycle([issues_path(project_id, words) for words in _WORDS]),
        "free text and two filters": cycle([issues_path(project_id, f"is:unresolved level:error {words}") for words in _WORDS]),
        "facets of the search bar": cycle([f"/api/v1/projects/{project_id}/facets"]),
        "issue page": each(lambda found: f"/api/v1/issues/{found}", issues),
        "events of an issue": each(lambda found: f"/api/v1/issues/{found}/events", issues),
        "latest event of an issue": each(lambda found: f"/api/v1/issues/{found}/events/latest", issues),
        "event page": each(lambda found: f"/api/v1/events/{found.hex}", events),
        "project list": cycle(["/api/v1/projects"]),
    }


def _deep_cursor(client: ApiClient, project_id: int) -> str:
    cursor = ""
    for _ in range(9):
        path = issues_path(project_id) + (f"&cursor={cursor}" if cursor else "")
        cursor = client.get_json(path)["next_cursor"]
    return cursor


def _time(client: ApiClient, paths: Iterator[str], options: Options) -> tuple[float, float]:
    """Medians of p50 and p95 over the repetitions, after one unmeasured round."""
    for path in islice(paths, 6):
        client.milliseconds(path)
    rounds = []
    for _ in range(options.repetitions):
        with observer.measuring():
            rounds.append([client.milliseconds(path) for path in islice(paths, _REQUESTS)])
    return median([percentile(each, 0.5) for each in rounds]), median([percentile(each, 0.95) for each in rounds])
