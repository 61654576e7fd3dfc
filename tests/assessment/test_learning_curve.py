"""Learning curve: error with and without the other products."""

import polars as pl

from pipeline.assessment.learning_curve import OWN, sentences, transfer
from pipeline.models.registry import Task
from tests.support.rows import batch_rows, results_of


def test_transfer__other_products_help_while_own_batches_are_few() -> None:
    rows = batch_rows(6, each=6)
    task = Task("y", ("x", "log10_scale"), (), comparable=("log10_scale",), groups=("product",))
    found = transfer(rows.with_columns(observed=results_of(rows)["value"]), task)
    assert found["own"].unique().sort().to_list() == list(OWN)
    assert found.filter(pl.col("own") == 0)["without"].null_count() == found.filter(pl.col("own") == 0).height
    means = found.group_by("own").agg(pl.col("with_others", "without").mean()).sort("own")
    ratio = (means["with_others"] / means["without"]).to_list()
    assert ratio[1] < 1.0
    assert len(sentences(found)) == len(OWN) - 1
