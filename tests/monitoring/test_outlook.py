"""Forecasts of the quality of a running batch from the records so far."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.forecasting.hidden_forecasts import hidden_of, hidden_table
from pipeline.forecasting.intervals import IntervalConfig
from pipeline.monitoring.outlook import NO_RECORDS, SAY_NOTHING, AttributeOutlook, outlook, outlooks_so_far
from pipeline.monitoring.outlook_model import OutlookModel
from pipeline.monitoring.outlook_training import PlanModel, plans_of, train_outlook
from tests.support.running_batches import POINTS, RunningBatches, final_model, running_batches, trained_outlook

DAY = 86_400.0


@cache
def _trained(hidden_share: float = 1.0) -> tuple[RunningBatches, OutlookModel]:
    made = running_batches(hidden_share)
    return made, trained_outlook(made)


def _of(model: OutlookModel, made: RunningBatches, batch: int, hours: float) -> AttributeOutlook:
    row = made.rows[batch]
    own = made.records.filter(pl.col("batch_id") == row["batch_id"][0])
    (found,) = outlook(model, row, own, hours)
    return found


def test_outlook__of_new_batches_is_nearer_to_the_result_where_records_show_it() -> None:
    _, model = _trained()
    new = running_batches(seed=7)
    found = [_of(model, new, i, 200) for i in range(40)]
    y = new.results["value"].to_numpy()[:40]
    plan, now = (
        np.sqrt(np.mean((y - np.array(medians)) ** 2))
        for medians in ([one.plan.median for one in found], [one.now.median for one in found])
    )
    assert now < 0.6 * plan
    covered = np.mean([f.now.lower <= one <= f.now.upper for f, one in zip(found, y, strict=True)])
    assert covered >= 0.8
    assert all(f.now.upper - f.now.lower < f.plan.upper - f.plan.lower for f in found)


def test_outlook__is_the_plan_forecast_where_records_say_nothing() -> None:
    made, model = _trained(0.0)
    for batch in range(0, made.rows.height, 9):
        found = _of(model, made, batch, 170)
        assert found.weight == 0
        assert found.now == found.plan
        assert found.notes == (SAY_NOTHING,)
        final = model.finals["titre"]
        forecast = final.forecast(made.rows[batch])
        ((lower, upper),) = final.intervals(forecast, [model.level])
        assert (found.now.median, found.now.lower, found.now.upper) == (forecast.predicted[0], lower[0], upper[0])


def test_outlook__uses_the_latest_decision_point_that_has_passed() -> None:
    made, model = _trained()
    assert [_of(model, made, 0, hours).decision_point for hours in (0, 71, 72, 100, 168, 239)] == [
        None,
        None,
        72,
        72,
        168,
        168,
    ]
    before = _of(model, made, 0, 71)
    assert (before.weight, before.now) == (0, before.plan)


def test_outlook__does_not_change_with_records_from_after_the_decision_point() -> None:
    made, model = _trained()
    changed = replace(
        made,
        records=made.records.with_columns(pl.when(pl.col("time") > 7 * DAY).then(-50.0).otherwise("value").alias("value")),
    )
    cut = replace(made, records=made.records.filter(pl.col("time") <= 7 * DAY))
    first = _of(model, made, 3, 200)
    assert first == _of(model, changed, 3, 200) == _of(model, cut, 3, 200)
    assert first.now != first.plan


def test_training__does_not_read_records_from_after_a_decision_point() -> None:
    made, model = _trained()
    later = made.records.with_columns(pl.when(pl.col("time") > 7 * DAY).then(-50.0).otherwise("value").alias("value"))
    again = trained_outlook(replace(made, records=later))
    assert _of(model, made, 3, 170) == _of(again, made, 3, 170)


def test_outlook__of_a_batch_without_records_is_the_plan_forecast_and_says_so() -> None:
    made, model = _trained()
    row = made.rows[:1]
    (found,) = outlook(model, row, made.records.clear(), 200)
    assert found.now == found.plan
    assert found.notes == (NO_RECORDS,)


def test_outlook__of_a_batch_without_one_of_the_tags_is_finite() -> None:
    made, model = _trained()
    (found,) = outlook(model, made.rows[:1], made.records.filter(pl.col("tag") == "level"), 200)
    assert np.isfinite([found.now.median, found.now.lower, found.now.upper]).all()


def test_outlook__with_too_few_batches_at_a_point_is_the_plan_forecast_and_says_so() -> None:
    made = running_batches()
    few = made.rows["batch_id"][:10]
    short = made.records.filter((pl.col("time") < 5 * DAY) | pl.col("batch_id").is_in(few.implode()))
    model = trained_outlook(replace(made, records=short))
    found = _of(model, made, 0, 200)
    assert (found.weight, found.now) == (0, found.plan)
    assert "10 past batches have records up to 168 h and later" in found.notes[0]
    assert _of(model, made, 0, 100).weight > 0


def test_outlook__has_no_entry_for_an_attribute_without_results() -> None:
    made = running_batches()
    model = train_outlook(made.process, made.rows, made.results.clear(), made.records, {}, POINTS, IntervalConfig())
    assert outlook(model, made.rows[:1], made.records, 200) == ()


def test_outlooks_so_far__hold_the_plan_and_each_point_that_has_passed() -> None:
    made, model = _trained()
    found = outlooks_so_far(model, made.rows[:1], made.records, 100)
    assert list(found) == [0.0, 72.0]
    chances = [each[0].now.chance_in_specification for each in found.values()]
    assert all(chance is not None and 0 <= chance <= 1 for chance in chances)


def test_outlook__that_was_saved_gives_the_same_forecasts(tmp_path: Path) -> None:
    made, model = _trained()
    model.save(tmp_path)
    loaded = OutlookModel.load(tmp_path, made.process, model.finals)
    assert all(_of(model, made, i, 200) == _of(loaded, made, i, 200) for i in range(5))


def test_load__of_a_missing_or_damaged_outlook_says_what_to_do(tmp_path: Path) -> None:
    made, model = _trained()
    with pytest.raises(ScalebridgeError, match="no trained outlook"):
        OutlookModel.load(tmp_path, made.process, model.finals)
    model.save(tmp_path)
    (tmp_path / "point_1.titre.outlook.json").write_text('{"model": 1}')
    with pytest.raises(ScalebridgeError, match="holds no outlook"):
        OutlookModel.load(tmp_path, made.process, model.finals)


def test_plans__from_a_table_of_hidden_forecasts_are_those_of_the_final_models() -> None:
    made = running_batches()
    final = final_model(made)
    plans = plans_of({"titre": final.model}, hidden_table({"titre": final}), made.rows, made.results)
    direct = PlanModel(final.model, final.hidden, final.folds)
    first, second = (
        train_outlook(made.process, made.rows, made.results, made.records, {"titre": one}, POINTS, IntervalConfig())
        for one in (plans["titre"], direct)
    )
    assert _of(first, made, 0, 200) == _of(second, made, 0, 200)


def test_hidden_forecasts__of_batches_that_are_gone_are_an_error() -> None:
    made = running_batches()
    table = hidden_table({"titre": final_model(made)})
    rows = made.rows.join(made.results.rename({"value": "observed"}), on="batch_id")
    with pytest.raises(ScalebridgeError, match="has no result of it now"):
        hidden_of(table, "titre", rows[:5])
