"""Film coating: worked examples, closed balances and directions."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import similarity as s


def value(expression: pl.Expr) -> float:
    return float(pl.select(expression).item())


def lit(*numbers: float) -> list[pl.Expr]:
    return [pl.lit(float(number)) for number in numbers]


def test_evaporative_cooling__by_hand() -> None:
    # 5 g/s of 20 % solids into 1 kg/s of air: 4 g/s · 2400 J/g = 9.6 kW, over 1.006 kW/K
    assert value(s.evaporative_cooling(s.drying_load(*lit(5e-3, 0.2, 1)))) == pytest.approx(9.543, abs=1e-3)


@given(load=st.floats(1e-3, 2e-2), inlet=st.floats(320, 360))
def test_drying_environment_factor__is_one_for_an_adiabatic_pan(load: float, inlet: float) -> None:
    exhaust = pl.lit(inlet) - s.evaporative_cooling(pl.lit(load))
    assert value(s.drying_environment_factor(pl.lit(load), pl.lit(inlet), exhaust)) == pytest.approx(1)


@given(losses=st.floats(0.1, 10))
def test_drying_environment_factor__exceeds_one_when_the_pan_loses_heat(losses: float) -> None:
    exhaust = pl.lit(330 - losses) - s.evaporative_cooling(pl.lit(0.004))
    assert value(s.drying_environment_factor(pl.lit(0.004), pl.lit(330.0), exhaust)) > 1


@given(factor=st.floats(1.1, 50))
def test_equal_spray_rate_per_load__with_air_by_pan_area_wets_the_larger_pan_more(factor: float) -> None:
    # Load grows with volume and air with area, so water per air grows with length
    small = value(s.drying_load(*lit(1e-3, 0.2, 1)))
    large = value(s.drying_load(*lit(1e-3 * factor, 0.2, factor ** (2 / 3))))
    assert large / small == pytest.approx(factor ** (1 / 3))


@given(core=st.floats(1e-3, 1e-2), film=st.floats(1e-6, 1e-4))
def test_film_thickness__counts_both_faces(core: float, film: float) -> None:
    assert value(s.film_thickness(*lit(core + 2 * film, core))) == pytest.approx(film, rel=1e-6)


def test_pan_fill_spray_rate_and_weight_gain__by_hand() -> None:
    assert value(s.pan_fill(*lit(100, 800, 0.25))) == pytest.approx(0.5)
    assert value(s.spray_rate_per_load(*lit(2e-3, 200))) == pytest.approx(1e-5)
    assert value(s.weight_gain(*lit(30, 0.2, 200))) == pytest.approx(0.03)
