"""Snapshots of the history of an OPC UA server."""

import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from pipeline.domain.config_files import parse
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.sources import Source
from pipeline.history.pulls.pulling import pull_source
from pipeline.history.snapshots.manifest import require_manifest
from pipeline.history.snapshots.reading import snapshot_files
from pipeline.history.snapshots.store import Added, Unchanged
from tests.support.live_servers import ServedPlant, free_port, python, served_plant, wait_for

pytestmark = pytest.mark.long  # a server takes seconds to start

START = datetime(2026, 3, 1, tzinfo=UTC)


def source(**changes: object) -> Source:
    pull = {"kind": "opcua", "connection": "plant", "nodes": {"TI": "ns=2;s={equipment}.TI"}, "equipment": ["V1", "V2"]}
    made: Source = parse(
        Source,
        {
            "gives": "trajectories",
            "pull": {**pull, **changes},
            "of_equipment": {"column": "equipment", "attribute": "vessel"},
            "quality": {"column": "quality", "good": ["Good"]},
            "time": "time",
            "tag": "tag",
            "value": "value",
            "tags": {"TI": "temperature_series"},
        },
        "x",
    )
    return made


def rows(count: int, first: int = 0) -> list[tuple[datetime, float | None, int]]:
    return [(START + timedelta(minutes=n), float(n), 0) for n in range(first, first + count)]


@pytest.fixture(scope="module")
def plant() -> Iterator[ServedPlant]:
    records = {"V1.TI": rows(30), "V2.TI": rows(10)}
    with served_plant(list(records), records, page=7) as served:
        yield served


def test_snapshot__adds_what_is_new_and_nothing_else(
    plant: ServedPlant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCALEBRIDGE_CONNECTION_PLANT", plant.endpoint)
    folder = tmp_path / "historian"
    first = pull_source("historian", source(), folder, tmp_path)
    assert isinstance(first.found, Added)
    assert first.found.rows == 40
    table = pl.read_parquet(snapshot_files(folder))
    assert table.columns == ["time", "tag", "value", "quality", "equipment", "batch", "nth"]
    assert table.schema["time"] == pl.Datetime("us", "UTC")
    assert isinstance(pull_source("historian", source(), folder, tmp_path).found, Unchanged)
    plant.write("V2.TI", START + timedelta(minutes=10), 10.0)  # older than the newest record of the other vessel
    plant.write("V1.TI", START + timedelta(minutes=30), 30.0, 0x80310000)
    later = pull_source("historian", source(), folder, tmp_path)
    assert isinstance(later.found, Added)
    assert (later.found.rows, later.found.total) == (2, 42)
    pulled = require_manifest(folder).files[-1].pulled
    assert (pulled.kind, pulled.connection, pulled.values) == ("opcua", "plant", "raw")
    assert "127.0.0.1" not in (folder / "manifest.json").read_text(encoding="utf-8")


def test_snapshot__an_unknown_node_adds_nothing(plant: ServedPlant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCALEBRIDGE_CONNECTION_PLANT", plant.endpoint)
    with pytest.raises(ScalebridgeError, match=r"Source 'historian': .* has no node for tag 'TI' \(ns=2;s=V9.TI\)"):
        pull_source("historian", source(equipment=["V1", "V9"]), tmp_path / "historian", tmp_path)
    assert not list((tmp_path / "historian").glob("*.parquet"))


SERVER = """
import asyncio, sys
from datetime import UTC, datetime, timedelta
from pipeline.history.live.opcua.server import PlantServer
async def serve():
    start = datetime(2026, 3, 1, tzinfo=UTC)
    rows = [(start + timedelta(seconds=n), float(n), 0) for n in range(200_000)]
    server = PlantServer(sys.argv[1], page=500, stored={"V1.TI": rows, "V2.TI": rows})
    await server.start(["V1.TI", "V2.TI"])
    print("ready", flush=True)
    await asyncio.sleep(600)
asyncio.run(serve())
"""


def test_snapshot__a_server_that_is_killed_in_the_middle_adds_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = f"opc.tcp://127.0.0.1:{free_port()}/plant"
    monkeypatch.setenv("SCALEBRIDGE_CONNECTION_PLANT", endpoint)
    folder, seen = tmp_path / "historian", list[int]()

    with python(SERVER, endpoint) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == "ready\n"

        def kill(_: str, rows: int) -> None:
            seen.append(rows)
            if rows > 20_000 and server.poll() is None:
                os.kill(server.pid, signal.SIGKILL)
                wait_for(lambda: server.poll() is not None)

        with pytest.raises(
            ScalebridgeError, match=r"was lost while its history was read .* Nothing of this reading is kept"
        ):
            pull_source("historian", source(), folder, tmp_path, progress=kill)
    assert seen[-1] > 20_000
    assert [path.name for path in folder.iterdir()] == []
    with python(SERVER, endpoint) as server:
        assert server.stdout is not None
        server.stdout.readline()
        found = pull_source("historian", source(), folder, tmp_path).found
        server.kill()
    assert isinstance(found, Added)
    assert found.rows == 400_000
