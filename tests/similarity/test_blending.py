"""Blending: what equal lubrication and equal motion mean across scales."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import similarity as s
from tests.support.values import lit, value


@given(factor=st.floats(1.1, 1000))
def test_equal_lubrication__takes_fewer_turns_in_a_larger_blender(factor: float) -> None:
    small = value(s.lubrication_extent(*lit(0.01, 0.4, 100)))
    large = value(s.lubrication_extent(*lit(0.01 * factor, 0.4, 100 * factor ** (-1 / 3))))
    assert large == pytest.approx(small)


def test_blender_froude_number__is_that_of_stirrers_with_another_length_and_angle() -> None:
    stirrer = value(s.froude_number(*lit(0.2, 1.2)))  # N²·D/g
    assert value(s.blender_froude_number(*lit(0.2, 0.6))) == pytest.approx(2 * 3.141592653589793**2 * stirrer)


@given(strength=st.floats(1e6, 5e6), lost=st.floats(0, 1), extent=st.floats(0, 100))
def test_lubricated_strength__lies_between_its_limits(strength: float, lost: float, extent: float) -> None:
    left = value(s.lubricated_strength(*lit(strength, lost, 0.1, extent)))
    assert strength * (1 - lost) * (1 - 1e-9) <= left <= strength * (1 + 1e-9)


def test_blender_fill_and_revolutions__by_hand() -> None:
    assert value(s.blender_fill(*lit(50, 500, 0.2))) == pytest.approx(0.5)
    assert value(s.revolutions(*lit(0.25, 120))) == pytest.approx(30)
