"""The only way to the database: a transaction that carries a signed tenant context.

Whoever opens one is at the edge of a process (a request, a stream batch, a job); nobody below commits.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import CursorResult, Executable, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from runtime.acting import SYSTEM, Acting
from runtime.clock import Clock, utc_now
from tenancy.context import NIL_UUID, ContextSigner

log = structlog.get_logger(__name__)

DEFAULT_LIFETIME = timedelta(seconds=60)
_SET_CONTEXT = text("SELECT set_config('app.ctx', :context, true)")
_PING = text("SELECT 1")

Parameters = Mapping[str, object] | Sequence[Mapping[str, object]]


class _Transaction:
    """Runs statements on one connection inside one open transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def execute(self, statement: Executable, parameters: Parameters | None = None) -> CursorResult[Any]:
        return await self._connection.execute(statement, parameters)


class TenantTransaction(_Transaction):
    """A transaction that sees and writes the rows of exactly one organization, on somebody's behalf."""

    def __init__(self, connection: AsyncConnection, organization_id: UUID, acting: Acting) -> None:
        super().__init__(connection)
        self.organization_id = organization_id
        self.acting = acting


class SystemTransaction(_Transaction):
    """A transaction without an organization: only definer functions and a signed-in person's own rows are in reach."""

    def __init__(self, connection: AsyncConnection, reason: str) -> None:
        super().__init__(connection)
        self.reason = reason


class Database:
    """Opens transactions as one login role."""

    def __init__(self, engine: AsyncEngine, signer: ContextSigner, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._signer = signer
        self._clock = clock

    @asynccontextmanager
    async def tenant(
        self, organization_id: UUID, *, user_id: UUID = NIL_UUID, acting: Acting = SYSTEM, lifetime: timedelta = DEFAULT_LIFETIME
    ) -> AsyncIterator[TenantTransaction]:
        """Commits at the end of the block, rolls back on an exception.

        PostgreSQL refuses every statement that starts after `lifetime`; long jobs ask for more.
        """
        async with self._engine.connect() as connection, connection.begin():
            await self._set_context(connection, organization_id, user_id, lifetime)
            yield TenantTransaction(connection, organization_id, acting)

    @asynccontextmanager
    async def system(
        self, *, reason: str, user_id: UUID = NIL_UUID, lifetime: timedelta = DEFAULT_LIFETIME
    ) -> AsyncIterator[SystemTransaction]:
        """Like `tenant`, for what happens before or above tenants; the reason is logged."""
        log.debug("system_transaction.opened", reason=reason)
        async with self._engine.connect() as connection, connection.begin():
            await self._set_context(connection, NIL_UUID, user_id, lifetime)
            yield SystemTransaction(connection, reason)

    async def is_reachable(self) -> bool:
        """Whether a connection can be had and answers."""
        try:
            async with self._engine.connect() as connection:
                await connection.execute(_PING)
        except Exception as error:  # noqa: BLE001  # a readiness probe reports every failure the same way
            log.warning("postgres.unreachable", error=type(error).__name__)
            return False
        return True

    async def close(self) -> None:
        await self._engine.dispose()

    async def _set_context(self, connection: AsyncConnection, organization_id: UUID, user_id: UUID, lifetime: timedelta) -> None:
        context = self._signer.sign(organization_id=organization_id, user_id=user_id, now=self._clock(), lifetime=lifetime)
        await connection.execute(_SET_CONTEXT, {"context": context})
