"""A running batch of which the series are pulled and name a vessel alone: the same records as from files that name the batch."""

from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from pipeline.answers.watch.raw_batch import SeriesFiles, read_running
from pipeline.answers.watch.running import RunningBatch
from pipeline.history.snapshots.store import Rule
from tests.conftest import process_of
from tests.support.definitions import PlainData
from tests.support.pulled import add
from tests.support.raw_files import history_of
from tests.support.watched_project import definition, raw_files

RULE = Rule(("unit", "tag", "at"), "changed", whole=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = raw_files(tmp_path / "vat")
    lines = (made / "batches.csv").read_text(encoding="utf-8").splitlines()
    cells = ["vessel", "V1", "V1", "V1"]
    (made / "batches.csv").write_text("\n".join(f"{line},{cell}" for line, cell in zip(lines, cells, strict=True)) + "\n")
    return made


@pytest.fixture
def pulled() -> PlainData:
    made = definition()
    made["attributes"]["vessel"] = made["attributes"]["product"] | {"column": "batches.vessel"}
    source = made["sources"]["historian"]
    del source["files"], source["batch"]
    source |= {
        "pull": {"kind": "sql", "connection": "pi", "table": "records", "values": "raw"},
        "of_equipment": {"column": "unit", "attribute": "vessel"},
        "quality": {"column": "q", "good": [192]},
    }
    return made


def records(folder: Path, *names: str) -> pl.DataFrame:
    """What a historian holds of some batches, by vessel."""
    rows = pl.concat([pl.read_csv(folder / "historian" / f"{name}.csv") for name in names])
    return rows.select(
        unit=pl.lit("V1"),
        tag="tag",
        at=pl.col("at").str.to_datetime("%Y-%m-%d %H:%M", time_unit="us"),
        v="v",
        q=pl.lit(192),
        changed=datetime(2024, 4, 1),
    )


def read(made: PlainData, folder: Path, batch: str, files: SeriesFiles) -> RunningBatch:
    return read_running(process_of(made), folder, batch, files, folder / "snapshots")


def test_read_running__of_a_vessel_gives_the_records_of_the_batch(folder: Path, pulled: PlainData) -> None:
    place = folder / "snapshots/historian"
    add(place, records(folder, "b1", "b2"), RULE)
    add(place, records(folder, "r1"), RULE)
    of_files, files = history_of(definition(), folder).trajectories, SeriesFiles()
    whole = history_of(pulled, folder)
    assert whole.trajectories.equals(of_files)
    for batch in ("B1", "B2", "R1"):
        found = read(pulled, folder, batch, files)
        assert found.records.equals(of_files.filter(pl.col("batch_id") == batch))
    clock = read(pulled, folder, "R1", files).clock
    assert clock is not None
    assert clock.start == datetime(2024, 3, 20)


def test_read_running__sees_a_corrected_record_although_its_old_file_is_as_before(folder: Path, pulled: PlainData) -> None:
    place, files = folder / "snapshots/historian", SeriesFiles()
    first = records(folder, "r1")
    add(place, first, RULE)
    before = read(pulled, folder, "R1", files).records.filter(tag="temperature_series")
    add(place, first.head(1).with_columns(v=pl.lit(40.0), changed=datetime(2024, 4, 2)), RULE)
    after = read(pulled, folder, "R1", files).records.filter(tag="temperature_series")
    assert after.height == before.height
    assert (before["value"][0], after["value"][0]) == (309.65, 313.15)
    bad = first.tail(1).with_columns(q=pl.lit(24), changed=datetime(2024, 4, 3))
    add(place, bad, RULE)
    assert read(pulled, folder, "R1", files).records.filter(tag="temperature_series").height == before.height - 1
