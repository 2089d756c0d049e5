"""DSNs as SDKs want them: made from a key and the address of the ingest door."""

from urllib.parse import urlsplit

from protocol.dsn import Dsn, format_dsn
from tenancy.dsn_keys import DsnKey


def dsn_of(key: DsnKey, ingest_url: str) -> str:
    """`scheme://public_key@host[:port][/prefix]/project`."""
    url = urlsplit(ingest_url)
    return format_dsn(
        Dsn(
            scheme=url.scheme,
            public_key=key.public_key,
            host=url.hostname or "",
            port=url.port,
            path_prefix=url.path.rstrip("/"),
            project_id=key.project_id,
        )
    )
