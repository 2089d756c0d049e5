"""`errata serve api`: dashboard, REST API and live feed."""

from pathlib import Path

import uvicorn

from cli import connections, http_server
from cli.configuration import Settings
from dashboard_api import app
from dashboard_api.wiring import ApiDependencies, ApiSettings
from runtime.clock import utc_now
from tenancy.audit_keys import AuditKeys

DEFAULT_PORT = 8000
_STATIC = Path(app.__file__).with_name("static")
_WEBSOCKET_BYTES = 64 * 1024  # clients of the live feed send nothing of size


async def serve(settings: Settings) -> None:
    database = connections.open_database(settings, "api", pool_size=8)
    redis = connections.open_redis(settings, max_connections=32)  # each live feed holds one
    keyring = connections.open_keyring(settings)
    dependencies = ApiDependencies(
        database=database,
        redis=redis,
        keyring=keyring,
        audit_keys=AuditKeys(database, keyring),
        clock=utc_now,
        settings=ApiSettings(
            public_url=settings.dashboard_url,
            ingest_url=settings.ingest_url,
            is_secure=settings.dashboard_url.startswith("https://"),
            exports_dir=settings.exports_directory,
            static_dir=_STATIC if (_STATIC / "index.html").exists() else None,
        ),
    )
    config = uvicorn.Config(
        app.create_app(dependencies),
        host=settings.host,
        port=settings.port or DEFAULT_PORT,
        http="httptools",
        ws="websockets-sansio",
        ws_max_size=_WEBSOCKET_BYTES,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=5,
    )
    try:
        await http_server.serve_until_signal(config)
    finally:
        await redis.aclose()
        await database.close()


if __name__ == "__main__":
    http_server.run("api", serve)
