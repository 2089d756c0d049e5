"""What a worker must know of a tenant before it can open and store messages, in one round trip: keys and projects."""

from collections.abc import Collection, Mapping

import msgspec
from sqlalchemy import text

from runtime.keyring import DataKey, LocalKeyring, wrap_context
from tenancy.data_keys import DataKeyMissingError, DataKeyPurpose
from tenancy.scope import TenantTransaction

_LOAD = text("""
    SELECT k.purpose, k.version, k.wrapped_key, NULL AS project_id
    FROM tenancy.data_keys k
    WHERE k.purpose = ANY(CAST(:purposes AS text[]))
    UNION ALL
    SELECT NULL, NULL, NULL, p.project_id FROM tenancy.projects p
""")
_PURPOSES = (DataKeyPurpose.EVENTS, DataKeyPurpose.SUBJECTS, DataKeyPurpose.QUEUE)


class WorkerView(msgspec.Struct, frozen=True):
    events_key: DataKey  # the newest
    subject_key: DataKey  # the newest
    queue_keys: Mapping[int, DataKey]  # the asked-for versions, as far as they exist
    project_ids: frozenset[int]

    def __repr__(self) -> str:
        return f"WorkerView(projects={len(self.project_ids)})"


async def load(tx: TenantTransaction, keyring: LocalKeyring, *, queue_versions: Collection[int]) -> WorkerView:
    """Raises DataKeyMissingError for an organization that does not exist, SealBrokenError for keys of another keyring."""
    wrapped: dict[DataKeyPurpose, dict[int, bytes]] = {purpose: {} for purpose in _PURPOSES}
    project_ids: set[int] = set()
    for row in await tx.execute(_LOAD, {"purposes": [purpose.value for purpose in _PURPOSES]}):
        if row.project_id is not None:
            project_ids.add(row.project_id)
        else:
            wrapped[DataKeyPurpose(row.purpose)][row.version] = row.wrapped_key

    def unwrapped(purpose: DataKeyPurpose, version: int) -> DataKey:
        context = wrap_context(tx.organization_id, purpose.value, version)
        return DataKey(version, keyring.unwrap(wrapped[purpose][version], context=context))

    def newest(purpose: DataKeyPurpose) -> DataKey:
        if not wrapped[purpose]:
            raise DataKeyMissingError(purpose.value, None)
        return unwrapped(purpose, max(wrapped[purpose]))

    return WorkerView(
        events_key=newest(DataKeyPurpose.EVENTS),
        subject_key=newest(DataKeyPurpose.SUBJECTS),
        queue_keys={
            version: unwrapped(DataKeyPurpose.QUEUE, version)
            for version in queue_versions
            if version in wrapped[DataKeyPurpose.QUEUE]
        },
        project_ids=frozenset(project_ids),
    )
