"""Intervals: width, coverage, supported levels and probabilities."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pipeline.forecasting.intervals import Calibration, IntervalConfig, covered, residual


def _of(sizes: list[float], groups: list[str]) -> Calibration:
    return Calibration(tuple(sizes), tuple(groups))


def test_half_width__is_the_quantile_widened_for_few_groups() -> None:
    sizes = [float(i) for i in range(1, 201)]
    assert _of(sizes, [str(i) for i in range(200)]).half_width(0.9) == pytest.approx(180, rel=0.01)
    few = _of([1.0, 2.0, 5.0], ["a", "b", "c"])
    assert few.half_width(0.9) == pytest.approx(5.0 * 2.920 / 1.645, rel=1e-3)  # Student's t with 2 degrees of freedom


def test_half_width__n_batches_of_one_product_have_the_weight_of_root_n() -> None:
    calibration = _of([0.1] * 9 + [1.0, 2.0, 3.0], ["P0"] * 9 + ["P1", "P2", "P3"])
    assert calibration.weights == pytest.approx([1 / 18] * 9 + [1 / 6] * 3)
    assert calibration.half_width(0.5) < 0.2 < 1 < calibration.half_width(0.6)


def test_supported__needs_enough_products_for_the_level() -> None:
    few = _of([1.0, 2.0, 5.0], ["a", "b", "c"])
    assert (few.supported(0.75), few.supported(0.9), few.largest_level) == (True, False, 0.75)


def test_half_width__is_wider_where_another_kind_was_re_enacted() -> None:
    same = _of([float(i) for i in range(1, 20)], [str(i) for i in range(19)])
    substituted = Calibration(same.residuals, same.groups, "new_product", True)
    assert substituted.half_width(0.9) == pytest.approx(1.25 * same.half_width(0.9))
    assert not substituted.supported(0.5)


def test_probability_within__agrees_with_the_interval() -> None:
    calibration = _of([float(i) for i in range(1, 20)], [str(i) for i in range(19)])
    half = calibration.half_width(0.9)
    chance = calibration.probability_within(np.array([100.0]), 100 - half, 100 + half)[0]
    assert chance == pytest.approx(0.9, abs=0.05)
    assert calibration.probability_within(np.array([100.0]), 100.0, None)[0] == pytest.approx(0.5)
    assert calibration.probability_within(np.array([0.0]), None, None)[0] == pytest.approx(1.0)


@given(st.lists(st.floats(0, 100), min_size=1, max_size=40), st.floats(-50, 50), st.floats(0, 50))
def test_probability_within__is_a_probability_that_grows_with_the_limits(
    sizes: list[float], low: float, width: float
) -> None:
    calibration = _of(sorted(sizes), [str(i % 5) for i in range(len(sizes))])
    at = np.array([0.0])
    narrow, wide = (calibration.probability_within(at, low, low + w)[0] for w in (width, width + 10))
    assert 0 <= narrow <= wide + 1e-12 <= 1 + 1e-9


@pytest.mark.parametrize("substituted", [False, True])
@pytest.mark.parametrize(("lower", "upper"), [(None, 0.5), (-0.4, None), (-0.4, 0.5), (2.0, 2.5), (None, None)])
def test_beyond__counts_each_residual_with_both_signs(lower: float | None, upper: float | None, substituted: bool) -> None:
    rng = np.random.default_rng(1)
    residuals = np.sort(np.abs(rng.normal(size=60)))
    calibration = Calibration(tuple(residuals.tolist()), tuple(f"P{i % 7}" for i in range(60)), "", substituted)
    predicted, spread = rng.normal(size=500), rng.uniform(0.2, 2, 500)
    ends = predicted[:, None] + spread[:, None] * np.concatenate(
        [-calibration.widened_residuals, calibration.widened_residuals]
    )
    weights = np.tile(calibration.weights / 2, 2)
    below, above = calibration.beyond(predicted, lower, upper, spread)
    assert below == pytest.approx(0.0 if lower is None else (ends < lower) @ weights)
    assert above == pytest.approx(0.0 if upper is None else (ends > upper) @ weights)


def test_coverage__of_a_new_product_is_at_least_the_level() -> None:
    """Theory: for exchangeable products the coverage of a batch of a new product is at least the level (Lee et al. 2023)."""
    rng = np.random.default_rng(5)
    hits = []
    for _ in range(400):
        spread = np.exp(0.7 * rng.normal(size=21))
        offset = rng.normal(size=21)
        errors = np.abs(offset[:, None] + spread[:, None] * rng.normal(size=(21, 8)))
        groups = np.repeat([f"P{i:02d}" for i in range(20)], 8)
        half = _of(sorted(errors[:20].ravel()), groups[np.argsort(errors[:20].ravel())].tolist()).half_width(0.8)
        hits.append((errors[20] <= half).mean())
    standard_error = np.std(hits) / np.sqrt(len(hits))
    assert np.mean(hits) > 0.8 - 3 * standard_error


def test_residual__is_zero_where_the_prediction_is_on_the_side_of_the_censored_result() -> None:
    rows = pl.DataFrame(
        {
            "observed": [0.05, 0.05, 9.0, 9.0],
            "predicted": [0.03, 0.07, 12.0, 7.0],
            "censoring": ["left", "left", "right", "right"],
        }
    )
    assert rows.select(residual().round(6)).to_series().to_list() == [0.0, -0.02, 0.0, 2.0]


def test_covered__a_censored_result_is_covered_where_the_interval_reaches_its_side() -> None:
    rows = pl.DataFrame(
        {"observed": [0.05, 0.05], "censoring": ["left", "left"], "lower": [0.0, 0.06], "upper": [0.02, 0.1]}
    )
    assert rows.select(covered("lower", "upper")).to_series().to_list() == [True, False]


def test_calibration__is_the_same_after_saving_and_reading() -> None:
    calibration = _of([1.0, 2.0], ["a", "b"])
    assert Calibration.from_dict(calibration.to_dict()) == calibration


def test_config__refuses_a_level_that_is_not_between_0_and_1() -> None:
    with pytest.raises(ValidationError, match="levels lie between 0 and 1"):
        IntervalConfig(levels=(90.0,))
    with pytest.raises(ValidationError, match=r"levels must hold 0\.9"):
        IntervalConfig(levels=(0.8,))
