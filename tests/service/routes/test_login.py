"""A browser brings the token once."""

from pathlib import Path
from urllib.parse import urlencode

import pytest

from pipeline.service.access import COOKIE
from pipeline.service.routes.login import FORM, local
from tests.support.asgi import app_of, ask

TOKEN = "correct-horse-battery-staple"
SENT = {"content-type": FORM}


def test_login__gives_a_cookie_that_lets_in(tmp_path: Path) -> None:
    app = app_of(tmp_path, token=TOKEN)
    asked = ask(app, "GET", "/batches", headers={"accept": "text/html"})
    assert (asked.status, asked.headers["location"]) == (303, "/login?next=/batches")
    assert b'value="/batches"' in ask(app, "GET", "/login?next=/batches").body
    found = ask(app, "POST", "/login", urlencode({"token": TOKEN, "next": "/batches"}), SENT)
    assert (found.status, found.headers["location"]) == (303, "/batches")
    cookie = found.headers["set-cookie"]
    assert all(part in cookie for part in ("HttpOnly", "SameSite=strict", "Path=/"))
    assert TOKEN not in cookie
    assert ask(app, "GET", "/batches", headers={"cookie": cookie.partition(";")[0]}).status == 200


@pytest.mark.parametrize("cookie", ["", COOKIE, f"{COOKIE}=x", f"{COOKIE}={TOKEN}", "\x00;=;", f"{COOKIE}=é"])
def test_login__another_cookie_does_not(tmp_path: Path, cookie: str) -> None:
    found = ask(app_of(tmp_path, token=TOKEN), "GET", "/health", headers={"cookie": cookie})
    assert found.status == 401


def test_login__a_wrong_token_is_told(tmp_path: Path) -> None:
    found = ask(app_of(tmp_path, token=TOKEN), "POST", "/login", urlencode({"token": "wrong"}), SENT)
    assert found.status == 403
    assert b"not the token" in found.body
    assert "set-cookie" not in found.headers


def test_login__of_another_type_is_refused(tmp_path: Path) -> None:
    assert ask(app_of(tmp_path, token=TOKEN), "POST", "/login", "token=x", {"content-type": "text/plain"}).status == 415


@pytest.mark.parametrize("onward", ["//evil.example", "https://evil.example/", "/\\evil.example", "evil", "/a\nb"])
def test_local__leads_nowhere_else(onward: str) -> None:
    assert local(onward) == "/"
