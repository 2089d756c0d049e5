"""`errata serve ingest`: the door for SDKs."""

import uvicorn

from cli import connections, http_server
from cli.configuration import Settings
from ingest.app import create_app
from ingest.edge import IngestDependencies
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
    try:
        await http_server.serve_until_signal(uvicorn.Config(create_app(dependencies), **arguments))
    finally:
        await redis.aclose()
        await database.close()


if __name__ == "__main__":
    http_server.run("ingest", serve)
