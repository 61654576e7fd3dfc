"""The tables of the calibration benchmarks count what they say."""

import numpy as np
import polars as pl
import pytest
from calibration import _impossible, _reliability, _with_error
from calibration_promise import LEVELS, coverage, former, lowest, ours
from scipy.special import ndtri


def _rows(chance: list[float], observed: list[float]) -> pl.DataFrame:
    """Batches with the upper limit 1."""
    count = len(chance)
    return pl.DataFrame(
        {
            "history": ["h"] * count,
            "product": [f"P{i % 3}" for i in range(count)],
            "answered": [True] * count,
            "below": [0.0] * count,
            "above": [1 - value for value in chance],
            "lower": pl.Series([None] * count, dtype=pl.Float64),
            "upper": [1.0] * count,
            "observed": observed,
            "censoring": ["none"] * count,
        }
    )


def test_impossible__counts_results_that_contradict_certainty() -> None:
    rows = _rows([1.0, 1.0, 0.0, 0.5], [0.5, 2.0, 0.5, 2.0])
    ((name, *counts),) = _impossible({"before": rows}).rows
    assert (name, *counts) == ("before", 4, 2, 1, 1, 1)


def test_reliability__compares_the_stated_chance_with_the_share_that_met() -> None:
    rows = _rows([0.75, 0.85, 0.8, 0.8], [0.5, 0.5, 0.5, 2.0])
    line = next(row for row in _reliability("", {"after": rows}).rows if row[0] == "70 to 90 %")
    assert line[1:] == (4, pytest.approx(0.8), 0.75)


def test_with_error__is_zero_where_all_products_agree() -> None:
    share, error = _with_error(_rows([0.5] * 6, [1.0] * 6).with_columns(hit=pl.lit(True)), "hit")
    assert (share, error) == (1.0, 0.0)


@pytest.mark.parametrize("unequal", [False, True])
def test_coverage__agrees_with_drawn_errors(unequal: bool) -> None:
    rng = np.random.default_rng(1)
    size = np.exp(0.5 * rng.normal(size=200_000)) if unequal else 1.0
    drawn = np.abs(size * rng.normal(size=200_000))
    assert coverage(np.array([1.0, 2.5]), unequal=unequal) == pytest.approx(
        [(drawn <= h).mean() for h in (1.0, 2.5)], abs=0.004
    )


def test_lowest__of_the_former_method_falls_short_where_ours_does_not() -> None:
    """One batch of each of five products: 80 % covered 0.73 to 0.75."""
    (before, *_), (after, *_) = (lowest(method, 5, unequal=False, repeats=40) for method in (former, ours))
    assert before[0] < 0.75 < after[0]


def test_ours__with_many_products_is_the_normal_quantile() -> None:
    assert ours(np.random.default_rng(2).normal(size=(400, 1))) == pytest.approx(ndtri((1 + LEVELS) / 2), rel=0.12)
