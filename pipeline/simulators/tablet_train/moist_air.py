"""Moist air at 1 atm: vapour pressure, humidity and the wet bulb temperature. Temperatures in °C."""

import numpy as np

from pipeline.domain.arrays import FloatArray

ATMOSPHERE = 101_325.0
"""[Pa]."""
WATER_TO_AIR = 0.621945
"""Molar mass of water over that of dry air [-] (ASHRAE 2017)."""
AIR_HEAT = 1006.0
"""Heat capacity of dry air [J/(kg·K)]."""
LATENT_HEAT = 2.40e6
"""Heat of vaporisation of water at about 45 °C [J/kg]."""


def saturation_pressure(celsius: FloatArray) -> FloatArray:
    """Vapour pressure of water [Pa], 611.2·exp(17.62·t/(243.12 + t)).

    t from -45 °C to 60 °C within 0.6 %. Source: Sonntag (1990) Z. Meteorol. 70, 340 (the Magnus form of the WMO guide).
    """
    return np.asarray(611.2 * np.exp(17.62 * celsius / (243.12 + celsius)))


def saturated_humidity(celsius: FloatArray) -> FloatArray:
    """Water per dry air at saturation [kg/kg], 0.621945·p/(1 atm − p). Source: ASHRAE (2017) Fundamentals, chapter 1."""
    pressure = saturation_pressure(celsius)
    return np.asarray(WATER_TO_AIR * pressure / (ATMOSPHERE - pressure))


def relative_humidity(humidity: FloatArray, celsius: FloatArray) -> FloatArray:
    """Relative humidity [-] of air with a humidity [kg/kg], at most 1."""
    vapour = ATMOSPHERE * humidity / (WATER_TO_AIR + humidity)
    return np.minimum(vapour / saturation_pressure(celsius), 1.0)


def wet_bulb(celsius: FloatArray, humidity: FloatArray) -> FloatArray:
    """Wet bulb temperature [°C] of air with a humidity [kg/kg]: where the heat of the air pays for the water it takes up.

    It is found by bisection to 1e-9 K. Source: ASHRAE (2017) Fundamentals, chapter 1, equation 33.
    """
    low, high = np.zeros_like(celsius), np.array(celsius, dtype=np.float64)
    for _ in range(40):
        middle = (low + high) / 2
        left = (2501 - 2.326 * middle) * saturated_humidity(middle) - 1.006 * (celsius - middle)
        dry = left / (2501 + 1.86 * celsius - 4.186 * middle) < humidity
        low, high = np.where(dry, middle, low), np.where(dry, high, middle)
    return np.asarray((low + high) / 2)
