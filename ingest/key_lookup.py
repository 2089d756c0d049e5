"""The directory of keys in PostgreSQL, asked as the role `ingest`."""

import asyncio

import structlog
from sqlalchemy.exc import SQLAlchemyError

from ingest.authentication import KeyDirectoryUnavailableError
from tenancy import key_directory
from tenancy.key_directory import KeyGrant
from tenancy.scope import Database

LOOKUP_DEADLINE_SECONDS = 5

log = structlog.get_logger(__name__)


class DatabaseKeyDirectory:
    """A KeyDirectory over tenancy's definer function."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, public_key: str) -> KeyGrant | None:
        """Raises KeyDirectoryUnavailableError if PostgreSQL does not answer in time."""
        try:
            async with asyncio.timeout(LOOKUP_DEADLINE_SECONDS), self._database.system(reason="look up a DSN key") as tx:
                return await key_directory.find(tx, public_key)
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            log.warning("key_directory.unavailable", error=type(error).__name__)
            raise KeyDirectoryUnavailableError from error
