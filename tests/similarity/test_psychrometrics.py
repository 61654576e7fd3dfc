"""Moist air: published tables are among the worked examples; here are its laws."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import similarity as s
from tests.support.values import lit, value

celsius = st.floats(5, 90)


@given(temperature=celsius)
def test_wet_bulb__of_saturated_air_is_its_temperature(temperature: float) -> None:
    kelvin = temperature + 273.15
    humidity = s.humidity_ratio(s.saturation_pressure(pl.lit(kelvin)))
    assert value(s.wet_bulb_temperature(pl.lit(kelvin), humidity)) == pytest.approx(kelvin, abs=1e-6)


@given(temperature=celsius, share=st.floats(0.2, 0.99))
def test_wet_bulb__lies_between_dew_point_and_temperature(temperature: float, share: float) -> None:
    kelvin = temperature + 273.15
    vapour = share * s.saturation_pressure(pl.lit(kelvin))
    wet = pl.select(s.wet_bulb_temperature(pl.lit(kelvin), s.humidity_ratio(vapour))).item()
    if wet is not None:  # below 0 °C there is none
        assert value(vapour) < value(s.saturation_pressure(pl.lit(wet)))
        assert wet < kelvin


@settings(max_examples=30)
@given(temperature=st.floats(30, 90), humidity=st.floats(0.003, 0.02))
def test_evaporative_capacity__conserves_the_enthalpy_of_the_air_and_the_water(temperature: float, humidity: float) -> None:
    """Enthalpy [kJ/kg dry air] at the inlet and of the water at the wet bulb temperature is that at the outlet."""
    kelvin = temperature + 273.15
    wet = value(s.wet_bulb_temperature(*lit(kelvin, humidity))) - 273.15
    taken = value(s.evaporative_capacity(*lit(1, kelvin, humidity)))
    inlet = 1.006 * temperature + humidity * (2501 + 1.86 * temperature)
    outlet = 1.006 * wet + (humidity + taken) * (2501 + 1.86 * wet)
    assert inlet + taken * 4.186 * wet == pytest.approx(outlet, rel=1e-6)


def test_wet_bulb__of_fog_beyond_the_range_is_null() -> None:
    assert pl.select(s.wet_bulb_temperature(*lit(263.15, 0.001))).item() is None
