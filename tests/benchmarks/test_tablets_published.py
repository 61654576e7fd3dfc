"""The three published folds hide what they say, and errors are in the published units."""

from itertools import product

import numpy as np
import polars as pl
import pytest
from tablets_published import FOLDS, TARGETS, fold_table, published_report

from pipeline.forecasting.model_choice import ANSWERING


def test_fold_table__hides_every_code_once_and_leaves_code_15_out() -> None:
    rows = pl.DataFrame({"batch_id": [f"B{code}" for code in range(1, 26)], "product": [str(code) for code in range(1, 26)]})
    folds = fold_table(rows)
    hidden = folds.filter(pl.col("role") == "test")
    assert sorted(hidden["batch_id"]) == sorted(f"B{code}" for code in range(1, 26) if code != 15)
    assert folds.group_by("fold").len()["len"].to_list() == [24] * 3
    assert {f"B{code}" for code in FOLDS[1]} == set(hidden.filter(pl.col("fold") == 1)["batch_id"])


def test_report__averages_the_errors_of_the_folds() -> None:
    """The error of fold n is n + 1 in SI; the unit of the first attribute is half of the SI unit."""
    cells = [
        (model, cqa, fold, f"B{n}", float(n), n + fold + 1.0)
        for model, cqa, fold, n in product((ANSWERING, "super_learner"), TARGETS, range(3), range(4))
    ]
    found = pl.DataFrame(
        cells, schema=["model", "cqa", "fold", "batch_id", "observed", "predicted"], orient="row"
    ).with_columns(
        pl.lit("none").alias("censoring"),
        pl.lit("super_learner").alias("answered_by"),
        pl.lit(True).alias("answered"),
        (pl.col("predicted") - 2.5).alias("lower_90"),
        (pl.col("predicted") + 2.5).alias("upper_90"),
    )
    errors, intervals = published_report(found, dict.fromkeys(TARGETS, 1.0) | {TARGETS[0]: 0.5}).tables
    assert [row[0] for row in errors.rows[:2]] == ["super_learner", ANSWERING]
    assert errors.rows[0][1:] == pytest.approx((4.0, 2.0, 2.0, 2.0))
    coverage, width = ({row[0]: row[1:]} for row in intervals.rows)
    assert coverage["coverage"] == pytest.approx([2 / 3] * 4)
    assert width["width"] == pytest.approx([5.0 / np.std(range(4))] * 4, rel=0.2)
