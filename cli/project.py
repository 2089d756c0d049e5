"""`errata project create` and `errata project list`."""

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
from tenancy import dsn_keys, projects
from tenancy.scope import Database
from tenancy.slugs import slug_of

app = new_app("Make and list projects.")
OrganizationOption = Annotated[UUID, typer.Option(help="Id of the organization, as `errata user create` prints it.")]


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="What people call the project.")],
    organization: OrganizationOption,
    platform: Annotated[str | None, typer.Option(help="python, javascript, java …")] = None,
    data_directory: DataDirectoryOption = DEFAULT_DATA_DIRECTORY,
) -> None:
    """Make a project with one DSN key and print its DSN."""

    async def body(settings: Settings) -> None:
        async def make(database: Database) -> None:
            now = utc_now()
            async with database.tenant(organization, acting=operator.acting("project create")) as tx:
                project = await projects.create(tx, name=name, slug=slug_of(name, default="project"), platform=platform, now=now)
                key = await dsn_keys.create(tx, project.project_id, label="Default", now=now)
            terminal.say(f"{project.project_id}  {project.slug}  {dsn_of(settings, project.project_id, key.public_key)}")

        try:
            await operator.with_api_database(settings, make)
        except IntegrityError as error:
            raise CannotStartError(
                "the organization is unknown or has a project of this name", cure="Check --organization or choose another name"
            ) from error

    operator.run(data_directory, body)


@app.command("list")
def list_projects(organization: OrganizationOption, data_directory: DataDirectoryOption = DEFAULT_DATA_DIRECTORY) -> None:
    """Print the id, slug and name of each project."""

    async def body(settings: Settings) -> None:
        async def show(database: Database) -> None:
            async with database.tenant(organization) as tx:
                for project in await projects.list_all(tx):
                    terminal.say(f"{project.project_id}  {project.slug}  {project.name}")

        await operator.with_api_database(settings, show)

    operator.run(data_directory, body)


if __name__ == "__main__":
    app()
