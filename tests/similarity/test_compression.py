"""Tablet compression: published values and directions."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import similarity as s


def value(expression: pl.Expr) -> float:
    return float(pl.select(expression).item())


def lit(*numbers: float) -> list[pl.Expr]:
    return [pl.lit(float(number)) for number in numbers]


@pytest.mark.parametrize(
    ("force", "published"),
    [(46.0, 1.412698315), (62.72, 1.926183442), (64.68, 1.986376675)],
)
def test_tensile_strength__of_published_tablets(force: float, published: float) -> None:
    # Žagar, Mihelič (2022), batches 1 and 2: 6.1 mm × 3.4 mm; the authors took π as 3.14, hence 0.05 %
    strength = value(s.tensile_strength(*lit(force, 6.1e-3, 3.4e-3))) / 1e6
    assert strength == pytest.approx(published, rel=6e-4)
    assert strength * 3.141592653589793 / 3.14 == pytest.approx(published, rel=1e-8)


def test_dwell_time__by_hand() -> None:
    # 12.7 mm flat on a 400 mm pitch circle at 60 rpm: 12.7 / (π·400) of a second
    assert value(s.dwell_time(*lit(12.7e-3, 1, 0.4))) == pytest.approx(10.106e-3, rel=1e-4)


def test_compression_pressure__by_hand() -> None:
    # 10 kN on a 10 mm punch: 10,000 N / 78.54 mm²
    assert value(s.compression_pressure(*lit(10e3, 10e-3))) == pytest.approx(127.32e6, rel=1e-4)


@given(speed=st.floats(0.1, 3), circle=st.floats(0.1, 1), flat=st.floats(1e-3, 2e-2))
def test_dwell_time__times_tip_speed_is_the_flat(speed: float, circle: float, flat: float) -> None:
    product = s.dwell_time(*lit(flat, speed, circle)) * s.turret_tip_speed(*lit(speed, circle))
    assert value(product) == pytest.approx(flat)


@given(factor=st.floats(1.1, 4))
def test_equal_turret_speed__on_a_larger_press_shortens_the_dwell(factor: float) -> None:
    bench, plant = (value(s.dwell_time(*lit(0.01, 1, circle))) for circle in (0.2, 0.2 * factor))
    assert plant == pytest.approx(bench / factor)


def test_strain_rate__is_zero_without_compression() -> None:
    assert value(s.strain_rate(*lit(5e-3, 5e-3, 0.01))) == 0.0


@given(force=st.floats(1, 1e3), height=st.floats(1e-3, 1e-2), more=st.floats(1.01, 5))
def test_ejection_stress__falls_with_the_height_of_the_band(force: float, height: float, more: float) -> None:
    low, high = (value(s.ejection_stress(*lit(force, 6e-3, h))) for h in (height * more, height))
    assert low < high
