"""The tutorial from a plant to a watch, done as a reader does it, with a real PostgreSQL server and a real OPC UA server."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pipeline.domain.places import Places
from pipeline.publication.runs import current_run
from tests.journeys.conftest import choose_quickly
from tests.support.markdown_blocks import ROOT, blocks
from tests.support.postgresql import postgresql_server
from tests.support.serving import free_port

pytestmark = pytest.mark.long
PAGE = ROOT / "docs/tutorials/plant_in_a_database.md"
STEPS = {block.title: block.text for block in blocks(PAGE, "bash") if not block.not_run}


@dataclass
class Reader:
    """A reader with a folder, and what the steps printed."""

    folder: Path
    port: int
    address: str
    said: dict[str, str] = field(default_factory=dict)

    def text(self, step: str) -> str:
        """Return the commands of a step, with a free port and a quick batch."""
        return STEPS[step].replace("48400", str(self.port)).replace("--speed 7200", "--speed 40000")

    @property
    def environment(self) -> dict[str, str]:
        """The environment of the reader's terminal."""
        binaries = str(Path(sys.executable).parent) + os.pathsep + os.environ["PATH"]
        kept = {name: value for name, value in os.environ.items() if name not in ("MLFLOW_TRACKING_URI", "PYTHONPATH")}
        own = {"PATH": binaries, "MLFLOW_DISABLE_TELEMETRY": "true", "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(self.folder)}
        return kept | own | {"SCALEBRIDGE_CONNECTION_PLANT": self.address}

    def do(self, step: str) -> str:
        """Do a step to its end."""
        command = ["bash", "-euo", "pipefail", "-c", self.text(step)]
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=900, check=False
        )
        assert done.returncode == 0, f"{step}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        self.said[step] = done.stdout + done.stderr
        return self.said[step]

    def watch(self) -> None:
        """Watch until all records were received and shown, and end it as a reader does, with Ctrl-C."""
        command = ["bash", "-euo", "pipefail", "-c", "exec " + self.text("watch")]
        log = self.folder / "watch.log"
        with log.open("w", encoding="utf-8") as out:
            program = subprocess.Popen(command, cwd=self.folder, env=self.environment, stdout=out, stderr=subprocess.STDOUT)
            end = time.monotonic() + 240
            while time.monotonic() < end and program.poll() is None and "silent" not in log.read_text(encoding="utf-8"):
                time.sleep(1)
            program.send_signal(signal.SIGINT)
            assert program.wait(timeout=60) == 130, log.read_text(encoding="utf-8")
        self.said["watch"] = log.read_text(encoding="utf-8")

    @contextmanager
    def beside(self, step: str) -> Iterator[None]:
        """Keep the command of a step running in another terminal."""
        program = subprocess.Popen(
            ["bash", "-euo", "pipefail", "-c", "exec " + self.text(step)],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert program.stdout is not None
        try:
            lines = []
            while not any("Serving" in line for line in lines):
                lines.append(line := program.stdout.readline())
                assert line, "".join(lines)
            yield
        finally:
            program.send_signal(signal.SIGINT)
            program.communicate(timeout=30)


@pytest.fixture(scope="module")
def reader(clone: Callable[[str], Path]) -> Iterator[Reader]:
    pytest.importorskip("asyncua", reason="the extra `live` is not installed")
    folder = clone("plant_lesson")
    choose_quickly(folder)
    with postgresql_server() as server:
        made = Reader(folder, free_port(), server.address)
        for step in ("load", "choose", "pull", "learn", "again"):
            made.do(step)
        yield made


@pytest.fixture(scope="module")
def watched(reader: Reader) -> Reader:
    """The same reader after the second half."""
    with reader.beside("serve the plant"):
        reader.address = f"opc.tcp://127.0.0.1:{reader.port}/plant"
        reader.do("choose the historian")
    with reader.beside("play the batch"):
        reader.watch()
    return reader


def test_lesson__each_table_is_pulled_once(reader: Reader) -> None:
    assert "plant_in_a_database" in (reader.folder / "params.yaml").read_text(encoding="utf-8")
    files = sorted((reader.folder / "data/snapshots/plant_in_a_database").rglob("*.parquet"))
    assert len(files) == len({file.parent for file in files}) >= 10
    again = reader.said["again"]
    assert again.count("unchanged") == len(files)
    assert "ingest" not in again  # the data sets of the repository, which this copy did not fetch, may be named


def test_lesson__an_answer_is_from_the_database(reader: Reader) -> None:
    run = current_run(Places.under(reader.folder / "data"))
    assert run.manifest.files
    assert "titre" in reader.said["learn"].lower()


def test_lesson__no_file_holds_the_address(reader: Reader) -> None:
    socket = re.search(r"host=([^&\s]+)", reader.address)
    secret = (socket[1] if socket else reader.address).encode()
    texts = [
        path for path in reader.folder.rglob("*") if path.is_file() and path.suffix in (".json", ".yaml", ".html", ".lock")
    ]
    assert len(texts) > 50
    assert not [path for path in texts if secret in path.read_bytes() or reader.address.encode() in path.read_bytes()]


def test_lesson__the_batch_is_watched_to_its_end(watched: Reader) -> None:
    said = watched.said["watch"]
    assert "silent" in said  # the batch has been played, and the feed says no more
    assert (watched.folder / "batch.html").is_file()
    received = list((watched.folder / "data/received/plant_by_opcua").rglob("*.jsonl"))
    assert sum(len(path.read_text(encoding="utf-8").splitlines()) for path in received) > 200
    assert all(json.loads(path.read_text(encoding="utf-8").splitlines()[0]) for path in received)
