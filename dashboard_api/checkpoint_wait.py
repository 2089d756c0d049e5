"""Holds an answer back until a signed checkpoint covers what it did: then not even we can deny it any more."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from audit import explorer
from dashboard_api.refusals import CheckpointLateError
from tenancy.scope import Database

PATIENCE = timedelta(seconds=2)  # the sequencer runs every 200 ms
_POLL = timedelta(milliseconds=50)


async def until_covered(database: Database, organization_id: UUID, *, record_ids: Sequence[UUID]) -> None:
    """Returns when all records are in the tree.  Raises CheckpointLateError after PATIENCE: they are recorded, but not signed."""
    if not record_ids:
        return
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            while not await _are_covered(database, organization_id, record_ids=record_ids):  # noqa: ASYNC110  # the sequencer is another process
                await asyncio.sleep(_POLL.total_seconds())
    except TimeoutError as error:
        raise CheckpointLateError from error


async def _are_covered(database: Database, organization_id: UUID, *, record_ids: Sequence[UUID]) -> bool:
    async with database.tenant(organization_id) as tx:
        return await explorer.are_covered(tx, record_ids)
