"""What a worker must know of a tenant before it can open a message: keys and projects, read at most every five seconds."""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

import msgspec

from processing.event_input import ProjectSettings
from runtime.clock import Clock
from runtime.keyring import DataKey, LocalKeyring
from tenancy import worker_view
from tenancy.scope import Database, TenantTransaction

MAX_AGE_SECONDS = 5.0  # a rotated key or a changed policy is in force within this time
MAX_TENANTS = 10_000  # beyond this the oldest snapshots are forgotten


class TenantSettings(msgspec.Struct, frozen=True):
    """A snapshot; a project or key version that is absent did not exist when it was taken."""

    organization_id: UUID
    loaded_at: float
    events_key: DataKey
    queue_keys: Mapping[int, DataKey]
    projects: Mapping[int, ProjectSettings]

    def __repr__(self) -> str:
        return f"TenantSettings({self.organization_id})"


class SettingsCache:
    """Snapshots per organization; one that lacks what is asked for is taken anew."""

    def __init__(self, database: Database, keyring: LocalKeyring, clock: Clock) -> None:
        self._database = database
        self._keyring = keyring
        self._clock = clock
        self._snapshots: dict[UUID, TenantSettings] = {}

    async def get(self, organization_id: UUID, *, project_ids: Iterable[int], key_versions: Collection[int]) -> TenantSettings:
        """Raises DataKeyMissingError for an organization that does not exist, SealBrokenError for keys of another keyring."""
        versions = set(key_versions)
        snapshot = self._snapshots.get(organization_id)
        if snapshot is not None and self._is_fresh(snapshot):
            if snapshot.queue_keys.keys() >= versions and snapshot.projects.keys() >= set(project_ids):
                return snapshot
            versions |= snapshot.queue_keys.keys()
        async with self._database.tenant(organization_id) as tx:
            snapshot = await self._load(tx, versions)
        self._snapshots.pop(organization_id, None)
        self._snapshots[organization_id] = snapshot
        if len(self._snapshots) > MAX_TENANTS:
            del self._snapshots[next(iter(self._snapshots))]
        return snapshot

    def _is_fresh(self, snapshot: TenantSettings) -> bool:
        return 0 <= self._clock().timestamp() - snapshot.loaded_at < MAX_AGE_SECONDS

    async def _load(self, tx: TenantTransaction, versions: Collection[int]) -> TenantSettings:
        loaded_at = self._clock().timestamp()
        view = await worker_view.load(tx, self._keyring, queue_versions=versions)
        return TenantSettings(
            organization_id=tx.organization_id,
            loaded_at=loaded_at,
            events_key=view.events_key,
            queue_keys=view.queue_keys,
            projects={
                project_id: ProjectSettings(project_id=project_id, subject_key=view.subject_key.key)
                for project_id in view.project_ids
            },
        )
