"""The `errata` command: names and one-line descriptions only.

Each command lives in a module of its own and takes this process's place when it is called, so that the edge never holds the
libraries of the dashboard in memory, nor the supervisor those of the database.
"""

import os
import sys

import typer

from cli.command_line import new_app

app = new_app("Errata: self-hosted error tracking.")
serve = new_app("Run one process of a production installation, configured by ERRATA_* variables.")

_COMMANDS = {
    "up": ("cli.up", "Start everything on this machine: database, queue, API, edge, workers, scheduler."),
    "bootstrap": ("cli.bootstrap", "Make the roles and the database of a production installation."),
    "migrate": ("cli.migrate", "Bring the database to the newest schema."),
    "doctor": ("cli.doctor", "Check an installation and say what to do."),
    "project": ("cli.project", "Make and list projects."),
    "key": ("cli.key", "Make and list DSN keys."),
    "user": ("cli.user", "Make a user with an organization."),
    "audit": ("cli.audit", "Export the audit log and verify it."),
    "version": ("cli.version", "Show the version of Errata and of what it runs on."),
}
_SERVED = {
    "api": ("cli.serve_api", "Dashboard, REST API and live feed."),
    "ingest": ("cli.serve_ingest", "The door for SDKs."),
    "worker": ("cli.serve_worker", "Stores what the edge has accepted."),
    "scheduler": ("cli.serve_scheduler", "Sequences the audit log, makes day partitions, expires dead letters."),
}
_PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


def _register(group: typer.Typer, name: str, *, module: str, description: str) -> None:
    def become(context: typer.Context) -> None:
        arguments = [sys.executable, "-m", module, *context.args]
        os.execv(sys.executable, arguments)  # noqa: S606  # our own modules with the operator's arguments

    group.command(name, help=description, context_settings=_PASS_ON)(become)


for _name, (_module, _description) in _COMMANDS.items():
    _register(app, _name, module=_module, description=_description)
for _name, (_module, _description) in _SERVED.items():
    _register(serve, _name, module=_module, description=_description)
app.add_typer(serve, name="serve")


def main() -> None:
    app()


if __name__ == "__main__":
    main()
