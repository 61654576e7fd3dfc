"""Fluid beds: balances and limits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import similarity as s
from tests.support.values import lit, value


@given(spray=st.floats(1e-4, 1e-2), solids=st.floats(0, 0.4), air=st.floats(0.05, 1))
def test_moisture_gain__is_zero_if_the_air_takes_what_is_sprayed(spray: float, solids: float, air: float) -> None:
    exhaust = 0.006 + spray * (1 - solids) / air
    assert value(s.moisture_gain(*lit(spray, solids, air, 0.006, exhaust, 30))) == pytest.approx(0, abs=1e-12)


def test_minimum_fluidisation__of_small_particles_grows_with_the_square_of_their_diameter() -> None:
    fine, double = (value(s.minimum_fluidisation_velocity(*lit(d, 1300, 1.1, 1.95e-5))) for d in (2e-5, 4e-5))
    assert double == pytest.approx(4 * fine, rel=1e-3)
    # 1,650·Re = Ar: the viscous term of the Ergun equation alone
    assert fine == pytest.approx(4e-10 * (1300 - 1.1) * 9.80665 / (1650 * 1.95e-5), rel=2e-3)


@given(factor=st.floats(1.1, 10))
def test_equal_air_velocity__needs_air_in_proportion_to_the_area(factor: float) -> None:
    small, large = (value(s.superficial_air_velocity(*lit(0.2 * k**2, 1.1, 0.5 * k))) for k in (1, factor))
    assert large == pytest.approx(small)


@given(factor=st.floats(1.1, 10))
def test_equal_spray_rate_per_area__dries_a_deeper_bed_more_slowly(factor: float) -> None:
    # Spray grows with the area, the bed with the volume
    small, large = (value(s.moisture_gain(*lit(3e-3 * k**2, 0, 0.1 * k**2, 0.01, 0.01, 30 * k**3))) for k in (1, factor))
    assert large == pytest.approx(small / factor)
