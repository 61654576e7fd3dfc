"""High-shear granulation: random drops, and what scale changes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import similarity as s
from tests.support.values import lit, value


@pytest.mark.parametrize("flux", [0.1, 0.5, 1.5])
def test_wetted_share__of_drops_thrown_at_random(flux: float) -> None:
    """Independent derivation: circles on a square, whose area is counted on a grid."""
    radius, size, grid = 0.01, 1.0, np.linspace(0.1, 0.9, 120)
    count = round(flux * size**2 / (np.pi * radius**2))
    drops = np.random.default_rng(7).uniform(0, size, (count, 2))
    places = np.array(np.meshgrid(grid, grid)).reshape(2, -1).T
    wet = np.zeros(len(places), dtype=bool)
    for x, y in drops:
        wet |= (places[:, 0] - x) ** 2 + (places[:, 1] - y) ** 2 < radius**2
    assert value(s.wetted_share(*lit(flux))) == pytest.approx(wet.mean(), abs=0.02)


@given(factor=st.floats(1.1, 10))
def test_equal_tip_speed__in_a_larger_bowl_of_equal_shape_sweeps_less(factor: float) -> None:
    small = value(s.relative_swept_volume(*lit(4, 0.3, 0.03, 3, 0.025)))
    large = value(s.relative_swept_volume(*lit(4 / factor, 0.3 * factor, 0.03 * factor, 3, 0.025 * factor**3)))
    assert large == pytest.approx(small / factor)


@given(factor=st.floats(1.1, 10))
def test_equal_addition_time__in_a_larger_bowl_of_equal_shape_overloads_the_spray(factor: float) -> None:
    # Liquid grows with the volume, the width of the spray with length, at equal surface speed
    small, large = (value(s.spray_flux(*lit(2e-6 * k**3, 1, 0.1 * k, 1e-4))) for k in (1, factor))
    assert large == pytest.approx(small * factor**2)


def test_stokes_deformation__grows_with_the_square_of_the_speed() -> None:
    slow, fast = (value(s.stokes_deformation_number(*lit(1200, u, 2e4))) for u in (2, 6))
    assert fast == pytest.approx(9 * slow)
