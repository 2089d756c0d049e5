"""The DSN of a key at this installation's public address."""

from urllib.parse import urlsplit

from cli.configuration import Settings
from protocol.dsn import Dsn, format_dsn


def dsn_of(settings: Settings, project_id: int, public_key: str) -> str:
    url = urlsplit(settings.ingest_url)
    return format_dsn(Dsn(url.scheme, public_key, url.hostname or "127.0.0.1", url.port, url.path, project_id))
