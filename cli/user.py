"""`errata user create`: a person with an organization of their own, as its owner."""

import secrets
import sys
from typing import Annotated

import typer

from cli import connections, operator, terminal
from cli.command_line import new_app
from cli.configuration import Settings
from cli.failures import CannotStartError
from cli.operator import DEFAULT_DATA_DIRECTORY, DataDirectoryOption
from identity import login, passwords, users
from runtime.clock import utc_now
from runtime.secrets import Secret
from tenancy.scope import Database

app = new_app("Make users.")


@app.callback()
def group() -> None:
    """Keep `create` a subcommand although it is the only one."""


@app.command()
def create(
    email: Annotated[str, typer.Argument(help="With which the person signs in.")],
    organization: Annotated[str, typer.Option(help="Name of the organization to make.")],
    name: Annotated[str, typer.Option(help="What the person is called.")] = "",
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")] = False,
    data_directory: DataDirectoryOption = DEFAULT_DATA_DIRECTORY,
) -> None:
    """Make a person and their organization; prints the organization's id and, unless you gave one, a random password."""
    password = Secret(sys.stdin.readline().rstrip("\n") or " ") if password_stdin else Secret(secrets.token_urlsafe(15))

    async def body(settings: Settings) -> None:
        async def make(database: Database) -> None:
            signed_up = await login.sign_up(
                database,
                connections.open_keyring(settings),
                clock=utc_now,
                email=email,
                password=password,
                display_name=name or email.partition("@")[0],
                organization_name=organization,
                acting=operator.acting("user create"),
            )
            terminal.say(f"organization  {signed_up.organization_id}")
            if not password_stdin:
                terminal.say(f"password      {password.reveal()}")

        try:
            await operator.with_api_database(settings, make)
        except (users.EmailTakenError, users.EmailInvalidError, passwords.PasswordTooWeakError) as error:
            raise CannotStartError(str(error), cure="Choose another one") from error

    operator.run(data_directory, body)


if __name__ == "__main__":
    app()
