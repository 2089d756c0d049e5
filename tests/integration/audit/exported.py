"""A tenant's log of 600 entries over an hour, its exports as plain files, and what a forger does to them."""

import hashlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from audit import bundle, trail, verification
from audit.actions import AuditAction
from audit.bundle import Exported
from audit.bundle_archive import BundleArchive
from audit.explorer import RecordFilter
from audit.record import AuditTarget
from audit.sequencer import Sequencer
from audit.verification import Report
from runtime.acting import Acting, ActingKind
from runtime.keyring import DataKey, LocalKeyring
from tenancy import data_keys
from tenancy.data_keys import DataKeyPurpose
from tenancy.scope import Database, TenantTransaction
from tests.integration.audit.written_log import SIGNER

START = datetime(2026, 7, 27, 12, tzinfo=UTC)
ADDRESS = "203.0.113.77"
ACTORS = (UUID("0198c000-0000-7000-8000-00000000000a"), UUID("0198c000-0000-7000-8000-00000000000b"))
Files = dict[str, bytes]


@dataclass(frozen=True)
class WrittenLog:
    """`batches[n]` is the size after the batch of minute n."""

    organization_id: UUID
    database: Database
    keyring: LocalKeyring
    batches: tuple[int, ...]

    @property
    def size(self) -> int:
        return self.batches[-1]

    async def export(
        self,
        directory: Path,
        wanted: RecordFilter | None = None,
        *,
        older_note: str | None = None,
        with_disclosures: bool = False,
    ) -> tuple[Files, Exported]:
        target = directory / "bundle.zip"
        async with self.database.tenant(self.organization_id) as tx:

            async def read_key(version: int) -> DataKey:
                return await data_keys.by_version(tx, DataKeyPurpose.AUDIT, version, keyring=self.keyring)

            exported = await bundle.export(
                tx,
                wanted or RecordFilter(),
                target=target,
                older_note=older_note,
                read_key=read_key if with_disclosures else None,
            )
        return read_files(target), exported


def read_files(path: Path) -> Files:
    archive = BundleArchive(path)
    try:
        return dict(archive)
    finally:
        archive.close()


@asynccontextmanager
async def recording(
    database: Database, organization_id: UUID, keyring: LocalKeyring, actor: UUID
) -> AsyncIterator[TenantTransaction]:
    """A transaction of a person whose address becomes a digest."""
    async with database.tenant(organization_id) as tx:
        key = await data_keys.current(tx, DataKeyPurpose.AUDIT, keyring)
    acting = Acting(ActingKind.USER, actor, "session-1", "public", ADDRESS, "=Browser/1", audit_key=key)
    async with database.tenant(organization_id, acting=acting) as tx:
        yield tx


async def write_log(
    database: Database,
    sequencing: Database,
    organization_id: UUID,
    *,
    keyring: LocalKeyring,
    minutes: int = 6,
    per_minute: int = 100,
) -> WrittenLog:
    """One batch per minute from START on; two people take turns."""
    batches: list[int] = []
    for minute in range(minutes):
        for part, actor in enumerate(ACTORS):
            async with recording(database, organization_id, keyring, actor) as tx:
                for number in range(per_minute // 2):
                    action = AuditAction.EVENT_OPENED if part else AuditAction.ISSUE_OPENED
                    await trail.record(tx, action, target=AuditTarget("issue", f"=i-{number}"))
        moment = START + timedelta(minutes=minute)
        sequenced = await Sequencer(sequencing, SIGNER, _at(moment)).sequence(organization_id)
        assert sequenced is not None
        batches.append(sequenced.tree_size)
    return WrittenLog(organization_id, database, keyring, tuple(batches))


def _at(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


def verify(files: Files, *, older_note: str | None = None) -> Report:
    return verification.verify(files, trusted=(SIGNER.verifier,), older_note=older_note)


def with_manifest(files: Files) -> Files:
    """As a forger packs them: the manifest fits."""
    rest = {name: content for name, content in files.items() if name != "manifest.json"}
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in rest.items()}
    return {**rest, "manifest.json": json.dumps(digests).encode()}


def changed(files: Files, **contents: bytes) -> Files:
    """Other content for files named with `_` for `.`: entries_jsonl, proofs_jsonl, range_json …"""
    named = {
        name.replace("_", ".") if name != "checkpoint_previous" else "checkpoint.previous": raw for name, raw in contents.items()
    }
    assert set(named) <= set(files)
    return with_manifest({**files, **named})


def lines(files: Files, name: str) -> list[bytes]:
    return files[name].splitlines(keepends=True)
