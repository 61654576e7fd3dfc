"""The kind of question of a row."""

import json

import polars as pl
import pytest

from pipeline.domain.scale import DEFAULT_TOLERANCE
from pipeline.extrapolation.kinds import TrainingExtent, kinds_of
from tests.support.rows import batch_rows


def _batch(**changes: object) -> pl.DataFrame:
    row = {"product": "P1", "lineage": "P1", "scale": 0.05, "site": "A"} | changes
    return pl.DataFrame([row])


PLACES = batch_rows(2).with_columns(
    pl.col("product").replace_strict({"P0": "B", "P1": "A"}).alias("site"),
    pl.col("product").replace_strict({"P0": "V2", "P1": "V1"}).alias("equipment"),
)
"""P0 ran at site B on V2, and reached the largest scale; P1 ran at site A on V1."""


def _placed(**changes: object) -> pl.DataFrame:
    return _batch(**{"site": "A", "equipment": "V1"} | changes).cast({"site": pl.String, "equipment": pl.String})


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
    rows = PLACES.with_columns(power=10 ** pl.col("log10_scale"))
    extent = TrainingExtent.of(rows, tolerance, ["site"], ["power"])
    assert TrainingExtent.from_dict(json.loads(json.dumps(extent.to_dict()))) == extent


def test_extent__saved_without_a_tolerance_has_the_default_one() -> None:
    saved = TrainingExtent.of(batch_rows(), DEFAULT_TOLERANCE).to_dict()
    assert "tolerance" not in saved
    assert TrainingExtent.from_dict(saved).tolerance == DEFAULT_TOLERANCE


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"site": "A", "equipment": "V1"}, "next_batch"),
        ({"site": "B", "equipment": "V1"}, "new_place"),  # only the other lineage was made there
        ({"site": "A", "equipment": "V2"}, "next_batch"),  # of another lineage, but batches were made on it
        ({"site": "A", "equipment": "V9"}, "new_place"),
        ({"site": None, "equipment": None}, "next_batch"),  # what is not stated is not new
        ({"site": "B", "product": "other", "lineage": "other"}, "new_lineage"),
        ({"site": "B", "product": "other"}, "new_product"),
        ({"site": "B", "equipment": "V9", "scale": 2.0}, "new_scale"),
        ({"site": "B", "equipment": "V9", "scale": 15.0}, "beyond_scale"),
    ],
)
def test_kind__of_a_repeat_at_an_unseen_site_or_on_unseen_equipment_is_new_place(
    changes: dict[str, object], kind: str
) -> None:
    assert kinds_of(_placed(**changes), TrainingExtent.of(PLACES, DEFAULT_TOLERANCE)) == [kind]


@pytest.mark.parametrize("column", ["site", "equipment"])
def test_kind__knows_no_new_place_where_history_states_none(column: str) -> None:
    other = "equipment" if column == "site" else "site"
    for rows in (PLACES.drop(other), PLACES.with_columns(pl.lit(None, pl.String).alias(other))):
        extent = TrainingExtent.of(rows, DEFAULT_TOLERANCE)
        assert kinds_of(_placed(**{other: "never seen"}), extent) == ["next_batch"]
        assert kinds_of(_placed(**{column: "never seen"}), extent) == ["new_place"]


def test_kind__of_a_lineage_without_stated_sites_is_never_new_place() -> None:
    """Where its batches were made is not known, so no site can be called new to it."""
    rows = PLACES.with_columns(pl.when(pl.col("lineage") == "P0").then("site").alias("site"))
    assert kinds_of(_placed(site="B"), TrainingExtent.of(rows, DEFAULT_TOLERANCE)) == ["next_batch"]


def test_extent__saved_without_places_calls_no_place_new() -> None:
    saved = TrainingExtent.of(PLACES, DEFAULT_TOLERANCE).to_dict()
    del saved["lineages_at"], saved["equipment"]
    assert kinds_of(_placed(site="B", equipment="V9"), TrainingExtent.from_dict(saved)) == ["next_batch"]


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"equipment": "V2"}, "new_place"),  # another line ran on it
        ({"equipment": "V1"}, "next_batch"),
        ({"equipment": "V9"}, "new_place"),
        ({"equipment": None}, "next_batch"),
        ({"equipment": "V2", "scale": 2.0}, "new_scale"),
        ({"equipment": "V2", "product": "other"}, "new_product"),
    ],
)
def test_kind__where_devices_are_an_axis_equipment_new_to_its_lineage_is_new_place(
    changes: dict[str, object], kind: str
) -> None:
    extent = TrainingExtent.of(PLACES, DEFAULT_TOLERANCE, by_device=True)
    assert kinds_of(_placed(**changes), extent) == [kind]
    assert kinds_of(_placed(**changes), TrainingExtent.from_dict(json.loads(json.dumps(extent.to_dict())))) == [kind]


def test_extent__without_the_axis_device_is_saved_as_before() -> None:
    assert "lineages_on" not in TrainingExtent.of(PLACES, DEFAULT_TOLERANCE).to_dict()
