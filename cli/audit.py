"""`errata audit`: the public key, the newest checkpoint, exports and their verification."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from audit import explorer
from audit.actions import BY_LABEL
from audit.explorer import RecordFilter
from cli import audit_export, audit_keys, audit_verification, operator, terminal
from cli.audit_verification import Trust
from cli.command_line import new_app
from cli.configuration import Settings
from cli.failures import CannotStartError
from cli.operator import DEFAULT_DATA_DIRECTORY, DataDirectoryOption
from tenancy.scope import Database

app = new_app("Export the audit log and verify it.")
OrganizationOption = Annotated[UUID, typer.Option(help="Id of the organization, as `errata user create` prints it.")]
KeptOption = Annotated[list[Path] | None, typer.Option("--checkpoint", help="A checkpoint you have kept; may be repeated.")]


@app.command()
def vkey(data_directory: DataDirectoryOption = DEFAULT_DATA_DIRECTORY) -> None:
    """Print the public key that signs the audit log: give it to your auditors by another way than the exports."""

    async def body(settings: Settings) -> None:
        terminal.say(audit_keys.read_signer(settings).verifier.vkey())

    operator.run(data_directory, body)


@app.command()
def checkpoint(organization: OrganizationOption, data_directory: DataDirectoryOption = DEFAULT_DATA_DIRECTORY) -> None:
    """Print the newest signed checkpoint.  Kept outside of this installation, it finds every later change of what it covers."""

    async def body(settings: Settings) -> None:
        async def show(database: Database) -> None:
            async with database.tenant(organization) as tx:
                found = await explorer.latest_checkpoint(tx)
            if found is None:
                raise CannotStartError(
                    "this organization has no checkpoint yet", cure="Check the id, and that the scheduler runs"
                )
            terminal.say(found.note.removesuffix("\n"))

        await operator.with_api_database(settings, show)

    operator.run(data_directory, body)


@app.command()
def export(
    organization: OrganizationOption,
    out: Annotated[Path, typer.Option(help="Where the bundle is written; replaced if it exists.")],
    since: Annotated[
        str | None, typer.Option(help="First moment, e.g. 2026-07-01 or 2026-07-01T12:00+02:00; UTC without zone.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="First moment that is not exported any more.")] = None,
    action: Annotated[str | None, typer.Option(help="Only this action, e.g. member.add.")] = None,
    actor: Annotated[UUID | None, typer.Option(help="Only what this person did.")] = None,
    kept: Annotated[
        Path | None, typer.Option("--checkpoint", help="The checkpoint up to which the reader has verified before.")
    ] = None,
    disclosures: Annotated[bool, typer.Option(help="Include personal fields in clear.")] = False,
    data_directory: DataDirectoryOption = DEFAULT_DATA_DIRECTORY,
) -> None:
    """Write a bundle that outsiders can verify without us.  The export itself is recorded."""

    async def body(settings: Settings) -> None:
        if action is not None and action not in BY_LABEL:
            raise CannotStartError(f"there is no action {action}", cure="Name one as the log shows it, e.g. member.add")
        order = audit_export.Order(
            organization_id=organization,
            wanted=RecordFilter(
                action=None if action is None else BY_LABEL[action],
                actor_id=actor,
                since=_moment(since, "--since"),
                until=_moment(until, "--until"),
            ),
            target=out,
            older_note=None if kept is None else audit_verification.read_text(kept),
            with_disclosures=disclosures,
        )
        await audit_export.run(settings, order)

    operator.run(data_directory, body)


@app.command()
def verify(
    bundle: Annotated[Path | None, typer.Argument(help="A bundle as it was exported.")] = None,
    vkeys: Annotated[list[str] | None, typer.Option("--vkey", help="Public key, or a file with keys; may be repeated.")] = None,
    kept: KeptOption = None,
    live: Annotated[
        bool, typer.Option("--live", help="Verify the database instead; a bundle you have kept is compared, too.")
    ] = False,
    organization: Annotated[UUID | None, typer.Option(help="Whose log; with --live.")] = None,
    data_directory: DataDirectoryOption = DEFAULT_DATA_DIRECTORY,
) -> None:
    """Prove that nothing in a bundle, or in the live database, was changed.  Exit code 1 names the first bad entry.

    A bundle is verified without any database, settings or network.
    """
    trust = Trust(tuple(vkeys or ()), tuple(kept or ()))
    if live and organization is not None:
        wanted = audit_verification.Live(organization, bundle)

        async def body(settings: Settings) -> None:
            await audit_verification.verify_live(settings, wanted, trust)

        operator.run(data_directory, body)
    elif bundle is not None and not live:
        audit_verification.verify_bundle(bundle, trust)
    else:
        terminal.fail(CannotStartError("nothing to verify", cure="Name a bundle, or use --live with --organization"))


def _moment(text: str | None, option: str) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise CannotStartError(f"{option} is no moment", cure="Write it as 2026-07-01 or 2026-07-01T12:00:00Z") from error
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


if __name__ == "__main__":
    app()
