"""Film coating with aqueous sprays in a perforated pan."""

import polars as pl

from pipeline.similarity.mixing import ATMOSPHERE
from pipeline.similarity.psychrometrics import humidity_ratio, saturation_pressure

WATER_LATENT_HEAT = 2.40e6
"""Heat of vaporisation of water at about 45 °C [J/kg] (steam tables)."""
AIR_HEAT_CAPACITY = 1006.0
"""Isobaric heat capacity of dry air [J/(kg·K)] (steam and gas tables)."""


def pan_fill(pan_load: pl.Expr, bulk_density: pl.Expr, pan_volume: pl.Expr) -> pl.Expr:
    """Share of the brim volume of the pan that the tablets fill [-], m/(ρ·V).

    pan_load [kg], bulk_density [kg/m³], pan_volume [m³]. Exact.

    >>> pl.select(pan_fill(pl.lit(120.0), pl.lit(800.0), pl.lit(0.2)).round(2)).item()
    0.75

    Reference: Pandey, Turton, Joshi, Hammerman, Ergun (2006) AAPS PharmSciTech 7 (scale-up of a pan-coating process).
    """
    return pan_load / (bulk_density * pan_volume)


def spray_rate_per_load(spray_rate: pl.Expr, pan_load: pl.Expr) -> pl.Expr:
    """Spray rate per mass of tablets [1/s].

    spray_rate [kg/s], pan_load [kg]. Exact as a mean. With scale, the surface of the bed grows more slowly than its mass.

    >>> pl.select(spray_rate_per_load(pl.lit(0.002), pl.lit(200.0))).item()
    1e-05

    Reference: Pandey, Turton, Joshi, Hammerman, Ergun (2006) AAPS PharmSciTech 7 (scale-up of a pan-coating process).
    """
    return spray_rate / pan_load


def drying_load(spray_rate: pl.Expr, solids_fraction: pl.Expr, air_flow: pl.Expr) -> pl.Expr:
    """Water sprayed per mass of drying air [-], w = ṁ_spray·(1 − x)/ṁ_air: the increase of the humidity ratio of the air.

    spray_rate [kg/s], solids_fraction x [-], air_flow [kg/s] of dry air. Mass balance; all water evaporates.

    >>> pl.select(drying_load(pl.lit(0.005), pl.lit(0.2), pl.lit(1.0))).item()
    0.004

    Reference: am Ende, Berchielli (2005) Pharm. Dev. Technol. 10, 47 (mass balance).
    """
    return spray_rate * (1 - solids_fraction) / air_flow


def evaporative_cooling(drying_load: pl.Expr) -> pl.Expr:
    """Fall of the air temperature if all water evaporates and no heat is lost [K], ΔT = w·h_v/c_p.

    drying_load w [-]. Energy balance of an adiabatic pan. Real exhaust air is colder because of heat losses through the
    walls.

    >>> pl.select(evaporative_cooling(pl.lit(0.004)).round(2)).item()
    9.54

    Reference: am Ende, Berchielli (2005) Pharm. Dev. Technol. 10, 47 (energy balance, heat-loss term left out).
    """
    return drying_load * WATER_LATENT_HEAT / AIR_HEAT_CAPACITY


def drying_environment_factor(drying_load: pl.Expr, inlet_temperature: pl.Expr, exhaust_temperature: pl.Expr) -> pl.Expr:
    """Heat lost by the air over the heat needed for evaporation [-], (T_in − T_out)·c_p/(w·h_v).

    drying_load w [-], inlet_temperature and exhaust_temperature [K]. 1 means an adiabatic pan; more means heat losses; less
    means that water stays in the bed. Valid for aqueous sprays in steady state. This is an energy balance. It is not the
    environmental equivalency of Ebey (1987), which also needs humidities: see `environmental_equivalency`.

    >>> pl.select(drying_environment_factor(pl.lit(0.004), pl.lit(333.0), pl.lit(319.0)).round(2)).item()
    1.47

    Reference: am Ende, Berchielli (2005) Pharm. Dev. Technol. 10, 47 (energy balance solved for the losses).
    """
    return (inlet_temperature - exhaust_temperature) / evaporative_cooling(drying_load)


def weight_gain(spray_mass: pl.Expr, solids_fraction: pl.Expr, pan_load: pl.Expr) -> pl.Expr:
    """Theoretical weight gain of the cores [-], m_spray·x/m_load.

    spray_mass [kg], solids_fraction x [-], pan_load [kg]. Valid at 100 % coating efficiency.

    >>> pl.select(weight_gain(pl.lit(30.0), pl.lit(0.2), pl.lit(200.0))).item()
    0.03

    Reference: Porter, Sackett, Liu (2017) in Developing Solid Oral Dosage Forms, 2nd edition, chapter 34.
    """
    return spray_mass * solids_fraction / pan_load


def film_thickness(coated_dimension: pl.Expr, core_dimension: pl.Expr) -> pl.Expr:
    """Mean thickness of the film [m], half of the increase of a dimension of the core.

    coated_dimension, core_dimension [m]: thickness or diameter of the same tablets. Exact as a mean. If
    measurements are rounded to 0.1 mm, the error is as large as a usual film (0.02 to 0.1 mm).

    >>> pl.select((film_thickness(pl.lit(3.42e-3), pl.lit(3.34e-3)) * 1e6).round(1)).item()
    40.0

    Reference: Porter, Sackett, Liu (2017) in Developing Solid Oral Dosage Forms, 2nd edition, chapter 34.
    """
    return (coated_dimension - core_dimension) / 2


def environmental_equivalency(
    drying_load: pl.Expr, inlet_humidity: pl.Expr, exhaust_temperature: pl.Expr, pressure: pl.Expr | float = ATMOSPHERE
) -> pl.Expr:
    """Water that the exhaust air could still take up over the water that it took up [-], (W_s(T) − W)/w with W = W_in + w.

    drying_load w [-] of `drying_load`, inlet_humidity W_in [-] as mass of water per mass of dry air, exhaust_temperature T
    [K], pressure [Pa]; W_s is the humidity of saturated air at T. 0: the exhaust is saturated, the bed is wet. Equal values
    mean equally fast drying in pans of different size, air and climate. In an adiabatic pan whose bed has the temperature of
    the exhaust, it is the total surface over the wet surface: heat reaches all of it with T_in − T, water leaves the wet
    part with W_s − W, and heat and mass transfer are in the ratio of the heat capacity (Lewis). Valid for aqueous sprays in
    steady state.

    >>> given = [pl.lit(0.01), pl.lit(0.008), pl.lit(318.15)]
    >>> pl.select(environmental_equivalency(*given).round(2)).item()
    4.7

    Reference: derived here from the balances of heat and water, after Ebey (1987) Pharm. Technol. 11, 40 and the abstract of
    Strong (2009) AAPS PharmSciTech 10, 303. The factors of these papers may be scaled differently.
    """
    left = humidity_ratio(saturation_pressure(exhaust_temperature), pressure) - inlet_humidity - drying_load
    return left / drying_load
