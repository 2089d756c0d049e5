"""`errata serve ingest`: the door for SDKs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn

from cli import connections, exit_codes, http_server
from cli.configuration import Settings
from cli.failures import CannotStartError
from ingest import otlp_grpc
from ingest.app import create_app
from ingest.edge import Edge, IngestDependencies
from ingest.key_lookup import DatabaseKeyDirectory
from ingest.slow_client_guard import uvicorn_settings
from runtime.clock import utc_now

DEFAULT_PORT = 8001


async def serve(settings: Settings) -> None:
    database = connections.open_database(settings, "ingest", pool_size=4)
    redis = connections.open_redis(settings, max_connections=8)
    dependencies = IngestDependencies(
        redis=redis,
        keys=DatabaseKeyDirectory(database),
        keyring=connections.open_keyring(settings),
        clock=utc_now,
        shards=settings.stream_shards,
    )
    arguments = uvicorn_settings(host=settings.host, port=settings.port or DEFAULT_PORT, trusted_proxies=settings.trusted_proxies)
    app = create_app(dependencies)
    try:
        async with _grpc(settings, app.edge):
            await http_server.serve_until_signal(uvicorn.Config(app, **arguments))
    finally:
        await redis.aclose()
        await database.close()


@asynccontextmanager
async def _grpc(settings: Settings, edge: Edge) -> AsyncIterator[None]:
    """OTLP over gRPC while the block runs, if a port is configured for it."""
    if settings.otlp_grpc_port is None:
        yield
        return
    try:
        async with otlp_grpc.listening(edge, host=settings.host, port=settings.otlp_grpc_port):
            yield
    except otlp_grpc.CannotListenError as error:
        raise CannotStartError(
            f"port {settings.otlp_grpc_port} (OTLP over gRPC) is already in use",
            cure="Stop the program that listens there, choose another ERRATA_OTLP_GRPC_PORT, or 0 to do without",
            exit_code=exit_codes.BUSY_PORT,
        ) from error


if __name__ == "__main__":
    http_server.run("ingest", serve)
