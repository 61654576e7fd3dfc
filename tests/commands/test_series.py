"""The verb `series` makes features from records outside of the project."""

import shutil
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.commands.series import ENDING
from pipeline.domain.config_files import load
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.places import Places
from pipeline.domain.process.process import Process
from pipeline.features.table import series_features
from pipeline.history.store import read_history
from pipeline.history.tables import History
from pipeline.stages.configure import configure
from tests.support.definitions import Make
from tests.support.press_series import TAGS, press_history, write_partitions
from tests.support.raw_files import history_of

SENSORS = ("temperature_series", "ph_series", "oxygen_series", "agitation_series")


@pytest.fixture
def places(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    """A project of the virtual plant with a history of seven batches, and a folder `series` beside it."""
    made = Places.under(tmp_path / "project/data")
    shutil.copytree(root / "conf", made.conf)
    shutil.copy(root / "params.yaml", made.params)
    configure(made)
    history = _of_sensors(press_history())
    made.history.mkdir(parents=True)
    for name in ("batches", "results", "lots", "genealogy"):
        getattr(history, name).write_parquet(made.history / f"{name}.parquet")
    write_partitions(history, tmp_path / "series")
    monkeypatch.chdir(made.params.parent)
    return made


def _of_sensors(history: History) -> History:
    """The records under the names of sensors of the virtual plant."""
    names = dict(zip(TAGS.values(), SENSORS, strict=True))
    records = history.trajectories.with_columns(pl.col("tag").replace(names)).sort("batch_id", "tag", "time")
    return History(history.batches, history.results, history.lots, history.genealogy, records)


def _call(*arguments: str) -> str:
    done = CliRunner().invoke(app, ["series", *arguments], catch_exceptions=False)
    assert done.exit_code == 0
    return done.output


def test_series__writes_a_row_per_batch_with_the_features_of_all_records(places: Places, tmp_path: Path) -> None:
    assert "7 batches, " in _call(str(tmp_path / "series"), "--out", str(tmp_path / f"features{ENDING}"))
    found = pl.read_parquet(tmp_path / "features.parquet")
    process = load(places.config, "process", Process)
    whole = series_features(process, _of_sensors(press_history()))
    assert found.width == 1 + sum(table.width - 1 for table in whole)
    for table in whole:
        assert_frame_equal(found.select(table.columns), found.select("batch_id").join(table, on="batch_id", how="left"))


def test_series__counts_batches_that_the_history_does_not_know(places: Places, tmp_path: Path) -> None:
    known = read_history(places.history, records=False).batches
    known.head(5).write_parquet(places.history / "batches.parquet")
    said = _call(str(tmp_path / "series"), "--out", str(tmp_path / "features.parquet"))
    assert "7 batches" in said
    assert "2 of them are no batches of data/history" in said


@pytest.mark.parametrize(
    ("name", "words"), [("f.csv", "does not end in .parquet"), ("none/f.parquet", "does not exist; create")]
)
def test_series__a_file_that_cannot_be_written_is_refused(places: Places, tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(ScalebridgeError, match=words):
        _call(str(tmp_path / "series"), "--out", name)


def test_series__the_file_is_read_as_details_of_the_batches(places: Places, tmp_path: Path, small: Make) -> None:
    """As the guide says: a source of details with the key `batch`, and its columns as attributes in SI."""
    raw = tmp_path / "raw"
    raw.mkdir()
    _call(str(tmp_path / "series"), "--out", str(raw / "series_features.parquet"))
    pl.DataFrame({"batch": [f"B{n:02d}" for n in range(7)], "product": "p", "volume": 1.0}).write_csv(raw / "batches.csv")
    told = small()
    series = {"gives": "details", "key": ["batch"], "files": ["series_features.parquet"], "format": {"kind": "parquet"}}
    attributes = {name: told["attributes"][name] for name in ("batch", "product", "volume")}
    attributes["batch"] |= {"column": ["batches.batch", "series.batch_id"]}
    mean = {"source": "series", "column": "bioreactor.temperature_mean"}
    attributes["temperature_mean"] = {
        "role": "CPP",
        "horizon": "in_process",
        "unit": "K",
        "description": "x",
        "column": mean,
    }
    definition = told | {"sources": told["sources"] | {"series": series}, "attributes": attributes}
    found = history_of(definition, raw).batches
    expected = pl.read_parquet(raw / "series_features.parquet")
    assert found["temperature_mean"].to_list() == expected["bioreactor.temperature_mean"].to_list()
