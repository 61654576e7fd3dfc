"""Moist air against the psychrometric chart at 1 atm."""

import numpy as np
import pytest

from pipeline.simulators.tablet_train.moist_air import relative_humidity, saturated_humidity, saturation_pressure, wet_bulb


@pytest.mark.parametrize(("celsius", "pascal"), [(0.0, 611.2), (20.0, 2338.8), (40.0, 7383.5), (60.0, 19944.0)])
def test_saturation_pressure__is_that_of_the_steam_tables(celsius: float, pascal: float) -> None:
    """Values of Hyland and Wexler (1983), as in ASHRAE Fundamentals, chapter 1, table 3."""
    assert saturation_pressure(np.array(celsius)) == pytest.approx(pascal, rel=0.006)


def test_wet_bulb__of_saturated_air_is_its_temperature() -> None:
    celsius = np.array([10.0, 25.0, 40.0])
    assert wet_bulb(celsius, saturated_humidity(celsius)) == pytest.approx(celsius, abs=1e-6)


def test_wet_bulb__falls_with_dry_air_and_closes_the_balance_of_heat() -> None:
    celsius, humidity = np.array([60.0, 60.0]), np.array([0.005, 0.010])
    bulb = wet_bulb(celsius, humidity)
    assert bulb[0] < bulb[1] < 60
    taken = saturated_humidity(bulb) - humidity
    heat = 1.006 * (celsius - bulb)  # kJ per kg of dry air
    assert taken * 2440 == pytest.approx(heat, rel=0.06)


def test_relative_humidity__by_hand() -> None:
    assert relative_humidity(np.array(0.010), np.array(25.0)) == pytest.approx(0.505, abs=0.005)
