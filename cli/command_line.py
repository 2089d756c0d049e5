"""How our typer applications are made: an unexpected error is a plain traceback, never one that shows local variables."""

from collections.abc import Callable

import typer


def new_app(description: str) -> typer.Typer:
    """A group of subcommands."""
    return typer.Typer(help=description, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


def run(command: Callable[..., None]) -> None:
    """Run a module with a single command."""
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(command)
    app()
