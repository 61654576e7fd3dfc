"""Drying: the two periods and the energy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import similarity as s
from tests.support.values import lit, value


@given(start=st.floats(0.2, 0.6), end=st.floats(0.06, 0.14))
def test_drying_time__agrees_with_the_integrated_rate(start: float, end: float) -> None:
    """Independent derivation: dX/dt = −k·(X_c − X_e) above the critical moisture, −k·(X − X_e) below, summed in small steps."""
    moisture = np.linspace(end, start, 20_001)
    middle = (moisture[1:] + moisture[:-1]) / 2
    rate = 1e-4 * (np.minimum(middle, 0.15) - 0.05)
    summed = float(np.sum(np.diff(moisture) / rate))
    assert value(s.drying_time(*lit(start, end, 0.15, 0.05, 1e-4))) == pytest.approx(summed, rel=1e-4)


def test_energy_per_water__times_the_water_is_the_energy() -> None:
    water = 60 * (0.25 - 0.01)
    assert value(s.energy_per_water(*lit(20e3, 3600, 60, 0.25, 0.01))) * water == pytest.approx(20e3 * 3600)


def test_mean_drying_rate__is_negative_if_the_product_becomes_wetter() -> None:
    assert value(s.mean_drying_rate(*lit(0.02, 0.03, 60))) < 0
