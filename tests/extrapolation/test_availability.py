"""Nothing from the future: what a protocol that goes back in time learns from was available at the date of its question."""

from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.extrapolation.availability import FIRST, LAST, dated, known_in_folds, with_result_dates
from pipeline.extrapolation.protocols import (
    ForwardInTime,
    LeaveProductOut,
    PastScaleUps,
    Protocol,
    Split,
    assign,
    fold_table,
)
from tests.support.rows import batch_rows, results_of

PAST = PastScaleUps("past_scale_ups", last=5, given=(0, 1, 3), least=5)
FORWARD = ForwardInTime("forward_in_time", 3)


def late_results(rows: pl.DataFrame, seed: int = 3, targets: tuple[str, ...] = ("y", "z")) -> pl.DataFrame:
    """Results of two attributes, each known 1 to 60 days after the start of its batch."""
    rng = np.random.default_rng(seed)
    starts = rows["started_at"]
    parts = [
        results_of(rows).with_columns(
            attribute=pl.lit(target),
            available_at=starts + pl.duration(days=pl.lit(pl.Series(rng.integers(1, 60, rows.height)))),
        )
        for target in targets
    ]
    return pl.concat(parts)


def _folds(rows: pl.DataFrame, results: pl.DataFrame, *protocols: Protocol) -> pl.DataFrame:
    return fold_table(with_result_dates(rows, results, ("y", "z")), Split(protocols))[0]


@given(st.integers(2, 6), st.integers(0, 50))
@settings(max_examples=25, deadline=None)
def test_dated_protocols__train_on_batches_with_a_known_result_and_predict_batches_that_start_later(
    products: int, seed: int
) -> None:
    rows = batch_rows(products, seed=seed)
    results = late_results(rows, seed)
    first = results.group_by("batch_id").agg(pl.col("available_at").min())
    folds = _folds(rows, results, FORWARD, PAST).join(rows, on="batch_id").join(first, on="batch_id")
    train, test = (folds.filter(pl.col("role") == role) for role in ("train", "test"))
    assert (train["available_at"] <= train["as_of"]).all()
    assert (test["started_at"] >= test["as_of"]).all()
    assert folds.height > 0


def test_as_of__is_null_where_a_protocol_does_not_go_back_in_time() -> None:
    rows = batch_rows(4)
    folds = _folds(rows, late_results(rows), LeaveProductOut("leave_product_out", 2), FORWARD)
    dates = folds.group_by("protocol").agg(pl.col("as_of").is_null().all()).sort("protocol")
    assert dates.rows() == [("forward_in_time", False), ("leave_product_out", True)]


def _one_scale_up(known: list[int], starts: list[int]) -> pl.DataFrame:
    """Five small batches and their results on day 0, then batches at a new scale that start and are known on these days."""
    day = datetime(2024, 1, 1)
    own = len(starts)
    return pl.DataFrame(
        {
            "batch_id": [f"S{i}" for i in range(5)] + [f"L{i}" for i in range(own)],
            "product": ["P"] * (5 + own),
            "lineage": ["P"] * (5 + own),
            "scale_level": [1.0] * 5 + [10.0] * own,
            "site": ["A"] * (5 + own),
            "started_at": [day - timedelta(days=9)] * 5 + [day + timedelta(days=d) for d in starts],
            FIRST: [day] * 5 + [day + timedelta(days=d) for d in known],
        }
    ).with_columns(pl.col(FIRST).alias(LAST))


@pytest.mark.parametrize(
    ("given_batches", "as_of", "tested"), [(0, 1, ["L0", "L1", "L2", "L3"]), (1, 20, ["L3"]), (2, 25, ["L3"]), (3, 31, [])]
)
def test_past_scale_ups__ask_when_so_many_results_at_the_new_scale_are_known(
    given_batches: int, as_of: int, tested: list[str]
) -> None:
    rows = _one_scale_up(known=[25, 20, 31, 60], starts=[1, 2, 10, 30])  # the second batch is known before the first
    split = Split((PastScaleUps("past_scale_ups", given=(given_batches,), least=5),))
    folds, skipped = fold_table(rows, split)
    own = folds.filter(pl.col("batch_id").str.starts_with("L"))
    if not tested:
        assert list(skipped) == ["past_scale_ups"]
        return
    assert folds["as_of"].unique().to_list() == [datetime(2024, 1, 1) + timedelta(days=as_of)]
    assert own.filter(pl.col("role") == "test")["batch_id"].to_list() == tested
    assert own.filter(pl.col("role") == "train").height == given_batches


def test_past_scale_ups__need_results_that_were_known_not_batches_that_had_started() -> None:
    late = _one_scale_up([5], [1]).with_columns(pl.lit(datetime(2024, 1, 3)).alias(FIRST))
    _, skipped = fold_table(late, Split((PastScaleUps("past_scale_ups", least=5),)))
    assert skipped == {
        "past_scale_ups": "no lineage reached a new scale or site after 5 or more batches with a known result"
    }


def test_forward_in_time__does_not_apply_where_no_result_was_known_in_time() -> None:
    rows = batch_rows(2)
    never = late_results(rows).with_columns(pl.col("available_at") + pl.duration(days=9999))
    _, skipped = fold_table(with_result_dates(rows, never, ("y",)), Split((FORWARD,)))
    assert skipped == {"forward_in_time": "no batch started after a date at which a result was available"}


def test_assign__on_results_of_one_attribute_obeys_their_dates() -> None:
    """The rehearsal inside a training set hands such rows."""
    rows = batch_rows(5)
    own = rows.join(late_results(rows, targets=("y",)), on="batch_id")
    folds = assign(own, FORWARD).join(own, on="batch_id")
    assert folds.columns[:3] == ["fold", "batch_id", "role"]
    for (_,), fold in folds.group_by("fold"):
        train, test = (fold.filter(pl.col("role") == role) for role in ("train", "test"))
        assert train["available_at"].max() < test["started_at"].min()  # type: ignore[operator]


def test_dated__without_dates_of_results_counts_the_start_and_no_result_is_known_before_it() -> None:
    rows = batch_rows(2).head(3)
    assert dated(rows)[FIRST].equals(rows["started_at"].alias(FIRST))
    early = rows.with_columns(available_at=pl.lit(datetime(1999, 1, 1)))
    assert dated(early)[LAST].equals(rows["started_at"].alias(LAST))


def test_with_result_dates__give_the_first_and_the_last_of_the_targets() -> None:
    rows = batch_rows(2)
    results = late_results(rows)
    found = with_result_dates(rows, results, ("y", "z")).row(0, named=True)
    own = results.filter(pl.col("batch_id") == found["batch_id"])["available_at"]
    assert (found[FIRST], found[LAST]) == (own.min(), own.max())
    assert with_result_dates(rows, results_of(rows), ("y",)).columns == rows.columns


def test_known_in_folds__counts_a_training_result_that_was_known() -> None:
    day = datetime(2024, 1, 1)
    table = pl.DataFrame(
        {
            "role": ["train", "train", "test", "train"],
            "as_of": [day, day, day, None],
            "available_at": [day, day + timedelta(1)] * 2,
        }
    )
    assert table.select(known_in_folds()).to_series().to_list() == [True, False, True, True]
