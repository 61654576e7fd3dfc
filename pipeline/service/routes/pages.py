"""The pages in the browser and the files that they load. Nothing is loaded from another host."""

from functools import cache
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import Response

import pipeline.service.pages as of_pages
from pipeline.service.refusals import RefusedError

router = APIRouter(include_in_schema=False)
FOLDER = Path(of_pages.__path__[0]) / "static"
PAGES = {"": "what_if.html", "history": "history.html", "running": "running.html"}
"""Address → page."""
KINDS = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
"""A page runs no script that is written into it, and talks to no other host."""


@router.get("/")
async def what_if() -> Response:
    """Return the what-if page."""
    return _file(PAGES[""])


@router.get("/history")
async def history() -> Response:
    """Return the page of the batches of history."""
    return _file(PAGES["history"])


@router.get("/running")
async def running() -> Response:
    """Return the page of the running batches."""
    return _file(PAGES["running"])


@router.get("/pages/{name}")
async def file(name: str) -> Response:
    """Return a file that a page loads."""
    if name not in _names():
        raise RefusedError(404, "There is no such file of a page")
    return _file(name)


@cache
def _names() -> frozenset[str]:
    return frozenset(path.name for path in FOLDER.iterdir() if path.suffix in KINDS)


def _file(name: str) -> Response:
    path = FOLDER / name
    return Response(path.read_bytes(), media_type=KINDS[path.suffix], headers=HEADERS)
