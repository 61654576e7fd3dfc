"""Cross-validation: forecasts of hidden batches, and final models."""

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.tables import CENSORING
from pipeline.extrapolation.availability import with_result_dates
from pipeline.extrapolation.protocols import ForwardInTime, LargestScaleOut, LeaveProductOut, PastScaleUps, Split, fold_table
from pipeline.forecasting import cross_validation
from pipeline.forecasting.calibrated_model import CalibratedModel
from pipeline.forecasting.cross_validation import crossfit, fit_final, with_results
from pipeline.forecasting.intervals import IntervalConfig
from pipeline.forecasting.model_choice import ANSWERING
from pipeline.models.hierarchical.fitting import fit_hierarchical
from pipeline.models.hierarchical.model import Hierarchical
from pipeline.models.registry import CarryOver, GlobalMean, Ridge, SuperLearner, Task, ladder
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
    assert found.predictions.filter(model="carry_over")["fold"].to_list() == [1]


def test_crossfit__results_of_hidden_batches_never_change_which_model_answers() -> None:
    """The hidden results of a fold become the carry-over mean exactly. A choice that saw them would take the carry-over mean."""
    rows = batch_rows()
    results, (folds, _) = results_of(rows), fold_table(rows, Split(PROTOCOLS))
    before = crossfit(rows, results, folds, [TASK], ladder(Ridge()), IntervalConfig(), 1).predictions
    assert set(before.filter(model=ANSWERING)["answered_by"]) == {"ridge"}
    for protocol, fold in (("leave_product_out", 0), ("largest_scale_out", 2)):
        own = before.filter(protocol=protocol, fold=fold)
        exact = own.filter(model="carry_over").select("batch_id", exact="predicted")
        changed = results.join(exact, on="batch_id", how="left").with_columns(value=pl.coalesce("exact", "value"))
        found = crossfit(rows, changed, folds, [TASK], ladder(Ridge()), IntervalConfig(), 1).predictions
        after = found.filter(protocol=protocol, fold=fold)
        assert (after.filter(model="carry_over")["observed"] == exact["exact"]).all()
        assert after.drop("observed").equals(own.drop("observed"))


def test_crossfit__the_answering_rows_are_those_of_the_model_that_the_fold_chose() -> None:
    """Ridge is configured, and the results are the mean of the product with noise: no fold can show that ridge is better."""
    rows = batch_rows(8)
    noise = np.random.default_rng(3).normal(size=rows.height)
    results = results_of(rows).with_columns(value=10 * rows["product"].rank("dense").cast(pl.Float64) + pl.Series(noise))
    folds, _ = fold_table(rows, Split(PROTOCOLS[1:]))
    found = crossfit(rows, results, folds, [TASK], ladder(Ridge()), IntervalConfig(), 1)
    for table in (found.predictions, found.calibrations):
        answering = table.filter(model=ANSWERING)
        assert "ridge" not in set(answering["answered_by"])
        chosen = table.filter(pl.col("model") == pl.col("answered_by"))
        assert chosen.join(
            answering, on=[c for c in table.columns if c != "model"], how="semi", nulls_equal=True
        ).height == (answering.height)


def test_final__is_chosen_by_the_kinds_of_question_that_the_protocols_ask() -> None:
    rows = batch_rows()
    results, (folds, _) = results_of(rows), fold_table(rows, Split(PROTOCOLS))
    final = fit_final(rows, results, folds, [TASK], ladder(Ridge()), IntervalConfig(), 1)["y"]
    assert final.choice == ("ridge", "new_lineage and new_scale")
    assert final.model.model.kind == "ridge"


def test_final__of_a_history_without_folds_is_chosen_by_repeat_batches() -> None:
    """One product at one scale: no protocol applies. With fewer than five batches to hide the carry-over answers."""
    rows = batch_rows(1, (0.001,), each=12)
    results, none = results_of(rows), fold_table(rows, Split(PROTOCOLS))[0].head(0)
    for given, expected in ((results, ("ridge", "next_batch")), (results.head(4), ("carry_over", "none"))):
        assert fit_final(rows, given, none, [TASK], ladder(Ridge()), IntervalConfig(), 1)["y"].choice == expected


@pytest.mark.parametrize(("members", "asked"), [((GlobalMean(), CarryOver()), 1), ((GlobalMean(),), 2)])
def test_crossfit__of_a_blend_with_the_carry_over_hides_only_for_the_kinds_of_each_fold(
    members: tuple[GlobalMean | CarryOver, ...], asked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folds ask two kinds in all. A blend without the carry-over is compared by both in every fold, as in the whole history."""
    numbers, fitted = [], cross_validation.fit_all_calibrated
    monkeypatch.setattr(
        cross_validation, "fit_all_calibrated", lambda *given: numbers.append(len(given[5])) or fitted(*given)
    )
    rows = batch_rows()
    folds, _ = fold_table(rows, Split(PROTOCOLS))
    found = crossfit(rows, results_of(rows), folds, [TASK], ladder(SuperLearner(members)), IntervalConfig(), 1).predictions
    assert set(numbers) == {asked}
    assert found.filter(model=ANSWERING).height == found.filter(model="super_learner").height


def test_final__needs_three_results() -> None:
    rows = batch_rows(1, (0.001,), each=3)
    results, folds = results_of(rows), fold_table(rows, Split(PROTOCOLS))[0]
    assert fit_final(rows, results, folds, [TASK], [CarryOver()], IntervalConfig(), 1)["y"].model.calibrations
    with pytest.raises(ScalebridgeError, match="There are 2 results of 'y' to learn from; at least 3 are needed"):
        fit_final(rows, results.head(2), folds, [TASK], [CarryOver()], IntervalConfig(), 1)


def test_final__is_calibrated_for_every_kind_and_the_same_after_saving_and_reading() -> None:
    rows = batch_rows()
    folds, _ = fold_table(rows, Split(PROTOCOLS))
    final = fit_final(rows, results_of(rows), folds, [TASK], [Ridge()], IntervalConfig(), 1)["y"].model
    again = CalibratedModel.from_dict(json.loads(json.dumps(final.to_dict())))
    assert np.array_equal(again.predict(rows), final.predict(rows))
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


POOLED = Task("y", ("x", "log10_scale"), ("product",), groups=("product", "lineage", "result_laboratory"))


def _of_two_laboratories(rows: pl.DataFrame, offset: float) -> pl.DataFrame:
    """Results of which those of laboratory South are too high. Products change their laboratory by chance."""
    south = pl.Series(np.random.default_rng(4).random(rows.height) < 0.5)
    named = results_of(rows, noise=0.05).with_columns(
        laboratory=pl.select(pl.when(south).then(pl.lit("S")).otherwise(pl.lit("N")))["literal"]
    )
    return named.with_columns(value=pl.col("value") + pl.when(pl.col("laboratory") == "S").then(offset).otherwise(0.0))


def test_with_results__have_the_laboratory_of_the_result_of_the_target_where_the_task_pools_over_it() -> None:
    rows = batch_rows().with_columns(result_laboratory=pl.lit(None, pl.String))
    results = _of_two_laboratories(rows, 0.0)
    assert with_results(rows, results, POOLED)["result_laboratory"].to_list() == results["laboratory"].to_list()
    assert with_results(rows, results, TASK)["result_laboratory"].null_count() == rows.height


def test_fit_final__takes_the_difference_of_two_laboratories_out_of_the_forecast() -> None:
    """Forecasts name no laboratory: they are for the mean of both, and effects of the products are not mixed with theirs."""
    rows = batch_rows().with_columns(result_laboratory=pl.lit(None, pl.String))
    results = _of_two_laboratories(rows, 2.0)
    truth = results_of(rows, noise=0.0)["value"].to_numpy() + 1.0
    errors = {}
    for name, task in (("pooled", POOLED), ("ignored", replace(POOLED, groups=("product", "lineage")))):
        observed = with_results(rows, results, task)
        fitted = fit_hierarchical(Hierarchical(), observed, observed["observed"].to_numpy(), task)
        errors[name] = float(np.sqrt(np.mean((fitted.predict(rows) - truth) ** 2)))
    assert errors["pooled"] < 0.5 * errors["ignored"]


def test_crossfit__does_not_know_which_laboratory_will_measure_a_hidden_batch() -> None:
    rows = batch_rows().with_columns(result_laboratory=pl.lit(None, pl.String))
    results = _of_two_laboratories(rows, 2.0)
    folds, _ = fold_table(rows, Split(PROTOCOLS[1:]))
    one = folds.filter(pl.col("fold") == 0)
    hidden = one.filter(pl.col("role") == "test")["batch_id"].implode()
    swapped = pl.col("laboratory").replace_strict({"N": "S", "S": "N"})
    other = results.with_columns(laboratory=pl.when(pl.col("batch_id").is_in(hidden)).then(swapped).otherwise("laboratory"))
    assert not other.equals(results)
    before, after = (
        crossfit(rows, given, one, [POOLED], ladder(Hierarchical()), IntervalConfig(), 1).predictions
        for given in (results, other)
    )
    assert before.equals(after)
