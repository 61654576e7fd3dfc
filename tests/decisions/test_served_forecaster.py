"""The adapter on the served model: the same chances as the calibration's own, only faster."""

import numpy as np
import pytest

from pipeline.decisions.served_forecaster import chance_beyond
from pipeline.intervals import Calibration


@pytest.mark.parametrize("stranger", [False, True])
@pytest.mark.parametrize(("lower", "upper"), [(None, 0.5), (-0.4, None), (-0.4, 0.5), (2.0, 2.5)])
def test_chance__is_that_of_the_calibration(lower: float | None, upper: float | None, stranger: bool) -> None:
    rng = np.random.default_rng(1)
    sizes = np.sort(np.abs(rng.normal(size=60)))
    calibration = Calibration(tuple(sizes.tolist()), tuple(f"P{i % 7}" for i in range(60)), "", stranger)
    predicted, spread = rng.normal(size=500), rng.uniform(0.2, 2, 500)
    expected = calibration.probability_within(predicted, lower, upper, spread)
    ends = (-np.inf if lower is None else lower, np.inf if upper is None else upper)
    below, above = chance_beyond(calibration, predicted, spread, *ends)
    assert 1 - below - above == pytest.approx(expected)
