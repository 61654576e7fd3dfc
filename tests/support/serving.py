"""The service as a process of its own, on a free port of this computer."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.asgi import Reply
from tests.support.definitions import PlainData

ROOT = Path(__file__).parents[2]


@dataclass
class Served:
    """A service that listens."""

    process: subprocess.Popen[str]
    port: int

    def ask(
        self, method: str, path: str, body: bytes | str | PlainData = b"", headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Ask once, on a connection of its own."""
        sent = json.dumps(body).encode() if isinstance(body, dict) else body.encode() if isinstance(body, str) else body
        kind = {"content-type": "application/json"} if isinstance(body, dict) else {}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=90)
        try:
            connection.request(method, path, sent, kind | dict(headers or {}))
            found = connection.getresponse()
            return Reply(found.status, {k.lower(): v for k, v in found.getheaders()}, found.read())
        finally:
            connection.close()

    def memory(self, headers: Mapping[str, str] | None = None) -> int:
        """Resident memory, as the service tells it [bytes]."""
        lines = self.ask("GET", "/metrics", headers=headers).body.decode().splitlines()
        return int(next(line for line in lines if line.startswith("process_resident_memory_bytes ")).split()[1])


def command(*options: str) -> list[str]:
    """The command `scalebridge serve`."""
    return [sys.executable, "-c", "from pipeline.cli import main; main()", "serve", *options]


def environment(**more: str) -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT)} | more


@contextmanager
def served(folder: Path, *options: str, **more: str) -> Iterator[Served]:
    """Start the service in the folder of a project, and end it."""
    process = subprocess.Popen(
        command("--port", "0", *options),
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(**more),
    )
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        line = process.stdout.readline()
        assert "listens at http://" in line, line + process.stderr.read()
        yield Served(process, int(line.partition("http://")[2].partition(" ")[0].rpartition(":")[2]))
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)


def wait_until(ready: object, seconds: float = 20.0) -> None:
    """Wait until a function returns true."""
    end = time.monotonic() + seconds
    while not ready():  # type: ignore[operator]
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
