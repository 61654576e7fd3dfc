"""Arithmetic on the time series of a batch."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.operations.series import integral, runs, time_below, time_mean

steps = st.lists(st.floats(0.1, 100), min_size=2, max_size=20)


def frame(times: list[float], values: list[float | None]) -> pl.DataFrame:
    return pl.DataFrame({"t": times, "x": values}, schema={"t": pl.Float64, "x": pl.Float64})


def result(data: pl.DataFrame, expression: pl.Expr) -> float | None:
    value = data.select(expression).item()
    return None if value is None else float(value)


@given(steps=steps, level=st.floats(-10, 10))
def test_time_mean__of_a_constant_is_the_constant(steps: list[float], level: float) -> None:
    times = [sum(steps[:k]) for k in range(len(steps))]
    assert result(frame(times, [level] * len(times)), time_mean(pl.col("x"), pl.col("t"))) == pytest.approx(level)


@given(steps=steps, slope=st.floats(-5, 5))
def test_integral__of_a_line_is_exact_at_any_sampling(steps: list[float], slope: float) -> None:
    times = [sum(steps[:k]) for k in range(len(steps))]
    got = result(frame(times, [slope * t for t in times]), integral(pl.col("x"), pl.col("t")))
    assert got == pytest.approx(slope * times[-1] ** 2 / 2, abs=1e-6)


def test_time_mean__of_one_record_is_the_record_and_of_none_is_null() -> None:
    mean = time_mean(pl.col("x"), pl.col("t"))
    assert result(frame([0.0, 1.0], [None, 7.0]), mean) == 7.0
    assert result(frame([0.0, 1.0], [None, None]), mean) is None


def test_time_mean__does_not_depend_on_the_density_of_records() -> None:
    data = frame([0.0, 1.0, 2.0, 10.0], [4.0, 4.0, 0.0, 0.0])
    assert result(data, time_mean(pl.col("x"), pl.col("t"))) == pytest.approx(0.6)


def test_time_below__ignores_missing_records() -> None:
    data = frame([0.0, 5.0, 10.0], [0.1, None, 0.1])
    assert result(data, time_below(pl.col("x"), pl.col("t"), 0.2)) == pytest.approx(10)


def test_runs__counts_intervals_of_constant_value() -> None:
    assert result(frame([0.0, 1.0, 2.0, 3.0], [1.0, 1.0, 2.0, 1.0]), runs(pl.col("x"))) == 3
