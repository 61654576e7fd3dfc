"""Equations that are solved for each row."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.similarity.roots import Numbers, solved


def square_less(x: Numbers, number: Numbers, shift: Numbers) -> Numbers:
    left: Numbers = x**2 - number + shift
    return left


@given(number=st.floats(0, 100))
def test_solved__is_the_root(number: float) -> None:
    assert pl.select(solved(square_less, 0.0, 10.0, pl.lit(number), 0.0)).item() == pytest.approx(number**0.5, abs=1e-7)


def test_solved__takes_columns_and_numbers_together() -> None:
    frame = pl.DataFrame({"a": [1.0, 4.0, 9.0]})
    assert frame.select(solved(square_less, 0.0, 10.0, pl.col("a"), 0.0))["a"].to_list() == pytest.approx([1, 2, 3])


def test_solved__is_null_without_a_value_and_without_a_root() -> None:
    frame = pl.DataFrame({"a": [None, -1.0, 1e6, 4.0]})
    root = frame.select(solved(square_less, 0.0, 10.0, pl.col("a"), 0.0))["a"]
    assert root.dtype == pl.Float64
    assert root.to_list() == [None, None, None, pytest.approx(2)]


def test_solved__of_no_rows_has_no_rows() -> None:
    frame = pl.DataFrame({"a": []}, schema={"a": pl.Float64})
    assert frame.select(solved(square_less, 0.0, 10.0, pl.col("a"), 0.0)).height == 0
