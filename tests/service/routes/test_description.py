"""The page of addresses works without scripts and without another host."""

import re
from pathlib import Path

from pipeline.service.routes.description import described
from tests.support.asgi import app_of, ask


def test_docs__names_every_address_and_loads_nothing(tmp_path: Path) -> None:
    app = app_of(tmp_path)
    page = ask(app, "GET", "/docs").body.decode()
    schema = ask(app, "GET", "/openapi.json").data
    for path in schema["paths"]:
        assert path in page
    assert "<script" not in page
    assert not re.findall(r'(?:src|href)="(?!/)', page)
    assert sum(map(len, described(schema).values())) == sum(map(len, schema["paths"].values()))


def test_icon__is_nothing_and_needs_no_token(tmp_path: Path) -> None:
    found = ask(app_of(tmp_path, token="correct-horse-battery-staple"), "GET", "/favicon.ico")
    assert (found.status, found.body) == (204, b"")


def test_openapi__has_the_schema_of_an_answer(tmp_path: Path) -> None:
    schema = ask(app_of(tmp_path), "GET", "/openapi.json").data
    returned = schema["paths"]["/answers"]["post"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert returned["$ref"].endswith("/Answer")
    assert "joint" in schema["components"]["schemas"][returned["$ref"].rpartition("/")[2]]["properties"]
