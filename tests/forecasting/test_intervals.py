"""Intervals: width, coverage, supported levels and probabilities."""

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy.special import ndtr, ndtri

from pipeline.domain.arrays import FloatArray
from pipeline.extrapolation.kinds import BEYOND_SCALE, NEW_LINEAGE, NEW_SCALE, NEXT_BATCH
from pipeline.forecasting.intervals import LEAST_LINES, Calibration, IntervalConfig, covered, pooled, residual


def _of(residuals: list[float], groups: list[str]) -> Calibration:
    return Calibration(tuple(residuals), tuple(groups))


def _grouped(errors: FloatArray) -> Calibration:
    """Return the calibration of errors of groups, (groups, batches)."""
    order = np.argsort(np.abs(errors), axis=None)
    groups = np.repeat([f"P{i:02d}" for i in range(len(errors))], errors.shape[1])
    return _of(errors.ravel()[order].tolist(), groups[order].tolist())


def _errors(rng: np.random.Generator, repeats: int, groups: int, batches: int, correlation: float) -> FloatArray:
    """Return normal errors with variance 1 and a correlation within groups, (repeats, groups, batches)."""
    of_group = rng.normal(size=(repeats, groups, 1))
    of_batch = rng.normal(size=(repeats, groups, batches))
    return np.asarray(np.sqrt(correlation) * of_group + np.sqrt(1 - correlation) * of_batch)


@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.9, 1.0])
@pytest.mark.parametrize("batches", [1, 3, 10, 30])
@pytest.mark.parametrize("groups", [3, 5, 8, 12, 30])
def test_half_width__covers_a_batch_of_a_new_group_at_least_as_often_as_promised(
    groups: int, batches: int, correlation: float
) -> None:
    """Theory: the chance to cover a normal error of variance 1 is known, so the mean over repetitions has little noise."""
    levels = np.array([0.8, 0.9, 0.95])
    errors = _errors(np.random.default_rng([groups, batches]), 150, groups, batches, correlation)
    covered = 2 * ndtr(np.array([_grouped(one).half_widths(levels) for one in errors])) - 1
    standard_error = covered.std(axis=0) / np.sqrt(len(covered))
    assert (covered.mean(axis=0) > levels - 0.01 - 2 * standard_error).all()


def test_half_width__with_many_groups_is_not_wider_than_needed() -> None:
    levels = np.array([0.8, 0.9, 0.95])
    errors = _errors(np.random.default_rng(4), 100, 30, 10, 0.3)
    widths = np.array([_grouped(one).half_widths(levels) for one in errors]).mean(axis=0)
    assert (widths < 1.1 * ndtri((1 + levels) / 2)).all()


@pytest.mark.parametrize("seed", range(10))
def test_half_width__of_one_group_is_not_narrower_than_of_two(seed: int) -> None:
    errors = np.random.default_rng(seed).normal(size=(2, 5))
    one, two = _grouped(errors.reshape(1, 10)), _grouped(errors)
    assert all(one.half_width(level) >= two.half_width(level) for level in (0.8, 0.9, 0.95))


def test_supported__needs_enough_products_for_the_level() -> None:
    few = _of([1.0, -2.0, 5.0], ["a", "b", "c"])
    assert (few.supported(0.75), few.supported(0.9), few.largest_level) == (True, False, 0.75)


def test_half_width__is_wider_where_another_kind_was_re_enacted() -> None:
    same = _of([float(i) for i in range(1, 20)], [str(i) for i in range(19)])
    substituted = Calibration(same.residuals, same.groups, "new_product", True)
    assert substituted.half_width(0.9) == pytest.approx(1.25 * same.half_width(0.9))
    assert not substituted.supported(0.5)


@given(
    st.lists(st.floats(-100, 100).map(lambda error: round(error, 6)), min_size=1, max_size=40).filter(any),
    st.sampled_from([0.05, 0.5, 0.8, 0.9, 0.95, 0.99, 0.999]),
    st.booleans(),
)
def test_beyond__agrees_with_the_interval_at_every_level(errors: list[float], level: float, substituted: bool) -> None:
    ordered = sorted(errors, key=abs)
    calibration = Calibration(tuple(ordered), tuple(str(i % 5) for i in range(len(ordered))), "", substituted)
    half, at = calibration.half_width(level), np.array([0.0])
    below, above = calibration.beyond(at, -half, half)
    assume(half > calibration.half_width(level - 1e-9))  # equal errors are a step, which no size divides
    assert below[0] + above[0] == pytest.approx(1 - level, rel=1e-4, abs=1e-9)


def test_beyond__is_never_0_or_1_where_there_is_a_limit() -> None:
    """A limit far beyond the largest past error: 35 of 1,150 results of the default run lay beyond it."""
    calibration = _grouped(np.random.default_rng(6).normal(size=(12, 5)))
    below, above = calibration.beyond(np.array([0.0]), -7.0, 6.0)
    assert 0 < below.min() < above.min() < 1 / 13
    below, _ = calibration.beyond(np.array([-50.0]), 0.0, None)
    assert 1 - 1 / 13 < below[0] < 1


@pytest.mark.parametrize("errors", [np.random.default_rng(6).normal(size=(12, 5)), np.zeros((3, 2))])
@pytest.mark.parametrize("predicted", [-1e7, 1e7])
def test_beyond__leaves_a_chance_between_two_limits_however_far_they_are(errors: FloatArray, predicted: float) -> None:
    below, above = _grouped(errors).beyond(np.array([predicted]), -1.0, 1.0)
    assert 0 < 1 - below[0] - above[0] < 1e-8


def test_beyond__an_error_of_the_next_group_beyond_all_others_has_the_chance_that_ranks_give_it() -> None:
    """Theory: the next of K exchangeable groups with one batch is the most extreme one with the chance 1/(K + 1)."""
    calibration = _grouped(np.random.default_rng(7).normal(size=(9, 1)))
    largest = np.abs(calibration.residuals[-1])
    below, above = calibration.beyond(np.array([0.0]), -largest, largest)
    assert below[0] + above[0] == pytest.approx(1 / 10)


def test_drawn__errors_exceed_a_half_width_as_often_as_its_level_says() -> None:
    calibration = _grouped(np.random.default_rng(8).normal(size=(6, 4)))
    drawn = calibration.drawn(20_000, np.random.default_rng(9))
    assert np.mean(np.abs(drawn) > calibration.half_width(0.9)) == pytest.approx(0.1, abs=0.01)
    assert np.mean(drawn > 0) == pytest.approx(0.5, abs=0.02)


def test_of__the_next_batch_of_the_only_product_counts_batches() -> None:
    hidden = pl.DataFrame(
        {
            "batch_id": ["a", "b", "c"],
            "product": ["P"] * 3,
            "observed": [1.0, 2.0, 3.0],
            "predicted": [2.0, 2.5, 2.0],
            "spread": [1.0, 1.0, 1.0],
            "censoring": ["none"] * 3,
            "reenacted_kind": [NEXT_BATCH] * 3,
        }
    )
    assert Calibration.of(hidden, IntervalConfig(), NEXT_BATCH).largest_level == 0.75
    assert Calibration.of(hidden, IntervalConfig(), NEW_SCALE).largest_level == 0.5


def _hidden(errors: list[float], kind: str, products: int = 4) -> pl.DataFrame:
    """Return hidden batches with these errors and a spread of 4."""
    at = pl.int_range(pl.len())
    return pl.DataFrame({"observed": errors}).with_columns(
        batch_id=pl.concat_str(pl.lit("B"), at),
        product=pl.concat_str(pl.lit("P"), at % products),
        scale_level=(at % 2).cast(pl.Float64),
        predicted=pl.lit(0.0),
        spread=pl.lit(4.0),
        censoring=pl.lit("none"),
        reenacted_kind=pl.lit(kind),
    )


def test_of__the_steps_of_the_only_product_count_its_scales() -> None:
    one = Calibration.of(_hidden([1.0, 2.0, 3.0, 4.0], BEYOND_SCALE, products=1), IntervalConfig(), BEYOND_SCALE)
    assert sorted(set(one.groups)) == ["0.0", "1.0"]
    several = Calibration.of(_hidden([1.0, 2.0, 3.0, 4.0], BEYOND_SCALE), IntervalConfig(), BEYOND_SCALE)
    assert sorted(set(several.groups)) == ["P0", "P1", "P2", "P3"]


def test_of__the_spread_counts_in_full_beyond_all_scales() -> None:
    beyond, within = (
        Calibration.of(_hidden([2.0, -8.0], kind), IntervalConfig(), kind) for kind in (BEYOND_SCALE, NEW_SCALE)
    )
    assert (beyond.residuals, beyond.distance) == ((0.5, -2.0), 1.0)
    assert (within.residuals, within.distance) == ((1.0, -4.0), 0.5)


def test_of__errors_of_near_kinds_have_half_the_weight_each() -> None:
    own, near = _hidden([1.0] * 8, BEYOND_SCALE), [_hidden([2.0] * 4, NEW_SCALE), _hidden([3.0] * 12, NEW_LINEAGE)]
    found = Calibration.of(own, IntervalConfig(), BEYOND_SCALE, near)
    by_size = {
        size: sum(w for r, w in zip(found.residuals, found.weights, strict=True) if r == size) for size in (0.25, 0.5, 0.75)
    }
    assert list(by_size.values()) == pytest.approx([0.5, 0.25, 0.25])


@pytest.mark.parametrize(("lines", "counted"), [(LEAST_LINES - 1, 1), (LEAST_LINES, 2)])
def test_pooled__a_new_line_counts_where_enough_lines_are_known(lines: int, counted: int) -> None:
    tables = {kind: _hidden([1.0] * 12, kind, lines) for kind in (BEYOND_SCALE, NEW_SCALE, NEW_LINEAGE)}
    tables = {kind: table.with_columns(lineage="product") for kind, table in tables.items()}
    assert len(pooled(tables, BEYOND_SCALE)) == counted
    assert pooled(tables, NEW_SCALE) == []


@pytest.mark.parametrize("replaced", [BEYOND_SCALE, NEW_SCALE])
def test_pooled__a_kind_that_was_not_re_enacted_itself_does_not_count(replaced: str) -> None:
    tables = {kind: _hidden([1.0] * 12, kind).with_columns(lineage="product") for kind in (BEYOND_SCALE, NEW_SCALE)}
    tables[replaced] = tables[replaced].with_columns(reenacted_kind=pl.lit(NEW_LINEAGE))
    assert pooled(tables, BEYOND_SCALE) == []


def test_half_width__larger_errors_of_near_kinds_widen_it() -> None:
    own = _hidden(np.random.default_rng(1).normal(size=40).tolist(), BEYOND_SCALE)
    near = own.with_columns(pl.col("observed") * 5, reenacted_kind=pl.lit(NEW_SCALE))
    alone, both = (Calibration.of(own, IntervalConfig(), BEYOND_SCALE, others) for others in ([], [near]))
    assert alone.half_width(0.9) < both.half_width(0.9) < 5 * alone.half_width(0.9)


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
    weighted = Calibration((1.0, 2.0), ("a", "b"), BEYOND_SCALE, weights=(0.75, 0.25), distance=1.0)
    assert Calibration.from_dict(weighted.to_dict()) == weighted


def test_config__refuses_a_level_that_is_not_between_0_and_1() -> None:
    with pytest.raises(ValidationError, match="levels lie between 0 and 1"):
        IntervalConfig(levels=(90.0,))
    with pytest.raises(ValidationError, match=r"levels must hold 0\.9"):
        IntervalConfig(levels=(0.8,))
