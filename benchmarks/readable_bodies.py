"""Gives a sample of filled events a body that opens: a real event, through the real pipeline, sealed with the tenant's key."""

import zlib
from datetime import UTC, datetime
from uuid import UUID

import asyncpg

from benchmarks.envelopes import corpus
from benchmarks.envelopes.events import EventSize
from benchmarks.fill import Project
from benchmarks.servers.deployment import Deployment
from cli import configuration
from eventstore.event_body import seal_body
from processing.event_input import EventInput, ProjectSettings
from processing.pipeline import Processed, process
from protocol import envelope
from protocol.envelope import Envelope
from protocol.event import encode_event
from runtime.keyring import DataKey, LocalKeyring, wrap_context
from runtime.secrets import Secret
from tenancy.data_keys import DataKeyPurpose

_LATEST_OF_ISSUES = """
    SELECT DISTINCT ON (issue_id) issue_id, event_id FROM eventstore.events
    WHERE organization_id = $1 AND issue_id = ANY ($2) ORDER BY issue_id, received_at DESC, event_id DESC
"""
_REPLACE = """
    UPDATE eventstore.events SET body = $4, body_format = $5, body_key_version = $6
    WHERE organization_id = $1 AND project_id = $2 AND event_id = $3
"""


async def write(
    connection: "asyncpg.Connection[asyncpg.Record]", deployed: Deployment, project: Project, *, issue_ids: list[UUID]
) -> list[UUID]:
    """Make the latest event of each issue readable; returns the events' ids in the order of the issues."""
    key = await _events_key(connection, deployed, project)
    event_json = _event_json(project)
    rows = await connection.fetch(_LATEST_OF_ISSUES, project.organization_id, issue_ids)
    latest: dict[UUID, UUID] = {row["issue_id"]: row["event_id"] for row in rows}
    for event_id in latest.values():
        sealed = seal_body(event_json, key=key, organization_id=project.organization_id, event_id=event_id)
        place = (project.organization_id, project.project_id, event_id)
        await connection.execute(_REPLACE, *place, sealed.body, sealed.body_format, sealed.key_version)
    return [latest[issue_id] for issue_id in issue_ids]


async def _events_key(connection: "asyncpg.Connection[asyncpg.Record]", deployed: Deployment, project: Project) -> DataKey:
    row = await connection.fetchrow(
        "SELECT version, wrapped_key FROM tenancy.data_keys WHERE organization_id = $1 AND purpose = $2"
        " ORDER BY version DESC LIMIT 1",
        project.organization_id,
        DataKeyPurpose.EVENTS.value,
    )
    assert row is not None, "the organization was made with its keys"
    keyring = LocalKeyring(Secret(deployed.installation.secret(configuration.MASTER_KEY)))
    context = wrap_context(project.organization_id, DataKeyPurpose.EVENTS.value, row["version"])
    return DataKey(row["version"], keyring.unwrap(row["wrapped_key"], context=context))


def _event_json(project: Project) -> bytes:
    """One event of 20 KB as the worker would have stored it."""
    now = datetime.now(UTC)
    (body,) = corpus.make_bodies(EventSize.NORMAL, count=1, seed=1, now=now, traces=1)
    parsed = envelope.parse(zlib.decompress(body.gzipped, 31))
    assert isinstance(parsed, Envelope)
    given = EventInput(payload=bytes(parsed.items[0].payload), received_at=now, event_id="1" * 32, sent_at=now)
    processed = process(given, ProjectSettings(project_id=project.project_id, subject_key=b"k" * 32))
    assert isinstance(processed, Processed)
    return encode_event(processed.event)
