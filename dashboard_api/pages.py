"""The built dashboard: hashed assets for ever, index.html for every other address, so that links into the app work."""

from pathlib import Path

from fastapi import APIRouter
from starlette.responses import FileResponse, HTMLResponse, Response

from dashboard_api import errors
from dashboard_api.dependencies import Wiring, public

router = APIRouter(include_in_schema=False)

_IMMUTABLE = "public, max-age=31536000, immutable"  # the build puts a hash of the content into these names
_SHORT = "public, max-age=3600"
_NOT_BUILT = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Errata: dashboard not built</title></head>
<body><h1>The dashboard is not built yet</h1>
<p>The API works; only the pages are missing. Build them with <code>make web</code>, then reload.</p></body></html>
"""


@router.api_route(
    "/assets/{path:path}", methods=["GET", "HEAD"], dependencies=[public("the program of the dashboard holds no data")]
)
async def asset(path: str, wiring: Wiring) -> Response:
    """A hashed file of the build."""
    file = _file_below(wiring.settings.static_dir, f"assets/{path}")
    return errors.not_found() if file is None else FileResponse(file, headers={"Cache-Control": _IMMUTABLE})


@router.api_route("/api", methods=["GET", "HEAD"], dependencies=[public("there is nothing here")])
@router.api_route("/api/{_path:path}", methods=["GET", "HEAD"], dependencies=[public("there is nothing here")])
async def unknown_api_path() -> Response:
    """No address below /api is a page."""
    return errors.not_found()


@router.api_route("/{path:path}", methods=["GET", "HEAD"], dependencies=[public("the program of the dashboard holds no data")])
async def page(path: str, wiring: Wiring) -> Response:
    """A file of the build, or index.html."""
    file = _file_below(wiring.settings.static_dir, path)
    if file is not None and file.name != "index.html":
        return FileResponse(file, headers={"Cache-Control": _SHORT})
    index = _file_below(wiring.settings.static_dir, "index.html")
    if index is None:
        return HTMLResponse(_NOT_BUILT, status_code=503)
    return FileResponse(index, headers={"Cache-Control": "no-store"})


def _file_below(folder: Path | None, path: str) -> Path | None:
    """The regular file at `path` inside the folder; None for anything outside of it, hidden or missing."""
    if folder is None or "\0" in path or any(part.startswith(".") for part in path.split("/")):
        return None
    root = folder.resolve()
    file = (root / path).resolve()
    return file if file.is_relative_to(root) and file.is_file() else None
