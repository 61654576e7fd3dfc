"""Moist air: humidity, wet bulb temperature and how much water air can take up."""

import numpy as np
import polars as pl

from pipeline.similarity.mixing import ATMOSPHERE
from pipeline.similarity.roots import Numbers, solved

CELSIUS = 273.15
"""0 °C [K]."""
WATER_TO_AIR = 0.621945
"""Molar mass of water over that of dry air [-] (ASHRAE 2017)."""
AIR_GAS_CONSTANT = 287.042
"""Gas constant of dry air [J/(kg·K)] (ASHRAE 2017)."""
LIQUID = (-5.8002206e3, 1.3914993, -4.8640239e-2, 4.1764768e-5, -1.4452093e-8, 6.5459673)
"""Coefficients of the saturation pressure over liquid water (Hyland, Wexler 1983)."""


def saturation_pressure(temperature: pl.Expr) -> pl.Expr:
    """Vapour pressure of liquid water [Pa], ln p = a/T + b + c·T + d·T² + e·T³ + f·ln T.

    temperature T [K]. Valid from 273.15 K to 473.15 K; the coefficients are those of Hyland and Wexler.

    >>> pl.select(saturation_pressure(pl.lit(298.15)).round(0)).item()
    3169.0

    Reference: ASHRAE (2017) Handbook of Fundamentals, chapter 1, equation 6.
    """
    a, b, c, d, e, f = LIQUID
    polynomial = b + temperature * (c + temperature * (d + temperature * e))
    return (a / temperature + polynomial + f * temperature.log()).exp()


def humidity_ratio(vapour_pressure: pl.Expr, pressure: pl.Expr | float = ATMOSPHERE) -> pl.Expr:
    """Mass of water vapour per mass of dry air [-], W = 0.621945·p_w/(p − p_w).

    vapour_pressure p_w [Pa], pressure p [Pa] of the air. Valid for ideal gases.

    >>> pl.select(humidity_ratio(pl.lit(3169.7), 95_461.0).round(5)).item()
    0.02136

    Reference: ASHRAE (2017) Handbook of Fundamentals, chapter 1, equation 20.
    """
    return WATER_TO_AIR * vapour_pressure / (pressure - vapour_pressure)


def wet_bulb_temperature(temperature: pl.Expr, humidity_ratio: pl.Expr, pressure: pl.Expr | float = ATMOSPHERE) -> pl.Expr:
    """Temperature of a wet surface in air [K], t* from W = ((2501 − 2.326·t*)·W_s(t*) − 1.006·(t − t*))/(2501 + 1.86·t − 4.186·t*).

    temperature t of the air [K; in °C in the formula], humidity_ratio W [-], pressure [Pa]; W_s is the humidity ratio of
    saturated air. Valid above 0 °C and for air that is not saturated; null elsewhere. The product in a fluid bed has about
    this temperature as long as its surface is wet.

    >>> pl.select((wet_bulb_temperature(pl.lit(303.15), pl.lit(0.0192281), 95_461.0) - 273.15).round(2)).item()
    25.0

    Reference: ASHRAE (2017) Handbook of Fundamentals, chapter 1, equation 33.
    """
    return solved(_humidity_left, CELSIUS, CELSIUS + 95.0, temperature, humidity_ratio, pressure)


def _humidity_left(wet: Numbers, temperature: Numbers, humidity: Numbers, pressure: Numbers) -> Numbers:
    """Humidity ratio that belongs to a wet bulb temperature, less the given one. It rises with the wet bulb temperature."""
    a, b, c, d, e, f = LIQUID
    vapour = np.exp(a / wet + b + wet * (c + wet * (d + wet * e)) + f * np.log(wet))
    saturated = WATER_TO_AIR * vapour / np.maximum(pressure - vapour, 1.0)
    dry_bulb, wet_bulb = temperature - CELSIUS, wet - CELSIUS
    heat = (2501 - 2.326 * wet_bulb) * saturated - 1.006 * (dry_bulb - wet_bulb)
    left: Numbers = heat / (2501 + 1.86 * dry_bulb - 4.186 * wet_bulb) - humidity
    return left


def evaporative_capacity(
    air_flow: pl.Expr, temperature: pl.Expr, humidity_ratio: pl.Expr, pressure: pl.Expr | float = ATMOSPHERE
) -> pl.Expr:
    """Mass of water per time that air takes up until it is saturated [kg/s], ṁ = ṁ_air·(W_s(t*) − W).

    air_flow ṁ_air [kg/s] of dry air, temperature [K] and humidity_ratio W [-] of the air at the inlet, pressure [Pa]; t* is
    its wet bulb temperature and W_s the humidity ratio of saturated air. Valid without heat losses: the largest possible
    rate.

    >>> pl.select((evaporative_capacity(pl.lit(1.0), pl.lit(313.15), pl.lit(0.0065)) * 1e3).round(1)).item()
    8.3

    Reference: ASHRAE (2017) Handbook of Fundamentals, chapter 1 (adiabatic saturation).
    """
    wet = wet_bulb_temperature(temperature, humidity_ratio, pressure)
    saturated = WATER_TO_AIR * saturation_pressure(wet) / (pressure - saturation_pressure(wet))
    return air_flow * (saturated - humidity_ratio)


def air_density(temperature: pl.Expr, pressure: pl.Expr | float = ATMOSPHERE) -> pl.Expr:
    """Density of dry air [kg/m³], ρ = p/(R·T) with R = 287.042 J/(kg·K).

    temperature T [K], pressure p [Pa]. Valid for ideal gases; humid air is up to 3 % lighter at 50 °C.

    >>> pl.select(air_density(pl.lit(298.15)).round(4)).item()
    1.184

    Reference: ASHRAE (2017) Handbook of Fundamentals, chapter 1.
    """
    return pressure / (AIR_GAS_CONSTANT * temperature)
