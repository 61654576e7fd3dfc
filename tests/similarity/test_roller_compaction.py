"""Roller compaction: the nip angle from its two gradients, and mass balances."""

import math

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import similarity as s
from tests.support.values import lit, value

DIAMETER, GAP = 0.2, 0.002


def degrees(friction: float, wall: float, compressibility: float) -> float:
    return value(s.nip_angle(*lit(friction / 360, wall / 360, compressibility, GAP, DIAMETER))) * 360


def grip(angle: float, compressibility: float) -> float:
    """Relative pressure gradient [1/m] if the powder moves with the rolls: the pressure grows with a power of the density."""

    def space(at: float) -> float:
        return (1 + GAP / DIAMETER - math.cos(at)) * math.cos(at)

    step = 1e-6
    relative = (math.log(space(angle + step)) - math.log(space(angle - step))) / (2 * step)
    return compressibility * relative / (math.cos(angle) * DIAMETER / 2)


def slip(angle: float, friction: float, wall: float) -> float:
    """Relative pressure gradient [1/m] if the powder slips: Jenike and Shield's stress field, as Johanson applies it."""
    nu = (math.pi - math.asin(math.sin(wall) / math.sin(friction)) - wall) / 2
    mu = math.pi / 4 - friction / 2
    middle = (angle + nu + math.pi / 2) / 2
    fan = 1 / math.tan(middle - mu) - 1 / math.tan(middle + mu)
    length = DIAMETER / 2 * (1 + GAP / DIAMETER - math.cos(angle))
    return 4 * (math.pi / 2 - angle - nu) * math.tan(friction) / (length * fan)


@pytest.mark.parametrize(("friction", "wall", "compressibility"), [(40, 17, 6), (45, 20, 8), (35, 12, 5), (50, 25, 4)])
def test_nip_angle__is_where_the_gradients_of_slip_and_grip_are_equal(
    friction: float, wall: float, compressibility: float
) -> None:
    """Independent derivation: the gradient of grip is differentiated from the space between the rolls."""
    angle = math.radians(degrees(friction, wall, compressibility))
    slipping = slip(angle, math.radians(friction), math.radians(wall))
    assert slipping == pytest.approx(grip(angle, compressibility), rel=1e-6)


def test_nip_angle__grows_with_wall_friction_and_falls_with_the_exponent() -> None:
    assert degrees(40, 12, 6) < degrees(40, 17, 6) < degrees(40, 22, 6)
    assert degrees(40, 17, 4) > degrees(40, 17, 6) > degrees(40, 17, 10)


def test_nip_angle__is_null_if_the_wall_is_rougher_than_the_powder() -> None:
    assert pl.select(s.nip_angle(*lit(20 / 360, 40 / 360, 6, GAP, DIAMETER))).item() is None


@given(density=st.floats(600, 1400), speed=st.floats(0.02, 0.3), gap=st.floats(1e-3, 5e-3))
def test_ribbon_solid_fraction__is_the_density_of_the_throughput(density: float, speed: float, gap: float) -> None:
    mass = s.ribbon_throughput(*lit(0.25, 0.05, gap, speed, density))
    assert value(s.ribbon_solid_fraction(mass, *lit(0.25, 0.05, gap, speed, 1500))) == pytest.approx(density / 1500)


def test_specific_compaction_force__is_equal_on_a_wider_roll_with_more_force() -> None:
    assert value(s.specific_compaction_force(*lit(15e3, 0.025))) == value(s.specific_compaction_force(*lit(60e3, 0.1)))
