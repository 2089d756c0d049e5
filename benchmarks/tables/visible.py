"""How long it takes until an accepted event can be seen through the API: the wait of somebody who looks at the dashboard."""

import http.client
import time
import uuid
from datetime import UTC, datetime

from benchmarks.envelopes import corpus
from benchmarks.envelopes.corpus import EnvelopeBody
from benchmarks.envelopes.events import EventSize
from benchmarks.figures import Options, Section, Table, median, percentile, whole
from benchmarks.load import launch
from benchmarks.load.launch import Load, Target
from benchmarks.quiet import observer
from benchmarks.servers import deployment
from benchmarks.servers.api_client import ApiClient
from benchmarks.servers.deployment import Deployment

_EVENTS = 30
_PAUSE_SECONDS = 0.05
_IDLE_POLL_SECONDS, _LOADED_POLL_SECONDS = 0.002, 0.02  # each question costs the API milliseconds
_PATIENCE_SECONDS = 30
_RATES = (100, 500)
_TARGET_IDLE_MS, _TARGET_LOADED_MS = 300, 1000


def measure(options: Options) -> Section:
    bodies = list(corpus.make_bodies(EventSize.NORMAL, count=_EVENTS, seed=2, now=datetime.now(UTC), traces=5))
    with deployment.running() as deployed:
        for name in ("api", "ingest", "worker-1"):
            deployed.start(name)
        _waits(deployed, bodies[:5], every_seconds=_IDLE_POLL_SECONDS)  # warm
        rounds = {"idle": [_waits_idle(deployed, bodies) for _ in range(options.repetitions)]}
        for rate in _RATES:
            seconds = options.seconds(9)
            rounds[f"{rate} events/s beside it"] = [
                _waits_under_load(deployed, bodies, rate=rate, seconds=seconds) for _ in range(options.repetitions)
            ]
    table = Table(("load", "p50 ms", "p95 ms", "worst ms", "answer of the edge, p50 ms"))
    p95: dict[str, float] = {}
    for name, repetitions in rounds.items():
        visible = [[seen for _, seen in each] for each in repetitions]
        p50, p95[name] = (median([percentile(each, share) for each in visible]) for share in (0.5, 0.95))
        answers = median([percentile([answered for answered, _ in each], 0.5) for each in repetitions])
        table.rows.append((name, whole(p50), whole(p95[name]), whole(max(map(max, visible))), whole(answers)))
    loaded = p95[f"{_RATES[-1]} events/s beside it"]
    return Section(
        title="From accepted to visible",
        tables=[table],
        remarks=[
            (
                f"{len(bodies)} events of 20 KB per repetition, sent one by one; from the first byte sent until GET "
                f"/api/v1/events/{{id}} answers 200, asked every 2 ms, under load every 20 ms. API, edge, one worker, PostgreSQL, Redis, both load clients: all "
                f"share the machine's cores."
            ),
        ],
        target=f"{_TARGET_IDLE_MS} ms idle: {_verdict(p95['idle'], _TARGET_IDLE_MS)}; p95 {whole(_TARGET_LOADED_MS)} ms at "
        f"{_RATES[-1]} events/s: {_verdict(loaded, _TARGET_LOADED_MS)}",
    )


def _waits_idle(deployed: Deployment, bodies: list[EnvelopeBody]) -> list[tuple[float, float]]:
    with observer.measuring():
        return _waits(deployed, bodies, every_seconds=_IDLE_POLL_SECONDS)


def _waits_under_load(
    deployed: Deployment, bodies: list[EnvelopeBody], *, rate: float, seconds: float
) -> list[tuple[float, float]]:
    with observer.measuring():
        client = launch.start(deployed.target, Load(connections=16, seconds=seconds, rate=rate))
        time.sleep(1)
        waits: list[tuple[float, float]] = []
        for body in bodies:
            if client.poll() is not None:
                break
            waits += _waits(deployed, [body], every_seconds=_LOADED_POLL_SECONDS)
        launch.finish(client)
    return waits


def _waits(deployed: Deployment, bodies: list[EnvelopeBody], *, every_seconds: float) -> list[tuple[float, float]]:
    """Milliseconds until the edge's answer and until the event is seen."""
    found = []
    with ApiClient(deployed) as client:
        for body in bodies:
            event_id = uuid.uuid4().hex
            packed = corpus.with_event_id(body, event_id)
            began = time.perf_counter()
            _send(deployed.target, packed)
            answered = time.perf_counter()
            while client.get(f"/api/v1/events/{event_id}")[0] != http.client.OK:
                if time.perf_counter() - began > _PATIENCE_SECONDS:
                    raise RuntimeError(f"the event was not visible after {_PATIENCE_SECONDS} s")
                time.sleep(every_seconds)
            found.append(((answered - began) * 1000, (time.perf_counter() - began) * 1000))
            time.sleep(_PAUSE_SECONDS)
    return found


def _send(target: Target, packed: bytes) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", target.port, timeout=_PATIENCE_SECONDS)
    headers = {
        "X-Sentry-Auth": f"Sentry sentry_key={target.key}, sentry_version=7, sentry_client=errata.benchmark/1",
        "Content-Type": "application/x-sentry-envelope",
        "Content-Encoding": "gzip",
    }
    connection.request("POST", target.path, body=packed, headers=headers)
    status = connection.getresponse().status
    connection.close()
    if status != http.client.OK:
        raise RuntimeError(f"the edge answered {status}")


def _verdict(value: float, limit: float) -> str:
    return f"{'reached' if value <= limit else '**missed**'} (p95 {whole(value)} ms)"
