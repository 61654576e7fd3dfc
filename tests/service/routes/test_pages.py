"""The pages and their files."""

from pathlib import Path

import pytest
from fastapi import FastAPI

from pipeline.service.routes.pages import FOLDER, PAGES
from tests.support.asgi import app_of, ask


@pytest.fixture(scope="module")
def app() -> FastAPI:
    return app_of(Path("nowhere"))


@pytest.mark.parametrize("address", PAGES)
def test_pages__are_html_that_may_run_no_script_of_its_own(app: FastAPI, address: str) -> None:
    reply = ask(app, "GET", f"/{address}")
    assert (reply.status, reply.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert reply.headers["content-security-policy"].startswith("default-src 'self';")
    text = reply.body.decode()
    assert "<style" not in text
    assert " style=" not in text
    assert " onclick" not in text
    assert all("src=" in part.split(">")[0] for part in text.split("<script")[1:])


@pytest.mark.parametrize("path", sorted(FOLDER.iterdir()), ids=lambda path: path.name)
def test_pages__files_name_no_other_host(app: FastAPI, path: Path) -> None:
    reply = ask(app, "GET", f"/pages/{path.name}")
    assert reply.status == 200
    text = reply.body.decode().replace("http://www.w3.org/2000/svg", "")
    assert "http:" not in text
    assert "https:" not in text
    assert "//cdn" not in text


def test_pages__give_no_file_outside_of_their_folder(app: FastAPI) -> None:
    for name in ("..%2Fapp.py", "nothing.js", "__init__.py"):
        reply = ask(app, "GET", f"/pages/{name}")
        assert reply.status == 404
        assert reply.error
