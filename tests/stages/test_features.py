"""The stage `features`: one row per batch, and a catalogue that explains every column."""

import polars as pl
import pytest

from pipeline.domain.places import Places
from tests.support.project import tables


def test_features__has_one_row_per_batch_with_settings_and_lots(project: Places) -> None:
    rows = pl.read_parquet(project.features)
    expected = tables()
    assert rows["batch_id"].to_list() == expected.batches["batch_id"].to_list()
    assert rows["revolutions"].to_list() == pytest.approx((rows["scale"] * rows["agitation"]).to_list())
    copper = expected.genealogy.join(expected.lots.filter(attribute="copper"), on="lot_id").sort("batch_id")["value"]
    assert rows["copper"].to_list() == pytest.approx(copper.to_list())
    assert rows["zinc"].to_list() == pytest.approx((3 * copper).to_list())


def test_features__gives_each_batch_the_level_of_its_scale(project: Places) -> None:
    rows = pl.read_parquet(project.features)
    assert rows.columns[4] == "scale_level"
    assert sorted(rows["scale_level"].unique()) == pytest.approx([0.001, 0.1])
    assert rows["scale_level"].to_list() == pytest.approx(rows["scale"].to_list())


def test_features__every_feature_is_explained(project: Places) -> None:
    rows, catalogue = pl.read_parquet(project.features), pl.read_parquet(project.catalogue)
    assert set(catalogue["feature"]) <= set(rows.columns)
    assert dict(catalogue.select("feature", "unit").iter_rows())["agitation"] == "rpm"
    assert "volume, agitation" in dict(catalogue.select("feature", "inputs").iter_rows())["revolutions"]
