"""Every recorded request against the running installation: the right answer, and the right event behind it."""

import json
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
import pytest_asyncio

from protocol.event import Event
from tests import corpus_expectations, corpus_index
from tests.conftest import TenantFixture
from tests.corpus_index import CorpusRow, ExpectedEvent
from tests.integration.ingest.edge_server import Answer
from tests.integration.ingest.test_corpus_replay import REFUSED, for_tenant, load_recordings, replay
from tests.journeys.patience import eventually
from tests.journeys.rest import Json, Project, RestApi
from tests.journeys.running_errata import RunningErrata

_STORED_SECONDS = 30.0
_NOBODY = UUID(int=0)  # the edge's tests know their tenant by more ids than a request carries


@dataclass(frozen=True)
class Replayed:
    project: Project
    answers: dict[str, Answer]  # by path of the corpus

    def expected(self) -> dict[str, tuple[CorpusRow, ExpectedEvent]]:
        """By event id: what INDEX.md says of the request that brought it first; of those that repeat an id, nothing is stored."""
        rows = {row.path: row for row in corpus_index.rows()}
        found: dict[str, tuple[CorpusRow, ExpectedEvent]] = {}
        for path, answer in self.answers.items():  # in the order in which they were sent
            if answer.status == 200 and path in rows and (events := corpus_index.expected_events(rows[path])):
                found.setdefault(json.loads(answer.body)["id"], (rows[path], events[0]))
        return found


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def replayed(errata: RunningErrata, rest: RestApi) -> Replayed:
    project = await rest.new_project("Corpus", "other")
    tenant = TenantFixture(_NOBODY, int(project.project_id), _NOBODY, project.public_key)
    port = urlsplit(errata.endpoints.ingest_url).port or 80
    answers = {recording.name: await replay(port, for_tenant(recording, tenant)) for recording in load_recordings()}
    return Replayed(project, answers)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def served(replayed: Replayed, rest: RestApi) -> dict[str, Json]:
    """What REST serves for each expected event, by its id, as soon as it is stored."""
    return {event_id: await rest.stored_event(event_id, within=_STORED_SECONDS) for event_id in replayed.expected()}


async def test_every_request_gets_the_answer_of_a_compatible_server(replayed: Replayed) -> None:
    wrong = {
        name: (answer.status, answer.body)
        for name, answer in replayed.answers.items()
        if answer.status not in ({REFUSED[name][0]} if name in REFUSED else {200, 201, 202})
    }
    assert len(replayed.answers) > 650
    assert wrong == {}


async def test_every_event_is_stored_as_the_index_says(replayed: Replayed, served: dict[str, Json]) -> None:
    expected_events = replayed.expected()
    wrong: dict[str, object] = {}
    for event_id, (row, expected) in expected_events.items():
        event = msgspec.convert(served[event_id]["event"], Event)
        differences = corpus_expectations.differences(event, expected, row=row)
        if not event.culprit and any(exception.frames for exception in event.exceptions):
            differences["culprit"] = ("", "something")
        if differences:
            wrong[row.path] = differences
    assert wrong == {}
    assert len(expected_events) > 340


async def test_no_planted_personal_data_is_served(replayed: Replayed, served: dict[str, Json], rest: RestApi) -> None:
    leaks = set()
    for event_id, (row, _) in replayed.expected().items():
        text = json.dumps(served[event_id], ensure_ascii=False)
        leaks |= {(row.path, planted) for planted in corpus_expectations.PLANTED if planted in text}
    issues = await rest.pages(f"/projects/{replayed.project.project_id}/issues", limit=100)
    leaks |= {("issues", planted) for planted in corpus_expectations.PLANTED if planted in json.dumps(issues)}
    assert leaks == set()


async def test_what_was_sent_is_accounted_for(replayed: Replayed, served: dict[str, Json], rest: RestApi) -> None:
    """Accepted error events = sum of the issues' counts; an id that came twice counts once."""
    path = f"/projects/{replayed.project.project_id}"

    async def counted_alike() -> tuple[int, int] | None:
        counted = sum(issue["event_count"] for issue in await rest.pages(f"{path}/issues", limit=100))
        outcomes = (await rest.get(f"{path}/outcomes"))["items"]
        accepted = sum(item["quantity"] for item in outcomes if (item["category"], item["outcome"]) == ("error", "accepted"))
        return (counted, accepted) if counted == accepted else None

    _, accepted = await eventually(counted_alike, what="issues and outcomes count alike", within=_STORED_SECONDS)
    assert accepted >= len(served)
