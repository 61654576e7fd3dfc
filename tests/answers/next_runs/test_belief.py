"""The belief about one attribute: what the trained model says, no more and no less."""

from functools import cache

import numpy as np
import polars as pl
import pytest
from scipy.special import ndtr, ndtri

from pipeline.answers.next_runs.belief import (
    LEAST_FACTOR,
    belief_of,
    calibrated_variance,
    chances_beyond,
    limits_with,
    scaled_to,
)
from pipeline.extrapolation.kinds import NEW_SCALE, NEXT_BATCH
from pipeline.forecasting.calibrated_model import CalibratedModel, fit_calibrated, hierarchical_part
from pipeline.forecasting.intervals import IntervalConfig
from pipeline.models.registry import (
    CarryOver,
    GlobalMean,
    Hierarchical,
    SuperLearner,
    Task,
)
from tests.support.rows import batch_rows, results_of

TASK = Task("y", ("x", "log10_scale"), (), comparable=("log10_scale",), groups=("product", "lineage", "site"))
ROWS = batch_rows(6, each=4)
BLEND = SuperLearner((GlobalMean(), CarryOver(), Hierarchical(iterations=5)), folds=3)
SHARE = np.array([[2.0, 0.5], [0.5, 3.0]])


@cache
def trained() -> CalibratedModel:
    known = ROWS.with_columns(observed=results_of(ROWS)["value"], censoring=pl.lit("none"))
    return fit_calibrated(known, TASK, BLEND, IntervalConfig(), 1, [NEW_SCALE, NEXT_BATCH])


def places() -> pl.DataFrame:
    """A product at a scale that it has not seen, then at those that it has seen."""
    own = ROWS.filter(pl.col("product") == "P1")
    proposed = own.head(1).with_columns(scale=pl.lit(2.0), scale_level=pl.lit(2.0), log10_scale=pl.lit(np.log10(2.0)))
    return pl.concat([proposed, own])


def test_belief__the_variance_of_one_batch_is_the_calibrated_one() -> None:
    final, part = trained(), hierarchical_part(trained().model)
    assert part is not None
    belief = belief_of(final, part, places())
    half = final.spread(places().head(1))[0] * final.calibrations[NEW_SCALE].half_width(0.9)
    expected = float(half / ndtri(0.95)) ** 2
    assert belief.covariance[0, 0] + belief.noise == pytest.approx(expected)
    assert belief.deviation == pytest.approx(np.sqrt(expected))
    assert calibrated_variance(final, belief.forecast) == pytest.approx(expected)


def test_belief__is_centred_on_the_model_that_answers_and_correlates_as_its_hierarchical_part() -> None:
    final, part = trained(), hierarchical_part(trained().model)
    assert part is not None
    belief, own = belief_of(final, part, places()), part.covariance(places())
    assert (belief.predicted == final.predict(places())).all()
    assert np.allclose(belief.covariance / belief.covariance[0, 0], own / own[0, 0])
    assert belief.noise / belief.covariance[0, 0] == pytest.approx(part.deviation**2 * part.variances.noise / own[0, 0])


def test_scaled_to__errors_larger_than_believed_are_those_of_the_process_mean() -> None:
    """Repeats determine the noise: 12 = 10 + 2, not 6 + 6."""
    covariance, noise = scaled_to(12.0, SHARE, 2.0)
    assert covariance == pytest.approx(5 * SHARE)
    assert noise == 2.0


def test_scaled_to__smaller_errors_keep_the_share_of_the_process_mean() -> None:
    covariance, noise = scaled_to(2.0, SHARE, 2.0)
    assert covariance == pytest.approx(0.5 * SHARE)
    assert noise == 1.0


def test_scaled_to__errors_that_were_all_zero_leave_almost_nothing() -> None:
    covariance, noise = scaled_to(0.0, SHARE, 2.0)
    assert 0 < covariance[0, 0] + noise == pytest.approx(4 * LEAST_FACTOR)


def test_limits__give_one_batch_the_chances_of_the_answer() -> None:
    part = hierarchical_part(trained().model)
    assert part is not None
    belief = belief_of(trained(), part, places())
    ends = (float(belief.predicted[0] - 0.7 * belief.deviation), float(belief.predicted[0] + 1.1 * belief.deviation))
    below, above = chances_beyond(trained(), belief.forecast, ends)
    limits = limits_with(below, above)
    assert ndtr(limits.lower) == pytest.approx(below)
    assert 1 - ndtr(limits.upper) == pytest.approx(above)
    assert ndtr(limits.upper) - ndtr(limits.lower) == pytest.approx(1 - below - above)


def test_limits__are_infinite_only_where_nothing_lies_beyond() -> None:
    assert limits_with(0.0, 0.3).lower == -np.inf
    assert np.isfinite([limits_with(1e-12, 1e-12).lower, limits_with(1e-12, 1e-12).upper]).all()
