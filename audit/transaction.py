"""What the audit room needs of a transaction.  tenancy.scope, which stands above, provides the real ones."""

from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import CursorResult, Executable

from runtime.acting import Acting


class Transaction(Protocol):
    async def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]: ...


class TenantScope(Transaction, Protocol):
    """A transaction which sees one organization only."""

    @property
    def organization_id(self) -> UUID: ...

    @property
    def acting(self) -> Acting: ...


class Transactions(Protocol):
    """Opens them; tenancy.scope.Database is one."""

    def tenant(self, organization_id: UUID) -> AbstractAsyncContextManager[TenantScope]: ...

    def system(self, *, reason: str) -> AbstractAsyncContextManager[Transaction]: ...
