"""`errata key create` and `errata key list`."""

from typing import Annotated
from uuid import UUID

import typer
from sqlalchemy.exc import IntegrityError

from cli import operator, terminal
from cli.command_line import new_app
from cli.configuration import Settings
from cli.failures import CannotStartError
from cli.operator import DEFAULT_DATA_DIRECTORY, DataDirectoryOption
from cli.public_dsn import dsn_of
from runtime.clock import utc_now
from tenancy import dsn_keys
from tenancy.scope import Database

app = new_app("Make and list DSN keys.")
OrganizationOption = Annotated[UUID, typer.Option(help="Id of the organization, as `errata user create` prints it.")]
ProjectArgument = Annotated[int, typer.Argument(help="Id of the project, as `errata project list` prints it.")]


@app.command()
def create(
    project: ProjectArgument,
    organization: OrganizationOption,
    label: Annotated[str, typer.Option(help="Who uses the key.")] = "Default",
    data_directory: DataDirectoryOption = DEFAULT_DATA_DIRECTORY,
) -> None:
    """Make another DSN key for a project and print its DSN."""

    async def body(settings: Settings) -> None:
        async def make(database: Database) -> None:
            async with database.tenant(organization, acting=operator.acting("key create")) as tx:
                key = await dsn_keys.create(tx, project, label=label, now=utc_now())
            terminal.say(f"{key.key_id}  {dsn_of(settings, project, key.public_key)}")

        try:
            await operator.with_api_database(settings, make)
        except IntegrityError as error:
            raise CannotStartError("this organization has no such project", cure="Run `errata project list`") from error

    operator.run(data_directory, body)


@app.command("list")
def list_keys(
    project: ProjectArgument, organization: OrganizationOption, data_directory: DataDirectoryOption = DEFAULT_DATA_DIRECTORY
) -> None:
    """Print the id, state, label and DSN of each key of a project."""

    async def body(settings: Settings) -> None:
        async def show(database: Database) -> None:
            async with database.tenant(organization) as tx:
                for key in await dsn_keys.list_for_project(tx, project):
                    terminal.say(f"{key.key_id}  {key.state}  {key.label}  {dsn_of(settings, project, key.public_key)}")

        await operator.with_api_database(settings, show)

    operator.run(data_directory, body)


if __name__ == "__main__":
    app()
