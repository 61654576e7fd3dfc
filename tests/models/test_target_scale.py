"""Scales of the target: inverse, slope, ends, and what a hierarchical model on such a scale gives in SI."""

import json

import numpy as np
import polars as pl
import pytest

from pipeline.models.base import Task
from pipeline.models.hierarchical.fitting import fit_hierarchical
from pipeline.models.hierarchical.model import FittedHierarchical, Hierarchical, hierarchical_from_dict
from pipeline.models.target_scale import RECORDED, TargetScale, mean_slope, transformed_scale
from tests.support.rows import batch_rows, results_of

TASK = Task("y", ("x", "log10_scale"), (), comparable=("log10_scale",), groups=("product", "lineage", "site"))
SHARE = Task("y", ("x", "log10_scale"), (), lowest=0.0, highest=1.0, groups=("product", "lineage", "site"))
SCALES = (RECORDED, TargetScale("log", -1.0), TargetScale("logit", -1.0, 3.0))


@pytest.mark.parametrize("scale", SCALES, ids=lambda scale: scale.kind)
def test_recorded__is_the_inverse(scale: TargetScale) -> None:
    values = np.array([-0.9, 0.0, 0.5, 2.9])
    assert np.allclose(scale.recorded(scale.transformed(values)), values)


@pytest.mark.parametrize("scale", SCALES, ids=lambda scale: scale.kind)
def test_slope__is_the_derivative(scale: TargetScale) -> None:
    at, step = np.array([-2.0, 0.0, 1.5]), 1e-6
    assert np.allclose(scale.slope(at), (scale.recorded(at + step) - scale.recorded(at - step)) / (2 * step), rtol=1e-5)


@pytest.mark.parametrize("scale", SCALES, ids=lambda scale: scale.kind)
def test_mean_slope__times_the_change_is_the_rise(scale: TargetScale) -> None:
    start, change = np.array([0.1, 0.1, -1.0]), np.array([0.0, 0.7, 2.0])
    rise = scale.recorded(start + change) - scale.recorded(start)
    assert np.allclose(mean_slope(scale, start, change) * change, rise)


def test_recorded__does_not_overflow() -> None:
    far = np.array([-1e6, 1e6])
    assert np.isfinite(TargetScale("log", 0.0).recorded(far)).all()
    assert np.allclose(TargetScale("logit", 0.0, 1.0).recorded(far), [0.0, 1.0])


def test_transformed_scale__is_the_logit_where_both_ends_are_declared_and_else_the_logarithm() -> None:
    y = np.array([0.2, 0.4, 0.9])
    assert transformed_scale(y, SHARE) == TargetScale("logit", 0.0, 1.0)
    assert transformed_scale(y, TASK) == TargetScale("log", 0.0)


def test_transformed_scale__moves_an_end_outwards_where_a_result_lies_on_it() -> None:
    scale = transformed_scale(np.array([0.0, 0.2, 0.9, 1.0]), SHARE)
    assert (scale.low, scale.high) == pytest.approx((-0.1, 1.05))
    assert np.isfinite(scale.transformed(np.array([0.0, 1.0]))).all()


@pytest.mark.parametrize("y", [[-1.0, 2.0], [3.0, 3.0]])
def test_transformed_scale__is_the_recorded_one_for_negative_or_equal_results(y: list[float]) -> None:
    assert transformed_scale(np.array(y), TASK) == RECORDED


def _multiplied() -> tuple[pl.DataFrame, np.ndarray]:
    """Rows whose effects multiply."""
    rows = batch_rows(8)
    return rows, np.exp(results_of(rows, noise=0.05)["value"].to_numpy())


def _fitted(target_scale: str = "transformed") -> tuple[FittedHierarchical, pl.DataFrame, np.ndarray]:
    rows, y = _multiplied()
    return fit_hierarchical(Hierarchical(target_scale=target_scale), rows, y, TASK), rows, y


def test_hierarchical__extrapolates_effects_that_multiply_better_on_the_transformed_scale() -> None:
    rows, y = _multiplied()
    hidden = ((rows["product"] == "P6") & (rows["scale_level"] == 2.0)).to_numpy()
    errors = []
    for target_scale in ("recorded", "transformed"):
        model = Hierarchical(target_scale=target_scale)
        fitted = fit_hierarchical(model, rows.filter(pl.Series(~hidden)), y[~hidden], TASK)
        errors.append(np.abs(fitted.predict(rows.filter(pl.Series(hidden))) - y[hidden]).mean())
    assert errors[1] < 0.5 * errors[0]


def test_hierarchical__has_contributions_in_si_that_add_up() -> None:
    fitted, rows, _ = _fitted()
    base, shares = fitted.contributions(rows)
    assert fitted.target_scale.kind == "log"
    assert np.allclose(base + shares.sum_horizontal().to_numpy(), fitted.predict(rows))
    assert np.ptp(base) == 0


def test_hierarchical__spreads_more_where_the_prediction_is_larger() -> None:
    fitted, rows, _ = _fitted()
    predicted, spread = fitted.predict(rows), fitted.spread(rows)
    assert np.corrcoef(np.log(predicted), np.log(spread))[0, 1] > 0.9
    assert np.allclose(np.sqrt(np.diag(fitted.covariance(rows)) + fitted.noise(rows)), spread, rtol=1e-4)


def test_blocks_out__are_residuals_in_si() -> None:
    fitted, rows, y = _fitted()
    residuals = fitted.blocks_out(rows, y, np.arange(len(y)))
    recorded, _, _ = _fitted("recorded")
    assert (y - residuals > 0).all()
    assert np.abs(residuals).mean() < 0.7 * np.abs(recorded.blocks_out(rows, y, np.arange(len(y)))).mean()


def test_hierarchical__draws_a_censored_result_to_its_side_on_a_transformed_scale() -> None:
    rows, y = _multiplied()
    limit = float(np.quantile(y, 0.3))
    censoring = np.where(y < limit, "left", "none")
    censored = rows.with_columns(pl.Series("censoring", censoring))
    fitted = fit_hierarchical(Hierarchical(target_scale="transformed"), censored, np.maximum(y, limit), TASK)
    below = fitted.predict(rows)[y < limit]
    assert (below < 1.3 * limit).all()
    assert below.mean() < limit


def test_hierarchical__keeps_its_scale_when_it_is_saved() -> None:
    fitted, rows, _ = _fitted()
    again = hierarchical_from_dict(json.loads(json.dumps(fitted.to_dict())))
    assert again.target_scale == fitted.target_scale
    assert np.array_equal(again.predict(rows), fitted.predict(rows))


def test_hierarchical__that_was_saved_without_a_scale_has_the_recorded_one() -> None:
    fitted, _, _ = _fitted("recorded")
    saved = fitted.to_dict()
    assert "target_scale" not in saved
    assert hierarchical_from_dict(saved).target_scale == RECORDED
