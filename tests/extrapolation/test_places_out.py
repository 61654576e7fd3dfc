"""A line of batches is hidden at one of its places; its batches elsewhere at the same scale are known."""

from typing import Any

import polars as pl
import pytest

from pipeline.extrapolation.hiding import NotApplicableError
from pipeline.extrapolation.places_out import Place, place_out
from pipeline.extrapolation.protocols import DeviceOut, SiteOut, Split, fold_table

ROWS = pl.DataFrame(
    [
        *[("P", 1.0, "A", "V1")] * 2,
        *[("P", 1.0, "B", "V2")] * 2,
        ("P", 9.0, "B", "V3"),  # a scale that P knows at site B alone
        *[("Q", 1.0, "A", "V1")] * 2,
        ("R", 1.0, None, None),
        ("R", 1.0, "A", "V1"),
    ],
    schema={"lineage": pl.String, "scale_level": pl.Float64, "site": pl.String, "equipment": pl.String},
    orient="row",
).with_columns(
    batch_id=pl.format("B{}", pl.int_range(pl.len())), product=pl.col("lineage"), started_at=pl.lit(None, pl.Datetime("us"))
)


def _roles(folds: pl.DataFrame, fold: int, role: str) -> list[str]:
    return folds.filter(fold=fold, role=role)["batch_id"].sort().to_list()


@pytest.mark.parametrize("place", ["site", "equipment"])
def test_place_out__tests_a_line_where_it_also_ran_elsewhere_at_the_scale(place: Place) -> None:
    folds = place_out(ROWS, place, 2)
    assert _roles(folds, 0, "test") == ["B0", "B1"]
    assert _roles(folds, 1, "test") == ["B2", "B3"]
    assert {"B2", "B3", "B5", "B6", "B7", "B8"} <= set(_roles(folds, 0, "train"))


def test_place_out__does_not_learn_from_other_batches_of_the_line_at_the_tested_site() -> None:
    folds = place_out(ROWS, "site", 2)
    assert "B4" in _roles(folds, 0, "train")
    assert "B4" not in folds.filter(fold=1)["batch_id"]


@pytest.mark.parametrize(
    ("rows", "place", "words"),
    [
        (ROWS.filter(pl.col("lineage") != "P"), "site", "no lineage .* was made at one scale at two sites"),
        (ROWS.filter(pl.col("lineage") != "P"), "equipment", "no lineage .* was made at one scale on two devices"),
        (ROWS.with_columns(site=pl.lit(None, pl.String)), "site", "no batch states its site"),
        (ROWS.drop("equipment"), "equipment", "no batch states its device"),
    ],
)
def test_place_out__says_why_it_does_not_apply(rows: pl.DataFrame, place: Place, words: str) -> None:
    with pytest.raises(NotApplicableError, match=words):
        place_out(rows, place, 2)


def test_site_out__and_device_out_are_protocols() -> None:
    split: Any = (SiteOut("site_out", 2), DeviceOut("device_out", 2))
    table, skipped = fold_table(ROWS, Split(split))
    assert table["protocol"].unique().sort().to_list() == ["device_out", "site_out"]
    assert skipped == {}
    _, skipped = fold_table(ROWS.with_columns(site=pl.lit("A"), equipment=pl.lit("V1")), Split(split))
    assert set(skipped) == {"device_out", "site_out"}
