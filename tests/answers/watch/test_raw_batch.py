"""One batch from the raw files: the same rows as the stages `ingest` and `validate` make, and no other batch."""

from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipeline.answers.watch import raw_batch
from pipeline.answers.watch.raw_batch import SeriesFiles, read_running
from pipeline.answers.watch.running import Clock, RunningBatch
from pipeline.domain.errors import ScalebridgeError
from pipeline.history.connectors.files import RawRows
from tests.conftest import process_of
from tests.support.raw_files import history_of
from tests.support.steps import steps_definition, steps_files
from tests.support.watched_project import add_hours, definition, process, raw_files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return raw_files(tmp_path / "vat")


def read(folder: Path, batch: str = "R1", files: SeriesFiles | None = None) -> RunningBatch:
    return read_running(process(), folder, batch, files or SeriesFiles())


def test_read_running__gives_the_records_of_the_stages(folder: Path) -> None:
    whole = history_of(definition(), folder).trajectories
    for batch in ("B1", "B2", "R1"):
        assert read(folder, batch).records.equals(whole.filter(pl.col("batch_id") == batch))


def test_read_running__gives_the_plan_without_what_is_measured_later(folder: Path) -> None:
    row = read(folder, "B1").row
    assert row.select("batch_id", "product", "temperature").rows() == [("B1", "mAb", 309.65)]
    assert row["scale"][0] == pytest.approx(0.01)
    assert row["yield"][0] is None


def test_read_running__knows_the_clock(folder: Path) -> None:
    found = read(folder)
    assert found.clock == Clock(datetime(2024, 3, 20), utc=False)
    assert found.clock.at(20) == "2024-03-20T20:00:00"


def test_read_running__reads_a_changed_file_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read_files: list[str] = []
    original = raw_batch.read_one_file

    def counted(path: Path, *arguments: Any) -> RawRows:
        read_files.append(path.relative_to(folder).as_posix())
        return original(path, *arguments)

    monkeypatch.setattr(raw_batch, "read_one_file", counted)
    files = SeriesFiles()
    assert read(folder, files=files).records.height == 22
    add_hours(folder, 21, 24, 36.5)
    assert read(folder, files=files).records.height == 26
    series = [name for name in read_files if name.startswith("historian")]
    assert sorted(series) == ["historian/b1.csv", "historian/b2.csv", "historian/r1.csv", "historian/r1.csv"]


def test_read_running__forgets_the_former_state_of_a_file(folder: Path) -> None:
    files = SeriesFiles()
    read(folder, files=files)
    add_hours(folder, 21, 24, 36.5)
    read(folder, files=files)
    assert len(files.read) == 4


def test_read_running__two_batches_of_one_file_stay_apart(folder: Path) -> None:
    files = SeriesFiles()
    assert [set(read(folder, batch, files).records["batch_id"]) for batch in ("B1", "B2", "B1")] == [{"B1"}, {"B2"}, {"B1"}]


def test_read_running__an_unknown_batch_is_a_sentence_with_the_names_there_are(folder: Path) -> None:
    with pytest.raises(
        ScalebridgeError, match=r"Batch 'R2' is not in the batch records of process 'vat'.*its 3 batches are B1, B2, R1"
    ):
        read(folder, "R2")


def test_read_running__a_batch_that_is_set_aside_says_why(folder: Path) -> None:
    file = folder / "batches.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("R1,mAb,100", "R1,,100"), encoding="utf-8")
    with pytest.raises(ScalebridgeError, match=r"Batch 'R1' is set aside.*the product \('product'\) is missing"):
        read(folder)


def test_read_running__the_end_is_that_of_the_batch_records(folder: Path) -> None:
    made = definition()
    column = {"source": "batches", "column": "ended", "date": {"format": "%Y-%m-%d %H:%M"}}
    made["attributes"]["ended"] = made["attributes"]["started"] | {"column": column}
    lines = (folder / "batches.csv").read_text(encoding="utf-8").splitlines()
    ends = ["ended", "2024-03-03 12:00", "2024-03-07 12:00", ""]
    (folder / "batches.csv").write_text(
        "\n".join(f"{line},{end}" for line, end in zip(lines, ends, strict=True)) + "\n", encoding="utf-8"
    )
    ended = process_of(made | {"ended": "ended"})
    assert read_running(ended, folder, "B1", SeriesFiles()).ended == 60.0
    assert read_running(ended, folder, "R1", SeriesFiles()).ended is None


def test_read_running__without_a_file_of_a_series_names_the_source(folder: Path) -> None:
    for path in (folder / "historian").iterdir():
        path.unlink()
    with pytest.raises(ScalebridgeError, match=r"Source 'historian': no file matches historian/\*\.csv"):
        read(folder)


def test_read_running__reads_a_parquet_file_with_folded_names(folder: Path) -> None:
    rows = pl.concat([pl.read_csv(path) for path in sorted((folder / "historian").iterdir())])
    rows.with_columns(pl.col("b").str.to_lowercase()).write_parquet(folder / "historian/all.parquet")
    made = definition()
    made["sources"]["historian"] |= {
        "files": ["historian/all.parquet"],
        "format": {"kind": "parquet"},
        "fold": {"b": ["case"]},
    }
    for name, column in (("batches", "batch"), ("samples", "b")):
        made["sources"][name] |= {"fold": {column: ["case"]}}
    whole = history_of(made, folder)
    batch = whole.batches["batch_id"][2]
    found = read_running(process_of(made), folder, batch, SeriesFiles())
    assert found.records.height == 22
    assert found.records.equals(whole.trajectories.filter(pl.col("batch_id") == batch))


def test_read_running__ids_are_cleaned_as_in_the_stages(folder: Path) -> None:
    path = folder / "historian/r1.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("R1,", " R1 ,"), encoding="utf-8")
    assert read(folder).records.height == 22


def test_read_running__of_a_process_with_steps_knows_what_earlier_steps_recorded(tmp_path: Path) -> None:
    """F1 is made of P1, of which a seventh is C1 (10 L) and the rest C2 (30 L)."""
    steps_files(tmp_path)
    (tmp_path / "sensors.csv").write_text("Batch,h,Torque\nF1,0,1\nF1,1,2\nF2,0,1\n")
    given = steps_definition()
    elapsed = {"kind": "elapsed", "unit": "h"}
    given["sources"]["sensors"] = {"gives": "trajectories", "files": ["sensors.csv"], "batch": "Batch", "time": "h"}
    given["sources"]["sensors"]["time_format"] = elapsed
    series = {"role": "IPC", "horizon": "in_process", "description": "x", "unit": "N*m", "column": "sensors.Torque"}
    given["attributes"]["torque"] = series
    found = read_running(process_of(given), tmp_path, "F1", SeriesFiles())
    assert found.records["value"].to_list() == [1.0, 2.0]
    assert found.row["scale"][0] == pytest.approx((10 + 6 * 30) / 7 / 1000)
