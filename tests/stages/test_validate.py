"""The stage `validate`: the canonical tables are those from which the raw files were written."""

import json

import polars as pl
import pytest

from pipeline.domain.places import Places
from pipeline.history.store import read_history
from tests.support.project import tables


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
