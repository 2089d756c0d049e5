"""`errata bootstrap`: roles and database of a production installation, with ERRATA_ADMIN_DATABASE_URL."""

from cli import command_line, operator, schema, terminal
from cli.configuration import Settings
from cli.operator import DEFAULT_DATA_DIRECTORY, DataDirectoryOption


def bootstrap(data_directory: DataDirectoryOption = DEFAULT_DATA_DIRECTORY) -> None:
    """Make the roles with the passwords from the secrets, and the database named in ERRATA_DATABASE_URL.  Safe to repeat."""
    operator.run(data_directory, _bootstrap)


async def _bootstrap(settings: Settings) -> None:
    with terminal.step("Roles and database") as step:
        step.detail = await schema.make_roles_and_database(settings)
    terminal.say("Next: errata migrate")


if __name__ == "__main__":
    command_line.run(bootstrap)
