"""Whoever owns the database changes whatever he likes: each change is reported with the first bad entry.

The attacker has superuser SQL with all triggers off.  Without the signing key he is found by the signatures; with it, by a
checkpoint that somebody else has kept.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio

from audit import live_verification, merkle
from audit.checkpoint import Checkpoint, NoteError, Signer, Verifier, format_checkpoint
from audit.live_verification import Kept, LiveReport
from audit.merkle import CompactRange
from audit.sequencer import Sequencer
from audit.tiles import TileReader
from runtime.identifiers import new_uuid7
from runtime.keyring import LocalKeyring
from tests.conftest import DatabaseFor, MakeTenant
from tests.integration.audit.exported import WrittenLog, verify, write_log
from tests.integration.audit.written_log import SIGNER, Superuser, write

STRANGER = Signer(SIGNER.verifier.name, b"\x07" * 32)
LEAVES = (
    "leaf_index",
    "record_id",
    "sequenced_at",
    "occurred_at",
    "action_number",
    "actor_id",
    "target_kind",
    "target_id",
    "entry",
    "leaf_hash",
)


@dataclass(frozen=True)
class Crime:
    """A log of some 40 entries in four batches, somebody who can do anything to it, and a kept checkpoint."""

    log: WrittenLog
    sql: Superuser
    kept: str
    bad: int  # the entry that is attacked; a batch ends after `batches[1]` entries, behind it

    @property
    def organization_id(self) -> UUID:
        return self.log.organization_id

    async def do(self, statement: str, *values: object) -> None:
        """`$1` is the organization."""
        await self.sql.execute(statement, self.organization_id, *values)

    async def rebuild(self, *, resign: Signer | None = None) -> None:
        """Make tree, nodes and sequencer's state fit the leaves again; with a key also every checkpoint."""
        rows = await self.sql.fetch(
            "SELECT entry FROM audit.leaves WHERE organization_id = $1 ORDER BY leaf_index", self.organization_id
        )
        sizes = [
            row["size"]
            for row in await self.sql.fetch("SELECT size FROM audit.checkpoints WHERE organization_id = $1", self.organization_id)
        ]
        await self.do("DELETE FROM audit.nodes WHERE organization_id = $1")
        tree = CompactRange()
        for index, row in enumerate(rows):
            hashed = merkle.leaf_hash(row["entry"])
            await self.do("UPDATE audit.leaves SET leaf_hash = $3 WHERE organization_id = $1 AND leaf_index = $2", index, hashed)
            for level, at, node in tree.append(hashed):
                await self.do("INSERT INTO audit.nodes VALUES ($1, $2, $3, $4)", level, at, node)
            if resign is not None and tree.size in sizes:
                await self.sign(tree.size, tree.root(), resign)
        await self.do(
            "UPDATE audit.trees SET size = $2, range_hashes = $3 WHERE organization_id = $1", tree.size, list(tree.hashes)
        )

    async def sign(self, size: int, root: bytes, signer: Signer) -> None:
        origin = f"{SIGNER.verifier.name}/{self.organization_id}"
        note = signer.sign(format_checkpoint(Checkpoint(origin, size, root)))
        await self.do(
            "UPDATE audit.checkpoints SET root = $3, note = $4 WHERE organization_id = $1 AND size = $2", size, root, note
        )

    async def verify(self, *, kept: Kept | None = None, trusted: tuple[Verifier, ...] = (SIGNER.verifier,)) -> LiveReport:
        async with self.log.database.tenant(self.organization_id) as tx:
            return await live_verification.verify_live(tx, trusted=trusted, kept=kept)


@pytest_asyncio.fixture(loop_scope="session")
async def crime(database_for: DatabaseFor, make_tenant: MakeTenant, keyring: LocalKeyring, attacker: Superuser) -> Crime:
    tenant = await make_tenant()
    log = await write_log(
        database_for("api"), database_for("sequencer"), tenant.organization_id, keyring=keyring, minutes=4, per_minute=10
    )
    kept = await attacker.fetchval(
        "SELECT note FROM audit.checkpoints WHERE organization_id = $1 AND size = $2", tenant.organization_id, log.batches[2]
    )
    return Crime(log, attacker, kept, bad=log.batches[0] + 3)


async def test_an_untouched_log_is_sound(crime: Crime) -> None:
    report = await crime.verify(kept=Kept((crime.kept,)))
    assert report == LiveReport(crime.log.size, 0, len(crime.log.batches), 1, ())


async def test_a_log_at_work_is_sound(database_for: DatabaseFor, crime: Crime, sequencer: Sequencer) -> None:
    for _ in range(5):
        await write(database_for("api"), crime.organization_id, 3)
        await sequencer.sequence(crime.organization_id)
        assert (await crime.verify(kept=Kept((crime.kept,)))).findings == ()


async def test_an_empty_log_is_sound(database_for: DatabaseFor, attacker: Superuser, keyring: LocalKeyring) -> None:
    empty = Crime(WrittenLog(new_uuid7(), database_for("api"), keyring, (0,)), attacker, "", 0)
    assert await empty.verify() == LiveReport(0, 0, 0, 0, ())


# --- without the key: the manipulations, from careless to thorough -------------------------------------------------------


async def _alter_entry(crime: Crime) -> None:
    await crime.do(
        "UPDATE audit.leaves SET entry = convert_to(replace(convert_from(entry, 'UTF8'), 'session-1', 'session-2'), 'UTF8')"
        " WHERE organization_id = $1 AND leaf_index = $2",
        crime.bad,
    )


async def _alter_entry_and_its_hash(crime: Crime) -> None:
    await _alter_entry(crime)
    await crime.do(
        "UPDATE audit.leaves SET leaf_hash = sha256('\\x00'::bytea || entry) WHERE organization_id = $1 AND leaf_index = $2",
        crime.bad,
    )


async def _spoil_entry(crime: Crime) -> None:
    await crime.do("UPDATE audit.leaves SET entry = '\\x7b' WHERE organization_id = $1 AND leaf_index = $2", crime.bad)


async def _hide_from_search(crime: Crime) -> None:
    await crime.do("UPDATE audit.leaves SET actor_id = NULL WHERE organization_id = $1 AND leaf_index = $2", crime.bad)


async def _empty_entry(crime: Crime) -> None:
    await crime.do("UPDATE audit.leaves SET entry = NULL WHERE organization_id = $1 AND leaf_index = $2", crime.bad)


async def _delete(crime: Crime) -> None:
    await crime.do("DELETE FROM audit.leaves WHERE organization_id = $1 AND leaf_index = $2", crime.bad)


async def _delete_and_close_the_gap(crime: Crime) -> None:
    await _delete(crime)
    await crime.do(
        "UPDATE audit.leaves SET leaf_index = leaf_index + 1000000 WHERE organization_id = $1 AND leaf_index > $2", crime.bad
    )
    await crime.do("UPDATE audit.leaves SET leaf_index = leaf_index - 1000001 WHERE organization_id = $1 AND leaf_index > 999999")
    await crime.rebuild()


async def _reorder(crime: Crime) -> None:
    for before, after in ((crime.bad, 1_000_000), (crime.bad + 1, crime.bad), (1_000_000, crime.bad + 1)):
        await crime.do("UPDATE audit.leaves SET leaf_index = $3 WHERE organization_id = $1 AND leaf_index = $2", before, after)
    await crime.rebuild()


async def _insert(crime: Crime) -> None:
    await crime.do(
        "UPDATE audit.leaves SET leaf_index = leaf_index + 1000000 WHERE organization_id = $1 AND leaf_index >= $2", crime.bad
    )
    await crime.do("UPDATE audit.leaves SET leaf_index = leaf_index - 999999 WHERE organization_id = $1 AND leaf_index > 999999")
    columns = ", ".join(LEAVES[2:])
    await crime.do(
        f"INSERT INTO audit.leaves (organization_id, leaf_index, record_id, {columns})"
        f" SELECT organization_id, $2::bigint, gen_random_uuid(), {columns} FROM audit.leaves WHERE organization_id = $1 AND leaf_index = $2::bigint - 1",
        crime.bad,
    )
    await crime.rebuild()


async def _change_a_node(crime: Crime) -> None:
    await crime.do(
        "UPDATE audit.nodes SET hash = sha256(hash) WHERE organization_id = $1 AND level = 0 AND node_index = $2", crime.bad
    )


@pytest.mark.parametrize(
    "manipulate",
    [
        _alter_entry,
        _alter_entry_and_its_hash,
        _spoil_entry,
        _hide_from_search,
        _empty_entry,
        _delete,
        _delete_and_close_the_gap,
        _reorder,
        _insert,
        _change_a_node,
    ],
)
async def test_the_first_bad_entry_is_named(manipulate: Callable[[Crime], Awaitable[None]], crime: Crime) -> None:
    await manipulate(crime)
    found = (await crime.verify()).first_bad
    assert found is not None
    assert (found.first, found.last) == (crime.bad, crime.bad), found


async def test_an_entry_rewritten_with_its_whole_tree_lies_between_two_signatures(crime: Crime) -> None:
    await _alter_entry(crime)
    await crime.rebuild()
    found = (await crime.verify()).first_bad
    assert found is not None
    assert (found.first, found.last) == (crime.log.batches[0], crime.log.batches[1] - 1)
    assert found.first <= crime.bad <= found.last


async def test_a_tail_cut_off_carelessly_shows_by_itself(crime: Crime) -> None:
    await crime.do("DELETE FROM audit.leaves WHERE organization_id = $1 AND leaf_index >= $2", crime.bad)
    found = (await crime.verify()).first_bad
    assert found is not None
    assert found.first == crime.bad


async def test_a_tail_cut_off_perfectly_shows_against_the_kept_checkpoint(crime: Crime) -> None:
    size = crime.log.batches[0]
    await crime.do("DELETE FROM audit.leaves WHERE organization_id = $1 AND leaf_index >= $2", size)
    await crime.do("DELETE FROM audit.checkpoints WHERE organization_id = $1 AND size > $2", size)
    await crime.rebuild()
    assert (await crime.verify()).findings == (), "nobody can see this from inside"
    found = (await crime.verify(kept=Kept((crime.kept,)))).first_bad
    assert found is not None
    assert (found.first, "cut off" in found.what) == (size, True)


async def test_entries_behind_the_tree_show(crime: Crime) -> None:
    columns = ", ".join(LEAVES[2:])
    await crime.do(
        f"INSERT INTO audit.leaves (organization_id, leaf_index, record_id, {columns})"
        f" SELECT organization_id, $2::bigint, gen_random_uuid(), {columns} FROM audit.leaves WHERE organization_id = $1 AND leaf_index = $2::bigint - 1",
        crime.log.size,
    )
    found = (await crime.verify()).first_bad
    assert found is not None
    assert found.first == crime.log.size


async def test_unsigned_entries_show(crime: Crime) -> None:
    await crime.do("DELETE FROM audit.checkpoints WHERE organization_id = $1 AND size > $2", crime.log.batches[2])
    found = (await crime.verify()).first_bad
    assert found is not None
    assert (found.first, found.what) == (crime.log.batches[2], "no checkpoint signs it")


@pytest.mark.parametrize("size_of", [1, 3])
async def test_a_checkpoint_of_another_key_shows(size_of: int, crime: Crime) -> None:
    size = crime.log.batches[size_of]
    root = await crime.sql.fetchval(
        "SELECT root FROM audit.checkpoints WHERE organization_id = $1 AND size = $2", crime.organization_id, size
    )
    await crime.sign(size, root, STRANGER)
    found = (await crime.verify()).first_bad
    assert found is not None
    assert (found.first, found.last) == (crime.log.batches[size_of - 1], size - 1)
    assert "not ours" in found.what


async def test_a_checkpoint_moved_to_another_size_shows(crime: Crime) -> None:
    await crime.do("UPDATE audit.checkpoints SET size = size - 1 WHERE organization_id = $1 AND size = $2", crime.log.batches[1])
    found = (await crime.verify()).first_bad
    assert found is not None
    assert "signs something else" in found.what


# --- with the stolen key: only what others have kept helps ---------------------------------------------------------------


async def test_an_old_checkpoint_signed_again_shows_against_the_entries(crime: Crime) -> None:
    size = crime.log.batches[1]
    await crime.sign(size, b"\x05" * 32, SIGNER)
    found = (await crime.verify()).first_bad
    assert found is not None
    assert (found.first, found.last) == (crime.log.batches[0], size - 1)


async def test_a_forked_tree_signed_again_shows_against_the_kept_checkpoint(crime: Crime) -> None:
    await _alter_entry(crime)
    await crime.rebuild(resign=SIGNER)
    assert (await crime.verify()).findings == (), "with the key the log agrees with itself"
    found = (await crime.verify(kept=Kept((crime.kept,)))).first_bad
    assert found is not None
    assert found.first <= crime.bad <= found.last < crime.log.batches[2]
    assert "rewritten" in found.what


async def test_two_kept_checkpoints_narrow_it_down(crime: Crime) -> None:
    first = await crime.sql.fetchval(
        "SELECT note FROM audit.checkpoints WHERE organization_id = $1 AND size = $2", crime.organization_id, crime.log.batches[0]
    )
    await _alter_entry(crime)
    await crime.rebuild(resign=SIGNER)
    found = (await crime.verify(kept=Kept((first, crime.kept)))).first_bad
    assert found is not None
    assert (found.first, found.last) == (crime.log.batches[0], crime.log.batches[2] - 1)


async def test_a_kept_bundle_names_the_entry_even_then(crime: Crime, tmp_path: Path) -> None:
    files, _ = await crime.log.export(tmp_path)
    assert verify(files).is_complete
    await _alter_entry(crime)
    await crime.rebuild(resign=SIGNER)
    kept = Kept((files["checkpoint"].decode(),), TileReader(files, crime.log.size), crime.log.size)
    found = (await crime.verify(kept=kept)).first_bad
    assert found is not None
    assert (found.first, found.last) == (crime.bad, crime.bad)


async def test_a_kept_checkpoint_that_nobody_trusted_signed_is_refused(crime: Crime) -> None:
    with pytest.raises(NoteError, match="no trusted signature"):
        await crime.verify(kept=Kept((crime.kept,)), trusted=(STRANGER.verifier,))


async def test_another_tenants_checkpoint_is_refused(
    crime: Crime, make_tenant: MakeTenant, sequencer: Sequencer, database_for: DatabaseFor
) -> None:
    other = Crime(
        WrittenLog((await make_tenant()).organization_id, database_for("api"), crime.log.keyring, (0,)), crime.sql, "", 0
    )
    with pytest.raises(NoteError, match="another log"):
        await other.verify(kept=Kept((crime.kept,)))
