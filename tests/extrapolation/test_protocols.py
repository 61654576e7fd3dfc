"""Protocols: no test batch is a training batch, and training batches are known before the test batches."""

from datetime import datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from pipeline.domain.process.axes import Axes
from pipeline.domain.tables import Folds
from pipeline.extrapolation.attribute_protocols import Cut
from pipeline.extrapolation.protocols import (
    ForwardInTime,
    LargestScaleOut,
    LeaveProductOut,
    PastScaleUps,
    Protocol,
    Split,
    assign,
    fold_sizes,
    fold_table,
    name_of,
)
from tests.support.rows import batch_rows

LEAVE = LeaveProductOut("leave_product_out", 3)
LARGEST = LargestScaleOut("largest_scale_out", 3)
FORWARD = ForwardInTime("forward_in_time", 3)


def _joined(rows: pl.DataFrame, protocol: Protocol) -> list[tuple[pl.DataFrame, pl.DataFrame]]:
    folds = assign(rows, protocol).join(rows, on="batch_id")
    tables = folds.partition_by("fold", maintain_order=True)
    return [(t.filter(pl.col("role") == "train"), t.filter(pl.col("role") == "test")) for t in tables]


@given(st.integers(2, 9), st.integers(1, 4), st.integers(0, 50))
@settings(max_examples=25, deadline=None)
def test_leave_product_out__no_product_on_both_sides_and_every_batch_tested_once(
    products: int, each: int, seed: int
) -> None:
    rows = batch_rows(products, each=each, seed=seed)
    folds = _joined(rows, LEAVE)
    assert all(set(train["product"]).isdisjoint(test["product"]) for train, test in folds)
    assert sorted(b for _, test in folds for b in test["batch_id"]) == rows["batch_id"].to_list()


@given(st.integers(2, 9), st.integers(1, 4), st.integers(0, 50))
@settings(max_examples=25, deadline=None)
def test_largest_scale_out__the_lineage_has_training_batches_at_smaller_scales_only(
    products: int, each: int, seed: int
) -> None:
    for train, test in _joined(batch_rows(products, each=each, seed=seed), LARGEST):
        smallest_tested = dict(test.group_by("lineage").agg(pl.col("scale_level").min()).iter_rows())
        for lineage, level in smallest_tested.items():
            known = train.filter(pl.col("lineage") == lineage)["scale_level"]
            assert known.len() > 0
            assert known.max() < level  # type: ignore[operator]


@given(st.integers(2, 6), st.integers(0, 50))
@settings(max_examples=25, deadline=None)
def test_forward_in_time__training_batches_started_before_test_batches(products: int, seed: int) -> None:
    for train, test in _joined(batch_rows(products, seed=seed), FORWARD):
        assert train["started_at"].max() < test["started_at"].min()  # type: ignore[operator]


def test_fold_table__is_valid_and_gives_the_reason_for_a_protocol_that_cannot_be_applied() -> None:
    one_product = batch_rows(1)
    table, skipped = fold_table(one_product, Split((LEAVE, LARGEST, FORWARD)))
    Folds.validate(table)
    assert skipped == {"leave_product_out": "needs at least 2 products, there is 1"}


def test_fold_table__without_any_protocol_has_no_folds_and_gives_the_reasons() -> None:
    found, skipped = fold_table(batch_rows(1), Split((LEAVE,)))
    Folds.validate(found)
    assert found.is_empty()
    assert skipped == {"leave_product_out": "needs at least 2 products, there is 1"}


def test_fold_table__without_dates_says_so() -> None:
    rows = batch_rows().with_columns(pl.lit(None, pl.Datetime("us")).alias("started_at"))
    _, skipped = fold_table(rows, Split((LEAVE, FORWARD, PastScaleUps("past_scale_ups"))))
    assert skipped == dict.fromkeys(("forward_in_time", "past_scale_ups"), "no batch has a start")


def test_split__refuses_a_protocol_that_is_given_twice() -> None:
    with pytest.raises(ValidationError, match="the protocol 'leave_product_out' is given twice; give each protocol once"):
        Split((LEAVE, LEAVE))


def test_split__two_protocols_of_a_kind_need_a_name_each() -> None:
    first = Cut("cut", "x", above=1)
    with pytest.raises(
        ValidationError, match="the protocol 'cut' is given twice; give each protocol once, or a `name` to each"
    ):
        Split((first, first))
    assert [name_of(one) for one in Split((first, Cut("cut", "x", above=2, name="cut_2"))).protocols] == ["cut", "cut_2"]


@pytest.mark.parametrize("name", ["leave_product_out", "past_scale_ups_after_2", "listed_groups"])
def test_split__refuses_the_name_of_another_kind(name: str) -> None:
    with pytest.raises(ValidationError, match=f"the name '{name}' of a protocol is that of another kind"):
        Split((Cut("cut", "x", above=1, name=name),))


def test_fold_sizes__count_batches_by_protocol_fold_and_role() -> None:
    table, _ = fold_table(batch_rows(4), Split((LeaveProductOut("leave_product_out", 2),)))
    sizes = fold_sizes(table)["leave_product_out"]
    assert set(sizes) == {"fold 0", "fold 1"}
    assert all(fold["train"] + fold["test"] == batch_rows(4).height for fold in sizes.values())


def _moved() -> pl.DataFrame:
    """One size; each product goes from site A to B, on a device of its own there."""
    rows = batch_rows(5, (0.05,), each=8).sort("batch_id")
    later = pl.int_range(pl.len()).over("product") >= 4
    return rows.with_columns(
        started_at=pl.lit(datetime(2024, 1, 1), pl.Datetime("us")) + pl.duration(days=pl.int_range(pl.len())),
        site=pl.when(later).then(pl.lit("B")).otherwise(pl.lit("A")),
        equipment=pl.when(later).then(pl.lit("V2")).otherwise(pl.lit("V1")),
    )


def test_past_scale_ups__state_axis_and_place_where_axes_are_declared() -> None:
    split = Split((PastScaleUps("past_scale_ups", least=4),))
    table, _ = fold_table(_moved(), split, axes=Axes(("site", "device")))
    assert table.select("step", "place").unique().row(0) == ("site", "B")
    assert table["fold"].n_unique() == 3
    undeclared, _ = fold_table(_moved(), split)
    assert "step" not in undeclared.columns
    assert undeclared.equals(table.drop("step", "place"))


def test_past_scale_ups__take_their_own_axis_before_that_of_the_process() -> None:
    split = Split((PastScaleUps("past_scale_ups", least=4, axis=("device",)),))
    table, _ = fold_table(_moved(), split, axes=Axes(("site",)))
    assert table.select("step", "place").unique().row(0) == ("device", "V2")


def test_past_scale_ups__along_an_axis_without_steps_say_so() -> None:
    split = Split((PastScaleUps("past_scale_ups", least=4),))
    _, skipped = fold_table(_moved(), split, axes=Axes(("scale",)))
    assert skipped["past_scale_ups"].startswith("no lineage reached a new scale after 4 or more batches")
