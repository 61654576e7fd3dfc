"""The forecaster of batches: chances that follow from past errors, and the same answer for few rows and for many."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from pipeline.forecasting import batch_forecaster as module
from pipeline.forecasting.batch_forecaster import BatchForecaster, batch_forecaster
from pipeline.forecasting.calibrated_model import CalibratedModel
from tests.support.pot import pot
from tests.support.trained_pot import trained_run


@pytest.fixture(scope="module")
def final() -> CalibratedModel:
    return trained_run().model.finals["titre"]


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    """Batches of every kind of question that the pot can ask."""
    known = trained_run().rows.head(8)
    strange = known.with_columns(product=pl.lit("new"), lineage=pl.lit("new"))
    larger = known.with_columns(scale=pl.lit(1.0), log10_scale=pl.lit(0.0))
    return pl.concat([known, strange, larger])


def forecaster(lower: float | None = 1.0, upper: float | None = None, past: pl.DataFrame | None = None) -> BatchForecaster:
    return batch_forecaster(trained_run().model, pot(lower, upper), past)


def test_mean__is_that_of_the_final_model(final: CalibratedModel, rows: pl.DataFrame) -> None:
    assert forecaster().targets == ("titre",)
    assert forecaster().mean(rows)["titre"].to_list() == final.predict(rows).tolist()


@pytest.mark.parametrize(("lower", "upper"), [(1.0, None), (None, 1.2), (0.8, 1.3)])
def test_within__is_what_the_errors_of_the_same_kind_of_question_say(
    final: CalibratedModel, rows: pl.DataFrame, lower: float | None, upper: float | None
) -> None:
    found = forecaster(lower, upper).within(rows)["titre"].to_list()
    kinds, predicted, spread = final.kinds(rows), final.predict(rows), final.spread(rows)
    assert kinds.n_unique() >= 3
    for i, kind in enumerate(kinds):
        below, above = final.calibrations[kind].beyond(predicted[[i]], lower, upper, spread[[i]])
        assert found[i] == pytest.approx(1 - below[0] - above[0], abs=1e-12)


def test_within__is_near_certain_far_inside_and_near_impossible_far_outside(rows: pl.DataFrame) -> None:
    inside, outside = (forecaster(lower).within(rows)["titre"] for lower in (-100.0, 100.0))
    assert 0.99 < inside.min() <= inside.max() < 1  # type: ignore[operator]
    assert 0 < outside.min() <= outside.max() < 0.01  # type: ignore[operator]


def test_within__a_limit_that_no_possible_result_is_beyond_is_met(final: CalibratedModel, rows: pl.DataFrame) -> None:
    possible = replace(final, task=replace(final.task, lowest=1.0))
    served = replace(trained_run().model, finals={"titre": possible})
    assert set(batch_forecaster(served, pot(lower=1.0)).within(rows)["titre"]) == {1.0}


def test_within__an_attribute_without_limits_has_no_chance_and_a_prediction(rows: pl.DataFrame) -> None:
    attributes = {**pot().attributes, "titre": replace(pot().attributes["titre"], specification=None)}
    found = batch_forecaster(trained_run().model, replace(pot(), attributes=attributes)).outcome(rows)
    assert found.within.columns == []
    assert found.mean.columns == ["titre"]


def test_outcome__says_what_mean_and_within_say(rows: pl.DataFrame) -> None:
    found = forecaster().outcome(rows)
    assert found.mean.equals(forecaster().mean(rows))
    assert found.within.equals(forecaster().within(rows))
    assert found.together.tolist() == pytest.approx(found.within["titre"].to_list())


def test_outcome__a_row_that_is_refused_is_predicted_and_has_no_chance(final: CalibratedModel, rows: pl.DataFrame) -> None:
    strict = replace(final, extent=replace(final.extent, levels={"site": ("Here", "There")}))
    served = replace(trained_run().model, finals={"titre": strict})
    asked = rows.head(2).with_columns(site=pl.Series(["Here", "Elsewhere"]))
    found = batch_forecaster(served, pot(lower=-100.0)).outcome(asked)
    assert found.within["titre"].to_list() == pytest.approx([1.0, 0.0], abs=0.01)
    assert found.within["titre"][1] == 0
    assert found.mean["titre"].is_finite().all()


def test_outcome__many_rows_in_parts_and_threads_are_as_few_rows(
    rows: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = forecaster().outcome(rows)
    monkeypatch.setattr(module, "BLOCK", 7)
    monkeypatch.setattr(module, "ALONE", 1)
    in_parts = forecaster().outcome(rows)
    assert rows.height % 7
    for part in ("mean", "below", "above"):
        assert getattr(in_parts, part).equals(getattr(at_once, part))


def test_errors__lie_in_the_intervals_as_often_as_these_say(final: CalibratedModel, rows: pl.DataFrame) -> None:
    many = pl.concat([rows.head(1)] * 4000)
    drawn = forecaster().errors(many, seed=1)["titre"].to_numpy()
    calibration = final.calibrations[final.kinds(many)[0]]
    assert abs((drawn > 0).mean() - 0.5) < 4 * 0.5 / np.sqrt(len(drawn))
    for level in (0.5, 0.8, 0.95):
        share = (np.abs(drawn) <= calibration.half_width(level) * final.spread(many)[0]).mean()
        assert abs(share - level) < 4 * np.sqrt(level * (1 - level) / len(drawn))


def test_errors__the_same_seed_draws_the_same(rows: pl.DataFrame) -> None:
    assert forecaster().errors(rows, 3).equals(forecaster().errors(rows, 3))
    assert not forecaster().errors(rows, 3).equals(forecaster().errors(rows, 4))


def test_joint__is_independent_without_past_errors_and_for_one_target(rows: pl.DataFrame) -> None:
    past = pl.DataFrame({"product": ["P", "Q"] * 30, "titre": np.linspace(-1, 1, 60)})
    for joint in (forecaster().joint, forecaster(past=past).joint):
        assert joint.targets == ("titre",)
        assert joint.correlation.tolist() == [[1.0]]
        assert joint.batches == 0
