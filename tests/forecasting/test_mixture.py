"""Mixtures of calibrated forecasts, against their definition."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from pipeline.forecasting.calibrated_model import CalibratedModel, Forecast
from pipeline.forecasting.mixture import mixed, mixed_beyond, mixed_intervals, mixture_of_sample
from tests.support.patients import patient_run

LEVELS = (0.8, 0.9, 0.95)


def _model() -> CalibratedModel:
    return patient_run(1.0).model.finals["titre"]


def _forecast(*predicted: float) -> Forecast:
    count = len(predicted)
    return Forecast(np.array(predicted), np.linspace(1.0, 1.2, count), pl.Series(["next_batch"] * count))


def test_mixed_intervals__leave_the_same_chance_outside_on_each_side() -> None:
    model, forecast = _model(), _forecast(0.8, 1.0, 1.5, 2.0)
    for level, (low, high) in zip(LEVELS, mixed_intervals(model, forecast, LEVELS, 4), strict=True):
        assert model.below(forecast, np.repeat(low, 4)).mean() == pytest.approx((1 - level) / 2, abs=1e-6)
        assert 1 - model.below(forecast, np.repeat(high, 4)).mean() == pytest.approx((1 - level) / 2, abs=1e-6)


def test_mixed_intervals__of_one_row_are_those_of_the_row() -> None:
    model, forecast = _model(), _forecast(0.8, 1.0, 1.5)
    for mine, its in zip(mixed_intervals(model, forecast, LEVELS, 1), model.intervals(forecast, LEVELS), strict=True):
        np.testing.assert_array_equal(mine, its)


def test_mixed_intervals__of_equal_rows_are_those_of_one_row() -> None:
    model, one = _model(), _forecast(1.0)
    same = Forecast(np.full(5, 1.0), np.full(5, 1.0), pl.Series(["next_batch"] * 5))
    np.testing.assert_array_equal(mixed_intervals(model, same, LEVELS, 5), model.intervals(one, LEVELS))


def test_mixed_intervals__of_blocks_are_those_of_each_block() -> None:
    model, first, second = _model(), (0.8, 1.3), (1.0, 1.9)
    both = Forecast(np.array([*first, *second]), np.ones(4), pl.Series(["next_batch"] * 4))
    for at, part in enumerate((first, second)):
        alone = Forecast(np.array(part), np.ones(2), pl.Series(["next_batch"] * 2))
        for (low, high), (own_low, own_high) in zip(
            mixed_intervals(model, both, LEVELS, 2), mixed_intervals(model, alone, LEVELS, 2), strict=True
        ):
            assert (low[at], high[at]) == pytest.approx((own_low[0], own_high[0]))


def test_mixed_intervals__end_at_the_end_of_the_possible_range() -> None:
    model = replace(_model(), task=replace(_model().task, lowest=0.0))
    ((low, _),) = mixed_intervals(model, _forecast(*np.full(19, 0.01), 30.0), (0.9,), 20)
    assert low[0] == 0


def test_mixed_beyond__is_the_mean_of_the_chances_of_the_rows() -> None:
    model, forecast = _model(), _forecast(0.9, 1.1, 1.5, 2.0)
    below, above = mixed_beyond(model, forecast, (1.0, 1.6), 2)
    np.testing.assert_allclose(below, mixed(model.beyond(forecast, (1.0, 1.6))[0], 2))
    assert above[1] > above[0]


def test_mixture_of_sample__widens_the_scatter_as_the_next_of_few_values_scatters() -> None:
    model, rows = _model(), patient_run(1.0).rows.head(5)
    plain, wider = model.forecast(rows), mixture_of_sample(model, rows, 5, 5)
    assert wider.predicted.std() == pytest.approx(np.sqrt(6 / 4) * plain.predicted.std())
    assert wider.predicted.mean() == pytest.approx(plain.predicted.mean())
    np.testing.assert_array_equal(mixture_of_sample(model, rows, 1, 1).predicted, plain.predicted)
