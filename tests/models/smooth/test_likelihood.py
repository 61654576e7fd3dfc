"""Parameters by marginal likelihood: the gradient, and what data drawn from known parameters give back."""

import numpy as np
import pytest
import scipy.optimize

from pipeline.models.hierarchical.variances import factor
from pipeline.models.smooth.kernel import SurfaceParameters, SurfaceRows, covariance
from pipeline.models.smooth.likelihood import estimate


def _rows(count: int, quantities: int, groups: int) -> SurfaceRows:
    rng = np.random.default_rng(1)
    return SurfaceRows(rng.normal(size=(count, quantities)), rng.integers(0, 3, (count, groups)))


def test_estimate__uses_the_gradient_of_the_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    rows, y = _rows(25, 2, 2), np.random.default_rng(2).normal(size=25)
    given = {}

    def keep(loss: object, first: np.ndarray, **named: object) -> scipy.optimize.OptimizeResult:
        given.update(loss=loss, first=first)
        return scipy.optimize.OptimizeResult(x=first)

    monkeypatch.setattr(scipy.optimize, "minimize", keep)
    estimate(rows, y, None, 5)
    loss, place = given["loss"], given["first"] + 0.3
    step = 1e-5 * np.eye(len(place))
    slopes = [(loss(place + one)[0] - loss(place - one)[0]) / 2e-5 for one in step]
    assert loss(place)[1] == pytest.approx(np.array(slopes), rel=1e-4, abs=1e-6)


def test_estimate__finds_which_quantity_the_surface_follows() -> None:
    rows = _rows(200, 2, 0)
    truth = SurfaceParameters((), 0.1, 0.1, 1.0, 0.01, (0.7, 50.0), ())
    noise = 0.1 * np.random.default_rng(3).normal(size=200)
    y = factor(covariance(truth, rows, rows), 1e-6) @ np.random.default_rng(4).normal(size=200) + noise
    found = estimate(rows, y, None, 60)
    assert found.lengths[1] > 5 * found.lengths[0]
    assert found.noise == pytest.approx(0.01, rel=0.5)


def test_estimate__ignores_start_values_of_another_number() -> None:
    rows, y = _rows(30, 2, 0), np.random.default_rng(5).normal(size=30)
    other = SurfaceParameters((0.2,), 0.1, 0.1, 1.0, 0.01, (1.0,), (1.0,))
    assert estimate(rows, y, other, 10) == estimate(rows, y, None, 10)
