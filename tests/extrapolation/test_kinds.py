"""The kind of question of a row, and re-enactments that ask a given kind."""

import json

import polars as pl
import pytest

from pipeline.domain.scale import DEFAULT_TOLERANCE
from pipeline.extrapolation.kinds import KINDS, TrainingExtent, kinds_of
from pipeline.extrapolation.reenactment import reenact
from tests.support.rows import batch_rows


def _batch(**changes: object) -> pl.DataFrame:
    row = {"product": "P1", "lineage": "P1", "scale": 0.05, "site": "A"} | changes
    return pl.DataFrame([row])


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, "next_batch"),
        ({"product": "other"}, "new_product"),
        ({"product": "other", "lineage": "other"}, "new_lineage"),
        ({"scale": 2.0}, "new_scale"),
        ({"scale": 0.054}, "next_batch"),
        ({"scale": 15.0}, "beyond_scale"),
        ({"scale": 15.0, "site": "new"}, "new_source"),
    ],
)
def test_kind__is_the_one_that_asks_most(changes: dict[str, object], kind: str) -> None:
    assert kinds_of(_batch(**changes), TrainingExtent.of(batch_rows(), DEFAULT_TOLERANCE, ["site"])) == [kind]


@pytest.mark.parametrize(("tolerance", "kind"), [(0.1, "beyond_scale"), (0.2, "next_batch")])
def test_kind__follows_the_tolerance_of_the_process(tolerance: float, kind: str) -> None:
    """With tolerance 0.2, the scales 100 and 115 are one level and so no new scale."""
    rows = batch_rows(1, (1.0, 100.0))
    assert kinds_of(_batch(product="P0", lineage="P0", scale=115.0), TrainingExtent.of(rows, tolerance)) == [kind]


@pytest.mark.parametrize(("tolerance", "kind"), [(0.1, "new_scale"), (0.2, "next_batch")])
def test_kind__compares_with_the_largest_scale_of_the_lineage(tolerance: float, kind: str) -> None:
    rows = batch_rows(2, (1.0, 100.0, 1000.0))  # P1 has not reached the last scale
    assert kinds_of(_batch(scale=115.0), TrainingExtent.of(rows, tolerance)) == [kind]


def test_reasons__name_the_quantity_that_lies_too_far_outside() -> None:
    rows = batch_rows().with_columns(power=10 ** pl.col("log10_scale"))  # 0.001 to 2
    extent = TrainingExtent.of(rows, DEFAULT_TOLERANCE, ["site"], ["power", "x"])
    batches = pl.concat([_batch()] * 3).with_columns(power=pl.Series([2.0, 3000.0, 5000.0]))
    assert batches.select(extent.reasons()).to_series().to_list() == [
        None,
        None,
        "power = 5000.0 is too far outside 0.001 to 2, all that history holds (SI)",
    ]


def test_reasons__are_null_for_every_row_if_nothing_can_be_refused() -> None:
    """A history of one scale, without a grouping whose new levels are refused."""
    rows = batch_rows(2, (1.0,))
    extent = TrainingExtent.of(rows, DEFAULT_TOLERANCE, [], ["scale"])
    assert (extent.levels, extent.ranges) == ({}, {})
    assert rows.select(extent.reasons())["reason"].to_list() == [None] * rows.height


@pytest.mark.parametrize("tolerance", [DEFAULT_TOLERANCE, 0.2])
def test_extent__is_the_same_after_saving_and_reading(tolerance: float) -> None:
    rows = batch_rows().with_columns(power=10 ** pl.col("log10_scale"))
    extent = TrainingExtent.of(rows, tolerance, ["site"], ["power"])
    assert TrainingExtent.from_dict(json.loads(json.dumps(extent.to_dict()))) == extent


def test_extent__saved_without_a_tolerance_has_the_default_one() -> None:
    saved = TrainingExtent.of(batch_rows(), DEFAULT_TOLERANCE).to_dict()
    assert "tolerance" not in saved
    assert TrainingExtent.from_dict(saved).tolerance == DEFAULT_TOLERANCE


@pytest.mark.parametrize("kind", KINDS)
def test_reenact__hidden_batches_ask_the_kind(kind: str) -> None:
    rows = batch_rows(6, each=6)
    if kind == "new_product":  # one lineage of several products
        rows = rows.with_columns(lineage=pl.lit("all"))
    folds = reenact(rows, kind, ["site"], 3)
    assert folds["shift"].unique().to_list() == [kind]
    for (_,), part in folds.group_by("fold"):
        train, test = (
            rows.filter(pl.col("batch_id").is_in(part.filter(role=r)["batch_id"].implode())) for r in ("train", "test")
        )
        kinds = kinds_of(test, TrainingExtent.of(train, DEFAULT_TOLERANCE, ["site"] if kind == "new_source" else []))
        assert kind in kinds
        assert set(train["batch_id"]).isdisjoint(test["batch_id"])


def test_reenact__uses_the_nearest_kind_that_the_rows_can_show_and_names_it() -> None:
    one_level = batch_rows(3, levels=(2.0, 5.0), each=4).filter(pl.col("scale_level") == 2.0)
    assert reenact(one_level, "beyond_scale", [], 3)["shift"].unique().to_list() == ["new_lineage"]
    single = one_level.filter(pl.col("product") == "P0").with_columns(started_at=pl.lit(None, pl.Datetime))
    assert reenact(single, "new_scale", [], 3)["shift"].unique().to_list() == ["thirds"]
