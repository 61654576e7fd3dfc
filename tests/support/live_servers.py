"""Real servers for tests of live feeds: an OPC UA server in a thread or a process of its own, and MQTT brokers."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.imports import ROOT


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(what: Callable[[], object], limit: float = 15.0) -> None:
    """Wait until something is true."""
    end = time.monotonic() + limit
    while not what():
        if time.monotonic() > end:
            raise AssertionError("it did not become true in time")
        time.sleep(0.02)


class Loop:
    """An event loop in a thread of its own."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    def run(self, what: Coroutine[Any, Any, Any], limit: float = 20.0) -> Any:
        return asyncio.run_coroutine_threadsafe(what, self.loop).result(limit)

    def close(self) -> None:
        async def end() -> None:
            others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        self.run(end())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()


class ServedPlant:
    """An OPC UA server in a thread, with what it may do."""

    def __init__(
        self, names: list[str], records: dict[str, list[tuple[datetime, float | None, int]]], **options: Any
    ) -> None:
        pytest.importorskip("asyncua")
        from pipeline.history.live.opcua.server import PlantServer

        self.port = options.pop("port", None) or free_port()
        self.endpoint = f"opc.tcp://127.0.0.1:{self.port}/plant"
        self.names, self.loop = names, Loop()
        self.server = PlantServer(self.endpoint, stored=records, **options)

    def start(self) -> None:
        self.loop.run(self.server.start(self.names))

    def write(self, name: str, when: datetime, value: float | None, code: int = 0) -> None:
        self.loop.run(self.server.write(name, when, value, code))

    def stop(self) -> None:
        self.loop.run(self.server.stop())
        self.loop.close()


@contextmanager
def served_plant(
    names: list[str], records: dict[str, list[tuple[datetime, float | None, int]]] | None = None, **options: Any
) -> Iterator[ServedPlant]:
    plant = ServedPlant(names, records or {}, **options)
    plant.start()
    try:
        yield plant
    finally:
        plant.stop()


class Mosquitto:
    """The broker mosquitto as a process, which keeps what it must on the disk."""

    def __init__(self, folder: Path, extra: str = "") -> None:
        found = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
        if found is None:
            pytest.skip("mosquitto is not installed; apt-get install mosquitto")
        self.program, self.port, self.folder = found, free_port(), folder
        folder.mkdir(parents=True, exist_ok=True)
        lines = [
            f"listener {self.port} 127.0.0.1",
            "persistence true",
            f"persistence_location {folder}/",
            "autosave_interval 1",
            "autosave_on_changes true",
            "max_queued_messages 0",
            *([] if extra else ["allow_anonymous true"]),
            extra,
        ]
        if hasattr(os, "getuid") and os.getuid() == 0:
            lines.append("user root")
        (folder / "mosquitto.conf").write_text("\n".join(lines) + "\n", encoding="utf-8")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        arguments = [self.program, "-c", str(self.folder / "mosquitto.conf")]
        self.process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(lambda: _answers(self.port))

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(10)
            self.process = None


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 0.2):
            return True
    except OSError:
        return False


@contextmanager
def mosquitto(folder: Path) -> Iterator[Mosquitto]:
    broker = Mosquitto(folder)
    broker.start()
    try:
        yield broker
    finally:
        broker.stop()


class Amqtt:
    """The broker amqtt in a thread of the test."""

    def __init__(self) -> None:
        pytest.importorskip("amqtt")
        from amqtt.broker import Broker

        self.port, self.loop = free_port(), Loop()
        config = {
            "listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{self.port}"}},
            "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
        }

        async def make() -> Any:
            broker = Broker(config)
            await broker.start()
            return broker

        self.broker = self.loop.run(make())

    def stop(self) -> None:
        self.loop.run(self.broker.shutdown())
        self.loop.close()


@contextmanager
def amqtt_broker() -> Iterator[Amqtt]:
    broker = Amqtt()
    try:
        yield broker
    finally:
        broker.stop()


@contextmanager
def python(code: str, *arguments: str, **options: Any) -> Iterator[subprocess.Popen[str]]:
    """Start a program of Python with this project on its path. It is killed at the end, if it still runs."""
    process = subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=options.pop("cwd", ROOT),
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()
