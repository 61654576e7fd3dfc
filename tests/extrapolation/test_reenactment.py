"""Re-enactment of a kind of question by few rows."""

import polars as pl
import pytest

from pipeline.extrapolation.kinds import KIND_COLUMN, KINDS, NEW_SOURCE
from pipeline.extrapolation.reenactment import LEAST_RESULTS, THIRDS, reenact, train_and_test
from tests.support.rows import batch_rows


@pytest.mark.parametrize("count", [LEAST_RESULTS, 4, 5, 8])
@pytest.mark.parametrize("products", [1, 5])
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != NEW_SOURCE])
def test_reenact__hides_batches_of_any_history_with_three_rows(kind: str, products: int, count: int) -> None:
    rows = batch_rows(products, (0.001,), each=8 // products + 1).head(count)
    folds = reenact(rows, kind, (), 4)
    hidden = [test["batch_id"] for _, train, test in train_and_test(rows, folds) if train.height > 1]
    assert hidden


def test_reenact__without_anything_to_show_hides_thirds() -> None:
    rows = batch_rows(1, (0.001,), each=3).with_columns(pl.lit(None, pl.Datetime("us")).alias("started_at"))
    folds = reenact(rows, "next_batch", (), 4)
    assert folds[KIND_COLUMN].unique().to_list() == [THIRDS]
    assert (
        sorted(name for _, _, test in train_and_test(rows, folds) for name in test["batch_id"]) == rows["batch_id"].to_list()
    )
