"""The part of `errata up` that needs the database: roles, schema, partitions, demo organization, endpoints.json."""

import asyncio
import sys
from urllib.parse import urlsplit

import msgspec

from cli import configuration, connections, schema, terminal
from cli.configuration import Settings
from cli.failures import CannotStartError
from cli.standalone import demo, endpoints
from cli.standalone.data_directory import DataDirectory
from cli.standalone.endpoints import Endpoints
from protocol import dsn
from runtime import log_setup


async def prepare(settings: Settings, *, with_demo: bool) -> None:
    """Idempotent: every start runs it."""
    with terminal.step("Database roles"):
        await schema.make_roles_and_database(settings)
    with terminal.step("Schema") as step:
        step.detail = await schema.migrate(settings) or ""
    with terminal.step("Day partitions") as step:
        jobs_database = connections.open_database(settings, "jobs", pool_size=1)
        made = await schema.ensure_partitions(jobs_database)
        await jobs_database.close()
        step.detail = f"{made} made" if made else "kept"
    await _write_endpoints(settings, with_demo=with_demo)


async def _write_endpoints(settings: Settings, *, with_demo: bool) -> None:
    if settings.data_directory is None:
        raise CannotStartError("ERRATA_DATA_DIR is not set", cure="Start this through `errata up`")
    path = DataDirectory(settings.data_directory).endpoints
    known = endpoints.read(path) or Endpoints(dashboard_url=settings.dashboard_url, ingest_url=settings.ingest_url)
    known = msgspec.structs.replace(
        known,
        dashboard_url=settings.dashboard_url,
        ingest_url=settings.ingest_url,
        dsn=_moved(known.dsn, settings.ingest_url),
        otlp_grpc=f"127.0.0.1:{settings.otlp_grpc_port}" if settings.otlp_grpc_port is not None else None,
    )
    if with_demo and known.dsn is None:
        with terminal.step("Demo organization"):
            known = await _add_demo(settings, known)
    endpoints.write(path, known)


async def _add_demo(settings: Settings, known: Endpoints) -> Endpoints:
    database = connections.open_database(settings, "api", pool_size=1)
    try:
        made = await demo.create(database, connections.open_keyring(settings))
    finally:
        await database.close()
    ingest = urlsplit(settings.ingest_url)
    return msgspec.structs.replace(
        known,
        dsn=dsn.format_dsn(made.dsn_at(ingest.hostname or "127.0.0.1", ingest.port or 80)),
        admin_email=made.email,
        admin_password=made.password.reveal(),
        api_key=made.api_key.reveal(),
    )


def _moved(old: str | None, ingest_url: str) -> str | None:
    """The same key and project at the address of this start."""
    if old is None:
        return None
    address = urlsplit(ingest_url)
    return dsn.format_dsn(msgspec.structs.replace(dsn.parse(old), host=address.hostname or "127.0.0.1", port=address.port))


def main() -> None:
    log_setup.configure(level="WARNING", process="prepare")
    try:
        asyncio.run(prepare(configuration.read_settings(), with_demo="--no-demo" not in sys.argv[1:]))
    except CannotStartError as error:
        terminal.fail(error)


if __name__ == "__main__":
    main()
