"""A request to an application in this process, without a port: what comes back, as a client sees it."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from fastapi import FastAPI

from pipeline.answers.trained_run import TrainedRun
from pipeline.domain.places import Places
from pipeline.service.app import create_app
from pipeline.service.settings import Limits, ServiceSettings
from tests.support.definitions import PlainData
from tests.support.trained_pot import trained_run

JSON, YAML = {"content-type": "application/json"}, {"content-type": "application/yaml"}
POT: PlainData = {
    "name": "P to 100 L",
    "process": "pot",
    "product": "P",
    "scale": "100 L",
    "equipment": "B",
    "site": "There",
    "settings": {"agitation": "60 rpm", "temperature": "36.85 degC"},
    "unstated": "as_reference",
}
"""A proposal about the stirred pot."""


@dataclass(frozen=True)
class Reply:
    """A response."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def data(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> str:
        """The sentence of a refusal. There is nothing else in it."""
        data = self.data
        assert list(data) == ["error"], data
        return str(data["error"])


def app_of(folder: Path, trained: TrainedRun | None = None, **changes: Any) -> FastAPI:
    """A service of the trained pot, whose project is in a folder."""
    limits = changes.pop("limits", Limits())
    settings = ServiceSettings(Places.under(folder / "data"), limits=limits, **changes)
    return create_app(settings, trained or trained_run())


def ask(
    app: FastAPI, method: str, path: str, body: bytes | str | PlainData = b"", headers: Mapping[str, str] | None = None
) -> Reply:
    """Ask once. A body as plain data is sent as JSON."""
    return asyncio.run(asked(app, method, path, body, headers))


async def asked(
    app: FastAPI,
    method: str,
    path: str,
    body: bytes | str | PlainData = b"",
    headers: Mapping[str, str] | None = None,
    events: int | None = None,
) -> Reply:
    """The same in a loop. events: hang up after so many parts of the body."""
    kind = JSON if isinstance(body, dict) else {}
    sent = json.dumps(body).encode() if isinstance(body, dict) else body.encode() if isinstance(body, str) else body
    given = {"host": "127.0.0.1:8765", "content-length": str(len(sent))} | kind | dict(headers or {})
    plain, _, query = path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(plain),
        "raw_path": plain.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in given.items()],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 8765),
    }
    gone, parts, start, first = asyncio.Event(), list[bytes](), dict[str, Any](), [True]

    async def receive() -> Any:
        if first.pop() if first else False:
            return {"type": "http.request", "body": sent, "more_body": False}
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
            return
        parts.append(message.get("body", b""))
        if events is not None and len(parts) >= events:
            gone.set()

    await app(scope, receive, send)
    found = {name.decode().lower(): value.decode("latin-1") for name, value in start["headers"]}
    return Reply(start["status"], found, b"".join(parts))
