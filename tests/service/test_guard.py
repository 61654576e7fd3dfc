"""Who is let in, and how much."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from pipeline.service.guard import HEADERS
from pipeline.service.settings import Limits
from tests.support.asgi import JSON, POT, app_of, ask, asked

TOKEN = "correct-horse-battery-staple"


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8765", "127.0.0.1.evil.example", "", "10.0.0.7", "[::2]"])
def test_guard__refuses_a_foreign_host(tmp_path: Path, host: str) -> None:
    found = ask(app_of(tmp_path), "GET", "/health", headers={"host": host})
    assert found.status == 421
    assert "--name" in found.error


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "[::1]:8765", "127.0.0.1", "plant.example"])
def test_guard__answers_under_its_own_names(tmp_path: Path, host: str) -> None:
    assert ask(app_of(tmp_path, names=("plant.example",)), "GET", "/health", headers={"host": host}).status == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:9999", "http://localhost:8765", ""])
def test_guard__refuses_a_foreign_origin(tmp_path: Path, origin: str) -> None:
    found = ask(app_of(tmp_path), "POST", "/answers", POT, {"origin": origin})
    assert found.status == 403
    assert "origin" in found.error


def test_guard__lets_its_own_pages_ask(tmp_path: Path) -> None:
    own = {"origin": "http://127.0.0.1:8765", "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors"}
    assert ask(app_of(tmp_path), "POST", "/answers?depth=numbers", POT, own).status == 200


def test_guard__refuses_what_a_foreign_page_loads_but_not_a_link(tmp_path: Path) -> None:
    foreign = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}
    assert ask(app_of(tmp_path), "GET", "/health", headers=foreign).status == 403
    assert ask(app_of(tmp_path), "GET", "/health", headers=foreign | {"sec-fetch-mode": "navigate"}).status == 200


@pytest.mark.parametrize("given", [None, "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer \xe9"])
def test_guard__needs_the_token(tmp_path: Path, given: str | None) -> None:
    headers = {} if given is None else {"authorization": given}
    for path in ("/health", "/metrics", "/openapi.json", "/docs", "/batches", "/nowhere"):
        found = ask(app_of(tmp_path, token=TOKEN), "GET", path, headers=headers)
        assert found.status == 401
        assert "token" in found.error
        assert found.headers["www-authenticate"] == "Bearer"


def test_guard__lets_the_token_in_under_any_address(tmp_path: Path) -> None:
    headers = {"authorization": f"bearer {TOKEN}", "host": "10.0.0.7:8765"}
    assert ask(app_of(tmp_path, token=TOKEN), "GET", "/health", headers=headers).status == 200
    assert ask(app_of(tmp_path, token=TOKEN), "GET", "/health", headers=headers | {"host": "evil.example"}).status == 421


@pytest.mark.parametrize("stated", [True, False])
def test_guard__refuses_a_large_body(tmp_path: Path, stated: bool) -> None:
    app = app_of(tmp_path, limits=Limits(body=1000))
    headers = JSON | ({} if stated else {"content-length": "0"})  # a chunked body states no length
    found = ask(app, "POST", "/answers", b"x" * 1001, headers)
    assert found.status == 413
    assert "1,000 bytes" in found.error
    assert found.headers["connection"] == "close"


def test_guard__refuses_a_body_that_does_not_arrive(tmp_path: Path) -> None:
    app, sent = app_of(tmp_path, limits=Limits(seconds_to_send=0.05)), list[Any]()
    scope = {"type": "http", "method": "POST", "path": "/answers", "headers": [(b"host", b"localhost")]}

    async def receive() -> Any:
        await asyncio.sleep(10)

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    assert sent[0]["status"] == 408


def test_guard__an_unexpected_error_is_a_sentence_without_details(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    app = app_of(tmp_path)
    monkeypatch.setattr(type(app.state.service.warm), "ask", lambda *_: 1 / 0)
    found = ask(app, "POST", "/answers", POT)
    assert found.status == 500
    assert "made a mistake" in found.error
    assert "Zero" not in found.error
    assert "division by zero" in capsys.readouterr().err


def test_guard__a_full_disk_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/answers_given").write_text("a file in the place of the folder")
    found = ask(app_of(tmp_path), "POST", "/answers?depth=numbers", POT)
    assert found.status == 503
    assert "data/answers_given" in found.error
    assert str(tmp_path) not in found.error
    assert capsys.readouterr().err


def test_guard__sends_its_headers_with_every_response(tmp_path: Path) -> None:
    for path in ("/health", "/nowhere", "/docs"):
        found = ask(app_of(tmp_path), "GET", path)
        assert all(found.headers[name.decode()] == value.decode() for name, value in HEADERS.items())


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/nowhere", 404), ("DELETE", "/answers", 405), ("PUT", "/health", 405)]
)
def test_guard__what_the_framework_refuses_is_a_sentence_too(tmp_path: Path, method: str, path: str, status: int) -> None:
    found = ask(app_of(tmp_path), method, path)
    assert found.status == status
    assert "/docs" in found.error


def test_guard__two_requests_at_once_are_both_answered(tmp_path: Path) -> None:
    app = app_of(tmp_path)

    async def both() -> list[int]:
        asks = [asked(app, "POST", "/answers?depth=numbers", POT | {"name": f"n{i}"}) for i in range(8)]
        return [reply.status for reply in await asyncio.gather(*asks)]

    assert asyncio.run(both()) == [200] * 8
