"""Crystallisation: how suspension scales."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import similarity as s
from tests.support.values import lit, value


def suspending(diameter: float) -> float:
    return value(s.just_suspended_speed(*lit(5, 1e-6, 2e-4, 0.4, 0.1, diameter)))


@given(factor=st.floats(1.1, 20))
def test_just_suspended_speed__takes_less_power_per_volume_in_a_larger_vessel(factor: float) -> None:
    # P/V ∝ N³·D²
    small, large = (suspending(0.05 * k) ** 3 * (0.05 * k) ** 2 for k in (1, factor))
    assert large == pytest.approx(small * factor ** (2 - 3 * 0.85))


@given(factor=st.floats(1.1, 20))
def test_just_suspended_speed__takes_a_higher_tip_speed_in_a_larger_vessel(factor: float) -> None:
    small, large = (value(s.tip_speed(*lit(suspending(d), d))) for d in (0.05, 0.05 * factor))
    assert large == pytest.approx(small * factor**0.15)


def test_supersaturation_ratio__is_one_at_equilibrium() -> None:
    assert value(s.supersaturation_ratio(*lit(30, 30))) == 1.0
