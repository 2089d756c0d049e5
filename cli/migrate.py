"""`errata migrate`: the newest schema, the context keys and the first day partitions."""

from cli import command_line, connections, operator, schema, terminal
from cli.configuration import Settings
from cli.operator import DEFAULT_DATA_DIRECTORY, DataDirectoryOption


def migrate(data_directory: DataDirectoryOption = DEFAULT_DATA_DIRECTORY) -> None:
    """Run the missing migrations as errata_migrator.  Safe to repeat."""
    operator.run(data_directory, _migrate)


async def _migrate(settings: Settings) -> None:
    with terminal.step("Schema") as step:
        step.detail = await schema.migrate(settings) or ""
    with terminal.step("Day partitions") as step:
        database = connections.open_database(settings, "jobs", pool_size=1)
        try:
            step.detail = f"{await schema.ensure_partitions(database)} made"
        finally:
            await database.close()


if __name__ == "__main__":
    command_line.run(migrate)
