"""endpoints.json: where an installation is reached and with what, for people and for scripts; readable by its owner only."""

from pathlib import Path

import msgspec

from cli.standalone.secret_files import write_private


class Endpoints(msgspec.Struct, frozen=True):
    dashboard_url: str
    ingest_url: str
    dsn: str | None = None
    otlp_grpc: str | None = None
    admin_email: str | None = None
    admin_password: str | None = None
    api_key: str | None = None


def read(path: Path) -> Endpoints | None:
    """None before the first start."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Endpoints)
    except FileNotFoundError:
        return None


def write(path: Path, endpoints: Endpoints) -> None:
    write_private(path, msgspec.json.format(msgspec.json.encode(endpoints), indent=2).decode() + "\n")
