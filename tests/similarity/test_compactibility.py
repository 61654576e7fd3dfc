"""Compacts: straight lines of the usual plots, and limits."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import similarity as s
from tests.support.values import lit, value


@given(pressure=st.floats(1e6, 3e8), yield_pressure=st.floats(3e7, 5e8), intercept=st.floats(0.2, 1.5))
def test_heckel__plot_is_a_straight_line(pressure: float, yield_pressure: float, intercept: float) -> None:
    fraction = value(s.heckel_solid_fraction(*lit(pressure, yield_pressure, intercept)))
    assert math.log(1 / (1 - fraction)) == pytest.approx(pressure / yield_pressure + intercept, rel=1e-6)


@given(pressure=st.floats(1e5, 3e8), largest=st.floats(0.2, 0.8), half=st.floats(1e6, 5e7))
def test_kawakita__plot_is_a_straight_line(pressure: float, largest: float, half: float) -> None:
    compression = value(s.kawakita_compression(*lit(pressure, largest, half)))
    assert pressure / compression == pytest.approx(pressure / largest + half / largest)


@given(fraction=st.floats(0.6, 1), dense=st.floats(1e6, 2e7), capacity=st.floats(2, 20))
def test_compact_strength__plot_is_a_straight_line(fraction: float, dense: float, capacity: float) -> None:
    strength = value(s.compact_strength(*lit(fraction, dense, capacity)))
    assert math.log(strength) == pytest.approx(math.log(dense) - capacity * (1 - fraction))


def test_tablet_solid_fraction__is_one_for_a_disc_of_the_true_density() -> None:
    mass = math.pi / 4 * 0.01**2 * 0.004 * 1500
    assert value(s.tablet_solid_fraction(*lit(mass, 0.01, 0.004, 1500))) == pytest.approx(1)


@given(thickness=st.floats(2.5e-3, 4e-3))
def test_convex_tensile_strength__of_almost_flat_tablets_is_near_that_of_flat_ones(thickness: float) -> None:
    flat = value(s.tensile_strength(*lit(100, 0.01, thickness)))
    assert value(s.convex_tensile_strength(*lit(100, 0.01, thickness, thickness))) == pytest.approx(flat, rel=0.14)


def test_convex_tensile_strength__falls_with_thickness_and_is_two_thirds_for_capsules() -> None:
    thin, thick = (value(s.convex_tensile_strength(*lit(100, 0.01, t, 2e-3))) for t in (3e-3, 4e-3))
    assert thick < thin
    assert value(s.capsule_shaped_tensile_strength(*lit(100, 0.01, 3e-3, 2e-3))) == pytest.approx(2 / 3 * thin)
