"""The stage `validate`: the canonical tables are those from which the raw files were written."""

import json
import shutil
from pathlib import Path
from zipfile import ZipFile

import polars as pl
import pytest
import yaml

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.places import Places
from pipeline.history.store import read_history
from pipeline.stages.configure import configure
from pipeline.stages.ingest import ingest
from pipeline.stages.validate import validate
from tests.support.balances import train_of_captures
from tests.support.project import CHOICES, copy_of, new_project, tables


def test_validate__gives_back_what_was_exported(project: Places) -> None:
    found, expected = read_history(project.history), tables()
    for name, key in (("batches", ["batch_id"]), ("lots", ["material", "lot_id", "attribute"]), ("genealogy", ["batch_id"])):
        one, other = getattr(found, name).sort(key), getattr(expected, name).sort(key)
        assert one.height == other.height
        for column in set(one.columns) & set(other.columns):
            values = other[column].to_list()
            numeric = other.schema[column].is_numeric()
            assert one[column].to_list() == (pytest.approx(values) if numeric else values), (name, column)


def test_validate__results_below_the_reporting_limit_are_the_limit(project: Places) -> None:
    expected = tables().results.sort("batch_id")["value"]
    found = pl.read_parquet(project.results).sort("batch_id")
    assert found["value"].to_list() == pytest.approx(expected.clip(lower_bound=0.1).to_list())
    assert (found["censoring"] == "left").to_list() == (expected <= 0.1).to_list()


def test_validate__numbers_and_page_of_the_quality_agree(project: Places) -> None:
    quality = json.loads(project.quality.read_text(encoding="utf-8"))
    assert quality["rows_read"] == quality["rows_valid"] == 48 + 12 + 48
    assert quality["results_censored"] == pl.read_parquet(project.results).filter(censoring="left").height > 0
    assert "A stirred pot" in project.quality_report.read_text(encoding="utf-8")
    assert pl.read_parquet(project.history / "profile.parquet")["attribute"].to_list()[:2] == ["batch", "product"]


def _written(places: Places) -> set[str]:
    return {path.name for path in places.history.iterdir()} | {
        path.name for path in (places.quality_report, places.quality) if path.is_file()
    }


def test_validate__without_a_valid_batch_writes_everything_and_then_fails(project: Places, tmp_path: Path) -> None:
    before = _written(project)
    copy = copy_of(project, tmp_path)
    raw = pl.read_csv(copy.raw / "pot" / "b.csv", infer_schema=False)
    raw.with_columns(pl.lit("warm").alias("temperature")).write_csv(copy.raw / "pot" / "b.csv")
    ingest(copy)
    shutil.rmtree(copy.history)  # DVC removes the outputs of a stage before it runs
    copy.quality_report.unlink()
    with pytest.raises(ScalebridgeError) as raised:
        validate(copy)
    assert "48 of 48 batches are set aside, for 1 cause" in str(raised.value)
    assert "column 'temperature' (48 cells, 48 batches): not a number with a decimal point" in str(raised.value)
    assert str(copy.quality_report) in str(raised.value)
    assert _written(copy) == before
    assert "48 of 48 batches are set aside" in copy.quality_report.read_text(encoding="utf-8")
    quality = json.loads(copy.quality.read_text(encoding="utf-8"))
    assert (quality["batches"], quality["batches_set_aside"], quality["causes"][0]["column"]) == (0, 48, "temperature")
    assert pl.read_parquet(copy.history / "batches.parquet").is_empty()
    with ZipFile(copy.history / "quarantine.xlsx") as parts:
        assert parts.testzip() is None


def test_validate__leaves_batches_out_on_purpose_and_counts_them(project: Places, tmp_path: Path) -> None:
    copy = copy_of(project, tmp_path)
    batch = str(pl.read_parquet(copy.history / "batches.parquet")["batch_id"][0])
    entry = {"batch": batch, "who": "J. Meier", "when": "2024-03-01", "why": "engineering run"}
    (copy.config / "left_out.yaml").write_text(yaml.safe_dump({"left_out": {"batches": [entry]}}), encoding="utf-8")
    validate(copy)
    quality = json.loads(copy.quality.read_text(encoding="utf-8"))
    assert (quality["batches"], quality["batches_left_out"], quality["batches_set_aside"]) == (47, 1, 0)
    assert quality["rows_left_out"] == 2  # the batch, and its lot
    assert quality["rows_read"] == quality["rows_valid"] + quality["rows_quarantined"] + quality["rows_left_out"]
    page = copy.quality_report.read_text(encoding="utf-8")
    for words in (batch, "J. Meier", "2024-03-01", "engineering run", "1 batch is left out on purpose"):
        assert words in page


def test_validate__judges_the_balances_that_a_train_declares(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    places = new_project(tmp_path)
    (places.raw / "train").mkdir()
    definition = train_of_captures(places.raw / "train", broken=1)
    (places.conf / "process/train.yaml").write_text(yaml.safe_dump(definition, sort_keys=False), encoding="utf-8")
    places.params.write_text(yaml.safe_dump(CHOICES | {"process": "train"}), encoding="utf-8")
    for stage in (configure, ingest, validate):
        stage(places)
    table = pl.read_parquet(places.history / "balances.parquet")
    assert table.filter(pl.col("verdict") == "impossible")["batch_id"].to_list() == ["P0"]
    assert json.loads(places.quality.read_text(encoding="utf-8"))["balances"]["impossible"] == 1
    assert "capture batch P0" in places.quality_report.read_text(encoding="utf-8")
    assert "Balances: 1 of 30 do not close, 1 of them with more out than in. See" in capsys.readouterr().out


def test_validate__without_balances_writes_no_table_of_them(project: Places) -> None:
    assert not (project.history / "balances.parquet").exists()
    assert "balances" not in json.loads(project.quality.read_text(encoding="utf-8"))
