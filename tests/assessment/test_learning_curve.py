"""Learning curve: error with and without the other products."""

import polars as pl
import pytest

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


def test_transfer__a_result_that_was_not_known_yet_changes_no_error() -> None:
    """The learning curve of the last product: results of the others from after its question are replaced by nonsense."""
    rows = batch_rows(4, each=7).with_columns(pl.col("started_at") + pl.duration(days=120 * (pl.col("product") == "P3")))
    rows = rows.with_columns(observed=results_of(rows)["value"], available_at=pl.col("started_at") + pl.duration(days=10))
    task = Task("y", ("x", "log10_scale"), (), comparable=("log10_scale",), groups=("product",))
    own = rows.filter(pl.col("product") == "P3").sort("available_at")
    as_of = own["available_at"][max(OWN) - 1]
    more = rows.filter(pl.col("product") == "P0").with_columns(
        pl.concat_str(pl.lit("L"), "batch_id").alias("batch_id"), available_at=pl.lit(as_of) + pl.duration(days=1)
    )
    found, without = (
        transfer(table, task).filter(product="P3") for table in (pl.concat([rows, more.with_columns(observed=500.0)]), rows)
    )
    tested = own.filter(pl.col("started_at") > as_of)
    assert found["batches"].to_list() == [tested.height] * len(OWN)
    ratio = found.select("with_others", "without") / without.select("with_others", "without")
    unit = ratio["without"].drop_nulls()[0]  # the standard deviation of all results is the unit of every error
    assert ratio["with_others"].to_list() == pytest.approx([unit] * len(OWN))


def test_transfer__a_result_without_a_date_is_not_learned_from() -> None:
    """The first 7 of 16 results of the last product have a date, one too few. The eighth would be learned from and predicted."""
    rows = batch_rows(2, (0.001, 0.05), each=16).with_columns(
        pl.col("started_at") + pl.duration(days=7 * pl.int_range(pl.len()))
    )
    rows = rows.with_columns(observed=results_of(rows)["value"], available_at=pl.col("started_at") + pl.duration(days=1))
    own = rows.filter(pl.col("product") == "P1").sort("started_at")
    undated = pl.col("batch_id").is_in(own["batch_id"].slice(7).implode())
    rows = rows.with_columns(available_at=pl.when(~undated).then("available_at"))
    task = Task("y", ("x",), ("product",), groups=("product",))
    assert transfer(rows, task).filter(product="P1").is_empty()


def test_transfer__of_the_only_product_has_no_error_with_others_and_no_sentence() -> None:
    rows = batch_rows(1, (0.001,), each=12)
    found = transfer(rows.with_columns(observed=results_of(rows)["value"]), Task("y", ("x",), ("product",)))
    assert found["with_others"].null_count() == found.height == len(OWN)
    assert found.drop_nulls("without").height == len(OWN) - 1
    assert sentences(found) == []


def test_sentences__give_no_ratio_to_an_error_of_zero() -> None:
    rows = batch_rows(4, (0.001,), each=12)
    found = transfer(rows.with_columns(pl.lit(4.0).alias("observed")), Task("y", ("x",), ("product",)))
    assert sentences(found)[0] == "1 own: error 0.00 with the other products, 0.00 without"
