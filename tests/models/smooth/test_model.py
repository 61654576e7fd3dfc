"""The smooth surface: interactions, its linear part far away, logarithms, groupings, and its size with many rows."""

import numpy as np
import polars as pl
import pytest

from pipeline.models.registry import Hierarchical, SmoothSurface, Task, fit
from pipeline.models.smooth.kernel import covariance, matern, matern_slope, own_variance
from pipeline.models.smooth.model import FittedSmoothSurface, fit_smooth_surface

TASK = Task("y", ("a", "b"), (), groups=("product",))


def _rows(count: int = 300, seed: int = 1) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    product = [f"P{i % 2}" for i in range(count)]
    return pl.DataFrame(
        {
            "batch_id": [f"B{i:05d}" for i in range(count)],
            "product": product,
            "lineage": product,
            "scale": np.ones(count),
            "scale_level": np.ones(count),
            "a": rng.uniform(-1, 1, count),
            "b": rng.uniform(-1, 1, count),
        }
    )


def _y(rows: pl.DataFrame, noise: float = 0.02) -> np.ndarray:
    a, b, second = rows["a"].to_numpy(), rows["b"].to_numpy(), (rows["product"] == "P1").to_numpy()
    return 5 + np.sin(3 * a) * b + second * (1 + a) + noise * np.random.default_rng(2).normal(size=rows.height)


def _error(fitted: object, rows: pl.DataFrame) -> float:
    return float(np.sqrt(((fitted.predict(rows) - _y(rows, 0.0)) ** 2).mean()))  # type: ignore[attr-defined]


def test_surface__learns_an_interaction_that_curves_per_quantity_cannot() -> None:
    rows, new = _rows(), _rows(200, 9)
    surface, curves = (fit(config, rows, _y(rows), TASK, 1) for config in (SmoothSurface(), Hierarchical()))
    assert _error(surface, new) < 0.03
    assert _error(curves, new) > 0.1


def test_surface__follows_a_line_beyond_the_training_rows() -> None:
    rows = _rows()
    fitted = fit_smooth_surface(SmoothSurface(), rows, 2 * rows["a"].to_numpy() + rows["b"].to_numpy(), TASK)
    beyond = rows.head(1).with_columns(a=pl.lit(1.8), b=pl.lit(0.0))
    assert fitted.predict(beyond)[0] == pytest.approx(3.6, abs=0.1)


def test_surface__of_logarithms_follows_a_product_of_powers() -> None:
    rows = _rows().with_columns(pl.col("a", "b").exp())
    y = rows["a"].to_numpy() ** 2 * rows["b"].to_numpy() ** -1.5
    beyond = rows.head(1).with_columns(a=pl.lit(6.0), b=pl.lit(0.25))
    found = {
        chosen: fit_smooth_surface(SmoothSurface(logarithm=chosen), rows, y, TASK).predict(beyond)[0]
        for chosen in (True, False)
    }
    truth = 6.0**2 * 0.25**-1.5
    assert found[True] == pytest.approx(truth, rel=0.05)
    assert abs(found[False] - truth) > abs(found[True] - truth)


def test_surface__takes_results_as_they_are_where_one_is_not_positive() -> None:
    rows = _rows(60)
    y = rows["a"].to_numpy()
    assert not fit_smooth_surface(SmoothSurface(logarithm=True), rows, y, TASK).logarithm


@pytest.mark.parametrize("logarithm", [False, True])
def test_contributions__add_up_and_a_quantity_without_effect_has_nearly_none(logarithm: bool) -> None:
    rows = _rows().with_columns(c=pl.Series(np.random.default_rng(4).normal(size=300)))
    task = Task("y", ("a", "b", "c"), (), groups=("product",))
    fitted = fit_smooth_surface(SmoothSurface(logarithm=logarithm), rows, _y(rows), task)
    base, shares = fitted.contributions(rows)
    assert shares.columns == ["product", "a", "b", "c"]
    assert np.ptp(base) == 0
    assert base + shares.sum_horizontal().to_numpy() == pytest.approx(fitted.predict(rows), abs=1e-9)
    sizes = {name: shares[name].abs().mean() for name in shares.columns}
    assert sizes["c"] < 0.1 * sizes["b"]


@pytest.mark.parametrize("logarithm", [False, True])
def test_slopes__are_the_derivative_along_the_line(logarithm: bool) -> None:
    """The derivative of the prediction with respect to the place is the sum of all slopes."""
    rows = _rows(80)
    fitted = fit_smooth_surface(SmoothSurface(logarithm=logarithm), rows, _y(rows), TASK)
    encoded, step = fitted.encoded(rows), 1e-5
    integral = np.zeros(rows.height)
    places = np.linspace(step, 1 - step, 2001)
    for place in places:
        integral += fitted._slopes(encoded, float(place)).sum(axis=1) / len(places)
    base, _ = fitted.contributions(rows)
    assert integral == pytest.approx(fitted.predict(rows) - base, abs=2e-3 * np.ptp(_y(rows)))


def test_matern_slope__is_the_derivative() -> None:
    squared = np.linspace(0.01, 9, 50)
    assert matern_slope(squared) == pytest.approx((matern(squared + 1e-6) - matern(squared - 1e-6)) / 2e-6, rel=1e-5)


def test_spread__grows_away_from_the_training_rows_and_starts_at_the_noise() -> None:
    rows = _rows()
    fitted = fit_smooth_surface(SmoothSurface(), rows, _y(rows), TASK)
    far = rows.head(5).with_columns(a=pl.lit(2.5), product=pl.lit("new"))
    assert fitted.spread(far).min() > 3 * fitted.spread(rows).max()
    assert fitted.spread(rows).mean() == pytest.approx(0.02, rel=0.4)


def test_own_variance__is_the_diagonal_of_the_covariance() -> None:
    rows = _rows(40)
    fitted = fit_smooth_surface(SmoothSurface(), rows, _y(rows), TASK)
    some = fitted.encoded(rows)
    assert own_variance(fitted.parameters, some) == pytest.approx(np.diag(covariance(fitted.parameters, some, some)))


def test_fit__holds_at_most_the_configured_rows() -> None:
    rows = _rows(500)
    fitted = fit_smooth_surface(SmoothSurface(rows=100, searched=60), rows, _y(rows), TASK)
    assert len(fitted.alpha) == len(fitted.train.values) == 100
    assert _error(fitted, rows) < 0.1


def test_fit__of_many_quantities_keeps_those_with_an_effect() -> None:
    rows, rng = _rows(), np.random.default_rng(6)
    rows = rows.with_columns(**{f"x{i}": pl.Series(rng.normal(size=300)) for i in range(8)})
    task = Task("y", (*(f"x{i}" for i in range(8)), "a"), ())
    fitted = fit_smooth_surface(SmoothSurface(terms=2), rows, 3 * rows["a"].to_numpy(), task)
    assert "a" in fitted.encoding.numeric
    assert len(fitted.encoding.numeric) <= 2


def test_fit__without_any_feature_predicts_the_mean() -> None:
    rows = _rows(30)
    fitted: FittedSmoothSurface = fit_smooth_surface(SmoothSurface(), rows, _y(rows), Task("y", (), ()))
    assert fitted.predict(rows) == pytest.approx(_y(rows).mean())
    assert fitted.contributions(rows)[1].shape == (0, 0) or fitted.contributions(rows)[1].width == 0
