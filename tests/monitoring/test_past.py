"""Forecasts of one tag, and the usual size of their errors."""

import numpy as np
import polars as pl
import pytest

from pipeline.monitoring.past import OWN, ROWS_PER_LEAF, fit_tag_forecast, named, own_before, spread_points


def _learned(rows: int = 2000, seed: int = 1) -> tuple[pl.DataFrame, np.ndarray]:
    """Return features and a deviation: 0.8 of the one before, 1 more where `on` is 1, with a scatter that `loud` trebles."""
    rng = np.random.default_rng(seed)
    own, on, loud = rng.normal(size=rows), rng.integers(0, 2, rows), rng.integers(0, 2, rows)
    y = 0.8 * own + on + (0.1 + 0.2 * loud) * rng.normal(size=rows)
    return pl.DataFrame({OWN: own, "on": on.astype(float), "loud": loud.astype(float)}), y


def test_forecast__of_new_rows_has_standard_residuals_in_loud_and_quiet_times() -> None:
    forecast = fit_tag_forecast(*_learned(), trees=60, seed=1)
    assert forecast is not None
    features, y = _learned(seed=2)
    residuals, expected, sizes = forecast.standardised(features, y)
    loud = features["loud"].to_numpy() == 1
    assert np.abs(y - expected).mean() < 0.25
    assert residuals[loud].std() == pytest.approx(residuals[~loud].std(), rel=0.25)
    assert sizes[loud].mean() > 1.5 * sizes[~loud].mean()


def test_forecast__goes_on_beyond_what_was_seen() -> None:
    """Trees alone would stop at the largest deviation of the past."""
    forecast = fit_tag_forecast(*_learned(), trees=60, seed=1)
    assert forecast is not None
    far = pl.DataFrame({OWN: [50.0], "on": [0.0], "loud": [0.0]})
    assert forecast.standardised(far, np.array([40.0]))[1].item() == pytest.approx(40, rel=0.15)


def test_forecast__is_drawn_little_by_a_few_wild_values() -> None:
    features, y = _learned()
    wild = np.where(np.arange(len(y)) % 100 == 0, 1e4, y)
    first, second = (fit_tag_forecast(features, values, 60, 1) for values in (y, wild))
    assert first is not None
    assert second is not None
    new, truth = _learned(seed=2)
    errors = [np.median(np.abs(truth - one.standardised(new, truth)[1])) for one in (first, second)]
    assert errors[1] < 2 * errors[0]


def test_forecast__of_few_values_is_none_and_gaps_are_left_out() -> None:
    features, y = _learned(4 * ROWS_PER_LEAF + 10)
    gaps = np.where(np.arange(len(y)) < 20, np.nan, y)
    assert fit_tag_forecast(features, y, 5, 1) is not None
    assert fit_tag_forecast(features, gaps, 5, 1) is None


def test_forecast__of_a_tag_that_is_always_as_expected_is_finite() -> None:
    features, y = _learned(300)
    forecast = fit_tag_forecast(features, np.zeros_like(y), 5, 1)
    assert forecast is not None
    assert all(np.isfinite(part).all() for part in forecast.standardised(features, np.zeros_like(y)))


def test_own_before__is_zero_where_it_is_not_known() -> None:
    assert own_before(pl.DataFrame({OWN: [1.0, np.nan]})).tolist() == [1, 0]
    assert own_before(pl.DataFrame({"x": [1.0, 2.0]})).tolist() == [0, 0]


def test_spread_points__begin_at_another_point_in_each_batch() -> None:
    b, t = spread_points(np.array([6, 6, 1, -1]), 3, 1)
    assert list(zip(b.tolist(), t.tolist(), strict=True)) == [(0, 1), (0, 4), (1, 2), (1, 5)]
    assert [part.tolist() for part in spread_points(np.empty(0, dtype=np.int64), 3, 1)] == [[], []]


def test_named__gives_each_tag_a_name() -> None:
    found = named("before1", np.arange(6.0).reshape(1, 3, 2), ("a", "b"))
    assert list(found) == ["before1.a", "before1.b"]
    assert found["before1.b"].tolist() == [[1, 3, 5]]
