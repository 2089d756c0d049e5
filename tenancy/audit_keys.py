"""The keys with which personal fields of audit records are sealed, kept for a while because every request needs one."""

from datetime import timedelta
from time import monotonic
from uuid import UUID

from runtime.keyring import DataKey, LocalKeyring
from tenancy import data_keys
from tenancy.data_keys import DataKeyMissingError, DataKeyPurpose
from tenancy.scope import Database

LIFETIME = timedelta(minutes=10)  # after a rotation the old version seals no longer than this
MAX_KEPT = 10_000  # organizations; some 2 MB


class AuditKeys:
    """One per process; a key comes from the database once in LIFETIME."""

    def __init__(self, database: Database, keyring: LocalKeyring) -> None:
        self._database = database
        self._keyring = keyring
        self._kept: dict[UUID, tuple[DataKey, float]] = {}

    async def of(self, organization_id: UUID) -> DataKey | None:
        """The organization's newest key; None if it has none, and then nothing personal is recorded."""
        kept = self._kept.get(organization_id)
        if kept is not None and monotonic() < kept[1]:
            return kept[0]
        try:
            async with self._database.tenant(organization_id) as tx:
                key = await data_keys.current(tx, DataKeyPurpose.AUDIT, self._keyring)
        except DataKeyMissingError:
            return None
        self._keep(organization_id, key)
        return key

    def _keep(self, organization_id: UUID, key: DataKey) -> None:
        self._kept.pop(organization_id, None)
        if len(self._kept) >= MAX_KEPT:
            del self._kept[next(iter(self._kept))]  # the oldest: dicts keep their order
        self._kept[organization_id] = (key, monotonic() + LIFETIME.total_seconds())
