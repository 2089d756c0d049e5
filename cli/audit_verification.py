"""Verifies bundles without a database, and databases without believing them; says what was proven."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from audit import bundle_files, live_verification, verification
from audit.bundle_archive import BundleArchive, NoBundleError
from audit.checkpoint import NoteError, Verifier, parse_vkey
from audit.live_verification import Kept, LiveReport
from audit.tiles import TileReader
from audit.verification import BundleError, Report
from cli import audit_keys, operator, terminal
from cli.configuration import Settings
from cli.failures import CannotStartError
from tenancy.scope import Database

_LIFETIME = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Trust:
    """What the verifier brings along: keys (or files of keys) and checkpoints."""

    vkeys: tuple[str, ...]
    kept: tuple[Path, ...]

    def verifiers(self) -> tuple[Verifier, ...]:
        """Raises CannotStartError."""
        lines = [line for given in self.vkeys for line in (read_text(Path(given)) if _is_file(given) else given).splitlines()]
        try:
            return tuple(parse_vkey(line) for line in lines if line.strip())
        except NoteError as error:
            raise CannotStartError(
                f"--vkey is no verifier key ({error})", cure="Give name+id+base64, or a file of such lines"
            ) from error

    def notes(self) -> tuple[str, ...]:
        return tuple(read_text(path) for path in self.kept)


@dataclass(frozen=True, slots=True)
class Live:
    organization_id: UUID
    kept_bundle: Path | None


def verify_bundle(path: Path, trust: Trust) -> None:
    """Exit code 0 after saying what was proven, 1 with the first thing that is wrong."""
    try:
        with _opened(path) as files:
            verifiers = trust.verifiers()
            if not verifiers:
                terminal.warn(
                    "! No --vkey: the key in the bundle is believed, so this finds accidents and changes, but no forger"
                )
            report = _verify(files, verifiers or _own_keys(files), trust.notes())
    except CannotStartError as error:
        terminal.fail(error)
    except (BundleError, NoBundleError) as error:
        terminal.fail(CannotStartError(f"NOT VERIFIED: {error}", cure="Do not rely on this bundle"))
    _say_proven(report)


async def verify_live(settings: Settings, wanted: Live, trust: Trust) -> None:
    """Raises SystemExit(1) after naming the first bad entry."""
    verifiers = trust.verifiers() or (audit_keys.read_signer(settings).verifier,)
    kept = _kept_of(wanted.kept_bundle, verifiers, trust.notes())

    async def work(database: Database) -> None:
        try:
            async with database.tenant(wanted.organization_id, lifetime=_LIFETIME) as tx:
                report = await live_verification.verify_live(tx, trusted=verifiers, kept=kept)
        except NoteError as error:
            raise CannotStartError(
                f"the kept checkpoint cannot be used ({error})", cure="Check --checkpoint and --vkey"
            ) from error
        _say_live(report)

    await operator.with_api_database(settings, work)


def read_text(path: Path) -> str:
    """Raises CannotStartError."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CannotStartError(f"{path} cannot be read", cure="Check the path") from error


def _is_file(text: str) -> bool:
    try:
        return Path(text).is_file()
    except OSError:  # too long for a path: a key
        return False


@contextmanager
def _opened(path: Path) -> Iterator[BundleArchive]:
    archive = BundleArchive(path)
    try:
        yield archive
    finally:
        archive.close()


def _own_keys(files: BundleArchive) -> tuple[Verifier, ...]:
    try:
        return tuple(parse_vkey(line) for line in files[bundle_files.VKEYS].decode("utf-8").splitlines())
    except (KeyError, NoteError, UnicodeDecodeError) as error:
        raise BundleError(f"{bundle_files.VKEYS} is missing or malformed") from error


def _verify(files: BundleArchive, verifiers: tuple[Verifier, ...], notes: tuple[str, ...]) -> Report:
    report = verification.verify(files, trusted=verifiers, older_note=notes[0] if notes else None)
    for note in notes[1:]:
        verification.verify(files, trusted=verifiers, older_note=note)
    return report


def _kept_of(path: Path | None, verifiers: tuple[Verifier, ...], notes: tuple[str, ...]) -> Kept:
    if path is None:
        return Kept(notes)
    try:
        with _opened(path) as archive:
            files = dict(archive)
        report = verification.verify(files, trusted=verifiers)
    except (BundleError, NoBundleError) as error:
        raise CannotStartError(f"the kept bundle does not verify: {error}", cure="Use one that does") from error
    tiles = TileReader(files, report.tree_size)
    note = files[bundle_files.CHECKPOINT].decode("utf-8")
    if not tiles.has_leaf_tiles():
        return Kept((*notes, note))
    return Kept((*notes, note), tiles, report.tree_size)


def _say_proven(report: Report) -> None:
    terminal.say(f"✓ Signed: the log {report.origin} has {report.tree_size} entries with this root")
    terminal.say(f"✓ Append-only: the first {report.older_size} entries are those of the older checkpoint")
    terminal.say(f"✓ Included: {report.entries} entries, each at its place, unchanged")
    if report.is_complete:
        terminal.say(f"✓ Complete: every entry from {report.first_index} to {report.last_index}, none missing")
    if report.disclosures:
        terminal.say(f"✓ Disclosed: {report.disclosures} personal fields belong to their entries")
    for remark in report.remarks:
        terminal.say(f"! Not proven: {remark}")


def _say_live(report: LiveReport) -> None:
    if report.first_bad is not None:
        for finding in report.findings:
            terminal.warn(f"✗ {finding}")
        raise CannotStartError(
            f"NOT VERIFIED: the first bad entry is {report.first_bad.place}",
            cure="Keep this database as evidence and call your auditor",
        )
    terminal.say(f"✓ {report.entries} entries, each unchanged and at its place; {report.pruned} of them pruned")
    terminal.say(f"✓ {report.checkpoints} signed checkpoints have the roots of these entries")
    if report.kept:
        terminal.say(f"✓ {report.kept} checkpoints from outside agree")
    else:
        terminal.say("! Not proven: without a checkpoint from outside, a cut tail or a forger with the signing key stay unseen")
