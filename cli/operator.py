"""How the commands that an operator types run: settings from the environment or from `errata up`, one line per failure."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

import typer

from cli import configuration, connections, terminal
from cli.configuration import Settings
from cli.failures import CannotStartError
from runtime import log_setup
from runtime.acting import Acting, ActingKind
from tenancy.scope import Database

DataDirectoryOption = Annotated[
    Path, typer.Option("--data-dir", help="Directory of `errata up`; not used when ERRATA_DATABASE_URL is set.")
]
DEFAULT_DATA_DIRECTORY = Path(".errata")


def acting(command: str) -> Acting:
    """What the audit log says of a command: an operator has no account here, the command is the reason."""
    return Acting(ActingKind.OPERATOR, reason=f"errata {command}")


def run(data_directory: Path, body: Callable[[Settings], Awaitable[None]]) -> None:
    log_setup.configure(level="WARNING", process="errata")
    try:
        settings = configuration.read_settings_for(data_directory)
        asyncio.run(_awaited(body(settings)))
    except CannotStartError as error:
        terminal.fail(error)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        terminal.fail(CannotStartError(f"the database cannot be reached ({reason})", cure="Run `errata doctor`"))


async def _awaited(body: Awaitable[None]) -> None:
    await body


async def with_api_database(settings: Settings, body: Callable[[Database], Awaitable[None]]) -> None:
    """Run with the database as the role of the API, which may make organizations, projects and keys."""
    database = connections.open_database(settings, "api", pool_size=1)
    try:
        await body(database)
    finally:
        await database.close()
