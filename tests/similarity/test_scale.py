"""Size and shape of equipment and batches."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import similarity as s


def value(expression: pl.Expr) -> float:
    return float(pl.select(expression).item())


@given(reference=st.floats(1e-3, 1e3), decades=st.floats(-3, 5))
def test_log10_ratio__gives_back_the_decades(reference: float, decades: float) -> None:
    assert value(s.log10_ratio(pl.lit(reference * 10**decades), reference)) == pytest.approx(decades, abs=1e-9)


@given(length=st.floats(0.1, 10), factor=st.floats(1.1, 10))
def test_area_per_volume__falls_as_length_grows(length: float, factor: float) -> None:
    small, large = (value(s.area_per_volume(pl.lit(6 * a**2), pl.lit(a**3))) for a in (length, length * factor))
    assert small / large == pytest.approx(factor)


@given(diameter=st.floats(0.1, 4), ratio=st.floats(0.5, 3))
def test_liquid_height__gives_back_the_aspect_ratio(diameter: float, ratio: float) -> None:
    volume = 3.141592653589793 / 4 * diameter**2 * (ratio * diameter)
    height = s.liquid_height(pl.lit(volume), pl.lit(diameter))
    assert value(s.geometry_ratio(height, pl.lit(diameter))) == pytest.approx(ratio)


@given(diameter=st.floats(0.1, 4), height=st.floats(0.1, 8))
def test_wall_area_per_volume__is_that_of_the_cylinder(diameter: float, height: float) -> None:
    wall, volume = 3.141592653589793 * diameter * height, 3.141592653589793 / 4 * diameter**2 * height
    expected = value(s.area_per_volume(pl.lit(wall), pl.lit(volume)))
    assert value(s.wall_area_per_volume(pl.lit(diameter))) == pytest.approx(expected)
