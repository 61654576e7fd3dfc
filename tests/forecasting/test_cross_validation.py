"""Cross-validation: forecasts of hidden batches, and final models."""

import json

import numpy as np
import polars as pl
import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.tables import CENSORING
from pipeline.extrapolation.availability import with_result_dates
from pipeline.extrapolation.protocols import ForwardInTime, LargestScaleOut, LeaveProductOut, PastScaleUps, Split, fold_table
from pipeline.forecasting.calibrated_model import CalibratedModel
from pipeline.forecasting.cross_validation import crossfit, fit_final
from pipeline.forecasting.intervals import IntervalConfig
from pipeline.models.registry import CarryOver, Ridge, Task, ladder
from tests.support.rows import batch_rows, results_of

PROTOCOLS = (LeaveProductOut("leave_product_out", 3), LargestScaleOut("largest_scale_out", 3))
TASK = Task("y", ("x", "log10_scale", "gap"), ("product",), lowest=-1.0)


def _forecast(rows: pl.DataFrame, results: pl.DataFrame) -> pl.DataFrame:
    folds, _ = fold_table(rows, Split(PROTOCOLS))
    return crossfit(rows, results, folds, [TASK], ladder(Ridge()), IntervalConfig(), 1).predictions


def test_crossfit__predicts_every_test_batch_once_per_model() -> None:
    rows = batch_rows()
    found = _forecast(rows, results_of(rows))
    own = found.filter((pl.col("protocol") == "leave_product_out") & (pl.col("model") == "ridge"))
    assert own["batch_id"].sort().to_list() == rows["batch_id"].to_list()
    assert (found["lower_80"] <= found["predicted"]).all()
    assert (found["predicted"] >= -1.0).all()


def test_crossfit__results_of_hidden_batches_change_no_forecast() -> None:
    rows = batch_rows()
    results = results_of(rows)
    folds, _ = fold_table(rows, Split(PROTOCOLS[1:]))
    one = folds.filter(pl.col("fold") == 0)
    hidden = one.filter(pl.col("role") == "test")["batch_id"].implode()
    changed = results.with_columns(
        pl.when(pl.col("batch_id").is_in(hidden)).then(1e6).otherwise(pl.col("value")).alias("value")
    )
    before, after = (
        crossfit(rows, given, one, [TASK], ladder(Ridge()), IntervalConfig(), 1).predictions.drop("observed")
        for given in (results, changed)
    )
    assert before.equals(after)


@pytest.mark.parametrize(
    "protocol",
    [
        ForwardInTime("forward_in_time", 3),
        PastScaleUps("past_scale_ups", last=4, least=10),
        PastScaleUps("past_scale_ups", last=4, given=(2,), least=10),
    ],
)
def test_crossfit__a_result_dated_after_the_question_changes_no_forecast(protocol: ForwardInTime | PastScaleUps) -> None:
    """Batches of y are known 1 to 20 days after they start, a day apart: questions meet batches that still run."""
    rows = batch_rows(5, each=4)
    days = pl.lit(pl.Series(np.random.default_rng(4).integers(1, 20, rows.height)))
    y = results_of(rows).with_columns(available_at=rows["started_at"] + pl.duration(days=days))
    z = y.with_columns(
        attribute=pl.lit("z"), available_at=rows["started_at"]
    )  # each batch has a result that is known at once
    results = pl.concat([y, z])
    folds, _ = fold_table(with_result_dates(rows, results, ("y", "z")), Split((protocol,)))
    forecasts = ["batch_id", "predicted", "spread", "lower_80", "upper_80", "answered"]
    unknown = compared = 0
    for (_,), fold in folds.group_by("fold"):
        later = pl.col("available_at") > fold["as_of"][0]
        nonsense = results.with_columns(pl.when(later).then(pl.col("value") * 100).otherwise(pl.col("value")).alias("value"))
        before, after = (
            crossfit(rows, given, fold, [TASK], [CarryOver(), Ridge()], IntervalConfig(), 1).predictions.select(forecasts)
            for given in (results, nonsense)
        )
        assert before.equals(after)
        compared += before.height
        unknown += y.join(fold.filter(pl.col("role") == "train"), on="batch_id").filter(later).height
    assert compared > 0
    assert unknown > 0  # batches of which another result is known, and y is not


def test_crossfit__skips_batches_without_a_result() -> None:
    rows = batch_rows()
    results = results_of(rows).gather_every(2)
    assert set(_forecast(rows, results)["batch_id"]) <= set(results["batch_id"])


def test_crossfit__without_any_result_to_compare_has_the_same_columns_and_no_rows() -> None:
    rows = batch_rows()
    folds, _ = fold_table(rows, Split(PROTOCOLS))
    results = results_of(rows).with_columns(pl.col("censoring").cast(pl.Enum(CENSORING)))
    full, empty = (
        crossfit(rows, given, folds, [TASK], ladder(Ridge()), IntervalConfig(), 1) for given in (results, results.head(0))
    )
    assert (empty.predictions.height, empty.calibrations.height) == (0, 0)
    assert empty.predictions.schema == full.predictions.schema
    assert empty.calibrations.schema == full.calibrations.schema


def test_crossfit__leaves_out_a_fold_with_two_results_to_learn_from() -> None:
    rows = batch_rows(3, (0.001, 0.05), each=1)
    folds = pl.DataFrame(
        {"protocol": "p", "fold": [0] * 4 + [1] * 4, "batch_id": rows["batch_id"].head(4).to_list() * 2}
    ).with_columns(pl.Series("role", ["train"] * 2 + ["test"] * 2 + ["train"] * 3 + ["test"]))
    found = crossfit(rows, results_of(rows), folds, [TASK], [CarryOver()], IntervalConfig(), 1)
    assert found.predictions["fold"].to_list() == [1]


def test_final__needs_three_results() -> None:
    rows = batch_rows(1, (0.001,), each=3)
    results, models = results_of(rows), {"y": CarryOver()}
    assert fit_final(rows, results, [TASK], models, IntervalConfig(), 1)["y"].calibrations
    with pytest.raises(ScalebridgeError, match="There are 2 results of 'y' to learn from; at least 3 are needed"):
        fit_final(rows, results.head(2), [TASK], models, IntervalConfig(), 1)


def test_final__is_calibrated_for_every_kind_and_the_same_after_saving_and_reading() -> None:
    rows = batch_rows()
    finals = fit_final(rows, results_of(rows), [TASK], {"y": Ridge()}, IntervalConfig(), 1)
    again = CalibratedModel.from_dict(json.loads(json.dumps(finals["y"].to_dict())))
    assert np.array_equal(again.predict(rows), finals["y"].predict(rows))
    assert set(again.calibrations) == {"next_batch", "new_place", "new_product", "new_lineage", "new_scale", "beyond_scale"}
    ((low, high),) = again.intervals(again.forecast(rows), [0.8])
    assert (low <= high).all()


def test_calibrations__name_for_each_kind_the_kind_that_was_re_enacted() -> None:
    rows = batch_rows()
    folds, _ = fold_table(rows, Split(PROTOCOLS))
    found = crossfit(rows, results_of(rows), folds, [TASK], (Ridge(),), IntervalConfig(), 1).calibrations
    own = found.filter(pl.col("protocol") == "leave_product_out")
    assert set(own["shift"]) == {"new_lineage"}
    assert set(own["rehearsed_as"]) == {"new_lineage"}


def test_baseline__of_a_known_product_beats_the_mean_of_all() -> None:
    rows = batch_rows()
    found = _forecast(rows, results_of(rows)).filter(pl.col("protocol") == "largest_scale_out")
    error = {m: float(((p["observed"] - p["predicted"]) ** 2).mean()) for (m,), p in found.group_by("model")}  # type: ignore[arg-type]
    assert error[CarryOver().kind] < error["global_mean"]
