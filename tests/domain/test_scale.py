"""One definition of the same scale."""

import itertools

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.scale import larger_scale, same_scale, scale_levels

SCALES = st.floats(1e-4, 1e5)
TOLERANCES = st.floats(0.01, 0.5)


@pytest.mark.parametrize(("tolerance", "same"), [(0.1, False), (0.15, True), (0.2, True)])
def test_same_scale__is_decided_by_the_tolerance(tolerance: float, same: bool) -> None:
    assert same_scale(100.0, 115.0, tolerance) is same
    assert larger_scale(115.0, 100.0, tolerance) is not same


@pytest.mark.parametrize("tolerance", [0.05, 0.1, 0.15, 0.2, 0.25, 0.3])
@pytest.mark.parametrize("scale", [0.0005, 0.05, 0.7, 3.0, 100.0, 15000.0])
def test_same_scale__includes_the_limit_whatever_the_rounding(scale: float, tolerance: float) -> None:
    assert same_scale(scale, float(f"{scale * (1 + tolerance):.9g}"), tolerance)
    assert not same_scale(scale, float(f"{scale * (1.001 + tolerance):.9g}"), tolerance)


@given(SCALES, SCALES, TOLERANCES)
def test_same_scale__is_symmetric_and_means_that_neither_scale_is_larger(one: float, other: float, tolerance: float) -> None:
    same = same_scale(one, other, tolerance)
    assert same == same_scale(other, one, tolerance)
    assert same == (not larger_scale(one, other, tolerance) and not larger_scale(other, one, tolerance))


@given(st.lists(SCALES, min_size=1, max_size=30), SCALES, TOLERANCES)
def test_same_scale__of_expressions_equals_that_of_numbers(scales: list[float], other: float, tolerance: float) -> None:
    table = pl.DataFrame({"scale": scales}).select(
        same=same_scale(pl.col("scale"), other, tolerance),
        larger=larger_scale(pl.col("scale"), other, tolerance),
        smaller=larger_scale(other, pl.col("scale"), tolerance),
    )
    assert table["same"].to_list() == [same_scale(scale, other, tolerance) for scale in scales]
    assert table["larger"].to_list() == [larger_scale(scale, other, tolerance) for scale in scales]
    assert table["smaller"].to_list() == [larger_scale(other, scale, tolerance) for scale in scales]


@given(st.lists(SCALES, min_size=1, max_size=30), TOLERANCES)
def test_scale_levels__hold_the_same_scale_as_their_level(scales: list[float], tolerance: float) -> None:
    levels = scale_levels(pl.Series(scales), tolerance)
    assert all(same_scale(scale, level, tolerance) for scale, level in zip(scales, levels, strict=True))
    assert set(levels) <= set(scales)


@given(st.lists(SCALES, min_size=2, max_size=30), TOLERANCES)
def test_scale_levels__are_never_the_same_scale(scales: list[float], tolerance: float) -> None:
    levels = sorted(set(scale_levels(pl.Series(scales), tolerance)))
    assert not any(same_scale(one, other, tolerance) for one, other in itertools.pairwise(levels))
