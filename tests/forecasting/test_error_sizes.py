"""Distribution of the size of the next error."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t as student

from pipeline.domain.arrays import FloatArray
from pipeline.forecasting.error_sizes import ErrorSizes


def _of(sizes: list[float], number: float | None = None) -> ErrorSizes:
    """Return the distribution of errors of as many groups."""
    return ErrorSizes(
        np.sort(np.array(sizes)), np.full(len(sizes), 1 / len(sizes)), np.arange(len(sizes)), number or len(sizes)
    )


def test_quantile__is_the_order_statistic_of_n_plus_one() -> None:
    """Theory: k of n exchangeable errors are not exceeded by the next one with the chance k/(n + 1)."""
    sizes = _of([1.0, 2.0, 3.0, 4.0])
    assert sizes.quantile(np.array([0.2, 0.4, 0.6, 0.8])) == pytest.approx([1.0, 2.0, 3.0, 4.0])


def test_quantile__with_one_error_is_student_t_with_one_degree_of_freedom() -> None:
    levels = np.array([0.8, 0.9, 0.95])
    assert _of([1.7]).quantile(levels) == pytest.approx(1.7 * student.ppf((1 + levels) / 2, 1))


@given(st.lists(st.floats(1e-3, 100).map(lambda size: round(size, 6)), min_size=1, max_size=30), st.floats(1, 30))
def test_quantile__is_the_inverse_of_exceeded(sizes: list[float], number: float) -> None:
    """The sizes are rounded, because no number lies between two neighbouring ones, and a quantile there has no place."""
    found = _of(sizes, number)
    levels = np.array([0.05, 0.3, 0.8, 0.9, 0.95, 0.999])
    assert found.exceeded(found.quantile(levels)) == pytest.approx(1 - levels, rel=1e-6)


@given(st.lists(st.floats(0, 100).map(lambda size: round(size, 6)), min_size=1, max_size=30))
def test_exceeded__falls_with_the_size_and_is_never_0_or_above_1(sizes: list[float]) -> None:
    found = _of(sizes).exceeded(np.linspace(0, 1e4, 400))
    assert found.min() > 0
    assert found.max() <= 1
    assert (np.diff(found) <= 1e-12).all()


def test_exceeded__where_all_past_errors_are_zero_only_their_number_is_known() -> None:
    assert _of([0.0, 0.0, 0.0]).exceeded(np.array([0.0, 1.0])) == pytest.approx([0.25, 0.25])


def _coverage(sizes: FloatArray, following: FloatArray, level: float) -> tuple[float, float]:
    """Return the share of next errors inside, and its standard error; rows are repetitions."""
    inside = [new <= _of(row.tolist()).quantile(np.array([level]))[0] for row, new in zip(sizes, following, strict=True)]
    return float(np.mean(inside)), float(np.sqrt(level * (1 - level) / len(inside)))


@pytest.mark.parametrize("count", [1, 2, 3, 5, 10, 30])
@pytest.mark.parametrize("level", [0.8, 0.9, 0.95])
def test_quantile__covers_the_next_normal_error_as_often_as_promised(count: int, level: float) -> None:
    errors = np.abs(np.random.default_rng(count).normal(size=(3000, count + 1)))
    covered, standard_error = _coverage(errors[:, :-1], errors[:, -1], level)
    assert abs(covered - level) < 0.01 + 2 * standard_error


def test_quantile__is_the_mean_over_samples_of_one_error_per_group() -> None:
    """Theory: with two groups of two errors there are four samples, each with its own order statistics and tail."""
    groups = np.array([[1.0, 4.0], [2.0, 3.0]])
    sizes, group = np.array([1.0, 2.0, 3.0, 4.0]), np.array([0, 1, 1, 0])
    found = ErrorSizes(sizes, np.full(4, 0.25), group, 2.0)
    scale = np.sqrt(np.mean(sizes**2))

    def beyond(sample: list[float], size: float) -> float:
        largest = max(sample)
        tail = 1.0 if size < largest else float(student.sf(size / scale, 2) / student.sf(largest / scale, 2))
        return (sum(value > size for value in sample) + tail) / 3

    for size in (1.0, 2.0, 3.0, 4.0, 6.0):
        expected = np.mean([beyond([a, b], size) for a in groups[0] for b in groups[1]])
        assert found.exceeded(np.array([size]))[0] == pytest.approx(expected)


@given(st.lists(st.floats(0.1, 100), min_size=4, max_size=12, unique=True), st.integers(2, 4), st.floats(0.05, 0.95))
def test_exceeded__an_error_counts_by_its_weight_in_however_many_parts(
    sizes: list[float], groups: int, share: float
) -> None:
    """Each error is divided into two of the same size, whose weights have its weight as their sum."""
    ordered, group = np.sort(np.array(sizes)), np.arange(len(sizes)) % groups
    weights = np.linspace(1, 2, len(sizes)) / np.linspace(1, 2, len(sizes)).sum()
    whole = ErrorSizes(ordered, weights, group, 3.0)
    parts = np.column_stack([share * weights, (1 - share) * weights]).ravel()
    divided = ErrorSizes(np.repeat(ordered, 2), parts, np.repeat(group, 2), 3.0)
    places = np.linspace(0, 150, 40)
    assert divided.exceeded(places) == pytest.approx(whole.exceeded(places), rel=1e-6)


def test_exceeded__depends_more_on_errors_with_more_weight() -> None:
    sizes, group = np.array([1.0, 2.0, 3.0, 4.0]), np.array([0, 1, 0, 1])
    small, large = (ErrorSizes(sizes, np.array(w), group, 2.0) for w in ([0.4, 0.4, 0.1, 0.1], [0.1, 0.1, 0.4, 0.4]))
    assert small.exceeded(np.array([2.5]))[0] < large.exceeded(np.array([2.5]))[0]
