"""Parts of the batches of each lineage and scale, hidden in turn."""

import polars as pl
import pytest

from pipeline.extrapolation.reenactment import hidden_parts
from tests.support.rows import batch_rows


@pytest.mark.parametrize("parts", [2, 3, 5])
def test_hidden_parts__hide_each_batch_once_and_know_all_others(parts: int) -> None:
    rows = batch_rows()
    folds = hidden_parts(rows, parts)
    assert folds["fold"].n_unique() == parts
    hidden = folds.filter(pl.col("role") == "test")
    assert sorted(hidden["batch_id"]) == sorted(rows["batch_id"])
    for _, fold in folds.group_by("fold"):
        assert sorted(fold["batch_id"]) == sorted(rows["batch_id"])


def test_hidden_parts__take_the_same_share_of_each_lineage_and_scale() -> None:
    rows = batch_rows(each=6)
    hidden = hidden_parts(rows, 3).filter(pl.col("role") == "test").join(rows, on="batch_id")
    assert hidden.group_by("fold", "lineage", "scale_level").len()["len"].unique().to_list() == [2]


def test_hidden_parts__do_not_depend_on_the_order_of_the_rows() -> None:
    rows = batch_rows()
    first, second = (hidden_parts(one, 3).sort("fold", "batch_id") for one in (rows, rows.sample(fraction=1, shuffle=True, seed=1)))
    assert first.equals(second)
