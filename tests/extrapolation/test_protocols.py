"""Nothing that is to be predicted is ever learned from."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.scale import scale_levels
from pipeline.domain.tables import Folds
from pipeline.extrapolation.protocols import (
    ForwardInTime,
    LargestScaleOut,
    LeaveProductOut,
    Protocol,
    Split,
    assign,
    fold_sizes,
    fold_table,
)
from tests.support.rows import batch_rows

LEAVE = LeaveProductOut("leave_product_out", 3)
LARGEST = LargestScaleOut("largest_scale_out", 3)
FORWARD = ForwardInTime("forward_in_time", 3)


def _joined(rows: pl.DataFrame, protocol: Protocol) -> list[tuple[pl.DataFrame, pl.DataFrame]]:
    folds = assign(rows, protocol).join(rows, on="batch_id")
    parts = folds.partition_by("fold", maintain_order=True)
    return [(p.filter(pl.col("role") == "train"), p.filter(pl.col("role") == "test")) for p in parts]


@given(st.integers(2, 9), st.integers(1, 4), st.integers(0, 50))
@settings(max_examples=25, deadline=None)
def test_leave_product_out__no_product_on_both_sides_and_every_batch_tested_once(
    products: int, each: int, seed: int
) -> None:
    rows = batch_rows(products, each=each, seed=seed)
    parts = _joined(rows, LEAVE)
    assert all(set(train["product"]).isdisjoint(test["product"]) for train, test in parts)
    assert sorted(b for _, test in parts for b in test["batch_id"]) == rows["batch_id"].to_list()


@given(st.integers(2, 9), st.integers(1, 4), st.integers(0, 50))
@settings(max_examples=25, deadline=None)
def test_largest_scale_out__the_line_is_known_at_smaller_scales_only(products: int, each: int, seed: int) -> None:
    for train, test in _joined(batch_rows(products, each=each, seed=seed), LARGEST):
        smallest_tested = dict(test.group_by("lineage").agg(pl.col("scale_level").min()).iter_rows())
        for lineage, level in smallest_tested.items():
            known = train.filter(pl.col("lineage") == lineage)["scale_level"]
            assert known.len() > 0
            assert known.max() < level  # type: ignore[operator]


@given(st.integers(2, 6), st.integers(0, 50))
@settings(max_examples=25, deadline=None)
def test_forward_in_time__nothing_later_is_known(products: int, seed: int) -> None:
    for train, test in _joined(batch_rows(products, seed=seed), FORWARD):
        assert train["started_at"].max() < test["started_at"].min()  # type: ignore[operator]


def test_fold_table__keeps_its_contract_and_names_what_does_not_apply() -> None:
    one_product = batch_rows(1)
    table, skipped = fold_table(one_product, Split((LEAVE, LARGEST, FORWARD)))
    Folds.validate(table)
    assert skipped == {"leave_product_out": "needs at least 2 products, there is 1"}


def test_fold_table__without_any_protocol_is_an_error() -> None:
    with pytest.raises(ScalebridgeError, match="No protocol can be applied to these 18 batches: leave_product_out: needs"):
        fold_table(batch_rows(1), Split((LEAVE,)))


@given(st.lists(st.floats(1e-4, 1e5), min_size=1, max_size=30), st.floats(0.01, 0.5))
def test_scale_levels__hold_scales_that_are_close(scales: list[float], tolerance: float) -> None:
    levels = scale_levels(pl.Series(scales), tolerance)
    ratio = pl.Series(scales) / levels
    assert ((ratio >= 1 - 1e-12) & (ratio <= 1 + tolerance + 1e-12)).all()


def test_split__refuses_a_protocol_twice() -> None:
    with pytest.raises(ValidationError, match="the protocol 'leave_product_out' stands twice"):
        Split((LEAVE, LEAVE))


def test_fold_sizes__count_batches_by_protocol_fold_and_role() -> None:
    table, _ = fold_table(batch_rows(4), Split((LeaveProductOut("leave_product_out", 2),)))
    sizes = fold_sizes(table)["leave_product_out"]
    assert set(sizes) == {"fold 0", "fold 1"}
    assert all(fold["train"] + fold["test"] == batch_rows(4).height for fold in sizes.values())
