"""A database that is polled beside its snapshot."""

import sqlite3
from pathlib import Path

import polars as pl
import pytest

from pipeline.domain.config_files import parse
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.pulls import SqlPull
from pipeline.domain.sources import Source
from pipeline.history.pulls.polled import GONE, POLLED, is_whole, poll
from pipeline.history.pulls.pulling import pull_source

FIELDS = {"gives": "trajectories", "batch": "b", "time": "at", "tag": "tag", "value": "v", "tags": {"TI": "x"}}


def source(**changes: object) -> Source:
    pull = {"kind": "sql", "connection": "plant", "table": "records", "key": ["id"], "watermark": "changed", "overlap": 2}
    made: Source = parse(Source, {**FIELDS, "pull": {**pull, "values": "raw", **changes}}, "x")
    return made


def pull_of(made: Source) -> SqlPull:
    assert isinstance(made.pull, SqlPull)
    return made.pull


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    pytest.importorskip("sqlalchemy")
    file = tmp_path / "plant.db"
    monkeypatch.setenv("SCALEBRIDGE_CONNECTION_PLANT", f"sqlite:///{file}")
    change(file, "CREATE TABLE records (id INTEGER, changed INTEGER, b TEXT, at TEXT, tag TEXT, v REAL)")
    for n in range(10):
        add(file, n, n, 36.5)
    return file


def change(file: Path, statement: str, *values: object) -> None:
    opened = sqlite3.connect(file)
    with opened:
        opened.execute(statement, values)
    opened.close()


def add(file: Path, number: int, changed: int, value: float) -> None:
    change(
        file, "INSERT INTO records VALUES (?, ?, 'R1', ?, 'TI', ?)", number, changed, f"2024-03-20 {number:02d}:00", value
    )


def test_poll__holds_what_is_newer_than_the_snapshot(database: Path, tmp_path: Path) -> None:
    snapshot, folder, pull = tmp_path / "snapshot", tmp_path / "received", pull_of(source())
    pull_source("records", source(), snapshot, tmp_path)
    assert not is_whole(pull, snapshot)
    assert poll(pull, snapshot, folder, tmp_path) == 0
    add(database, 10, 10, 36.6)
    change(database, "UPDATE records SET v = 37, changed = 11 WHERE id = 3")
    assert poll(pull, snapshot, folder, tmp_path) == 2
    assert poll(pull, snapshot, folder, tmp_path) == 0
    assert sorted(pl.read_parquet(folder / POLLED)["id"]) == [3, 10]
    assert pl.read_parquet(folder / GONE)["row"].to_list() == [5]  # row 1 holds the names of the columns
    assert len(list(snapshot.glob("*.parquet"))) == 1


def test_poll__without_a_watermark_holds_all_rows(database: Path, tmp_path: Path) -> None:
    made = source(key=[], watermark=None, overlap=None)
    snapshot, folder = tmp_path / "snapshot", tmp_path / "received"
    assert is_whole(pull_of(made), snapshot)
    assert poll(pull_of(made), snapshot, folder, tmp_path) == 10
    assert pl.read_parquet(folder / POLLED).height == 10


def test_poll__of_a_database_that_is_gone_changes_nothing(database: Path, tmp_path: Path) -> None:
    pull, folder = pull_of(source()), tmp_path / "received"
    poll(pull, tmp_path / "snapshot", folder, tmp_path)
    database.unlink()
    with pytest.raises(ScalebridgeError):
        poll(pull, tmp_path / "snapshot", folder, tmp_path)
    assert pl.read_parquet(folder / POLLED).height == 10
