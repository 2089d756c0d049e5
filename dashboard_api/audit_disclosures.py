"""Personal fields of audit records: what their digests stand for, as long as nobody has erased it."""

from collections.abc import Sequence
from uuid import UUID

from audit import explorer
from dashboard_api.schema import Answer
from runtime.keyring import DataKey, LocalKeyring
from tenancy import data_keys
from tenancy.data_keys import DataKeyMissingError, DataKeyPurpose
from tenancy.scope import TenantTransaction


class AuditPersonalField(Answer):
    """For an erased field nothing is left but the digest in the record: not even the name of the field."""

    name: str | None
    value: str
    is_erased: bool


ERASED = AuditPersonalField(name=None, value="[erased]", is_erased=True)


async def personal_fields(
    tx: TenantTransaction, record_ids: Sequence[UUID], *, keyring: LocalKeyring
) -> dict[str, AuditPersonalField]:
    """The disclosed fields of these records by digest; a field whose key was destroyed is as good as erased."""
    sealed = await explorer.disclosures_of(tx, record_ids)
    keys = {version: await _key(tx, version, keyring) for version in {each.key_version for each in sealed}}
    opened: dict[str, AuditPersonalField] = {}
    for each in sealed:
        key = keys[each.key_version]
        if key is not None:
            name, value = explorer.open_disclosure(each, key=key, organization_id=tx.organization_id).open()
            opened[each.digest] = AuditPersonalField(name=name, value=value, is_erased=False)
    return opened


async def _key(tx: TenantTransaction, version: int, keyring: LocalKeyring) -> DataKey | None:
    try:
        return await data_keys.by_version(tx, DataKeyPurpose.AUDIT, version, keyring=keyring)
    except DataKeyMissingError:
        return None
