"""Fluid beds: granulation, coating and drying in a stream of air."""

import math

import polars as pl

from pipeline.similarity.mixing import STANDARD_GRAVITY


def spray_rate_per_area(spray_rate: pl.Expr, bed_diameter: pl.Expr) -> pl.Expr:
    """Spray rate per cross-section of the bed [kg/(m²·s)], 4·ṁ/(π·D²).

    spray_rate ṁ [kg/s], bed_diameter D [m] at the plate. Exact as a mean. The spray of a nozzle wets only a part of this
    area.

    >>> pl.select(spray_rate_per_area(pl.lit(0.003), pl.lit(0.5)).round(5)).item()
    0.01528

    Reference: Parikh (2010) Handbook of Pharmaceutical Granulation Technology, 3rd edition, chapter 10.
    """
    return 4 * spray_rate / (math.pi * bed_diameter**2)


def moisture_gain(
    spray_rate: pl.Expr,
    solids_fraction: pl.Expr,
    air_flow: pl.Expr,
    inlet_humidity: pl.Expr,
    exhaust_humidity: pl.Expr,
    dry_mass: pl.Expr,
) -> pl.Expr:
    """Rise of the moisture of the bed per time [1/s], dX/dt = (ṁ·(1 − x) − ṁ_air·(W_out − W_in))/m.

    spray_rate ṁ [kg/s], solids_fraction x [-] of the spray, air_flow ṁ_air [kg/s] of dry air, inlet_humidity W_in and
    exhaust_humidity W_out [-] as mass of water per mass of dry air, dry_mass m [kg] of the bed. Mass balance of water; X is
    the mass of water per dry mass. Negative: the bed dries.

    >>> given = [pl.lit(0.003), pl.lit(0.1), pl.lit(0.4), pl.lit(0.006), pl.lit(0.012), pl.lit(30.0)]
    >>> pl.select((moisture_gain(*given) * 3600).round(4)).item()
    0.036

    Reference: mass balance.
    """
    return (spray_rate * (1 - solids_fraction) - air_flow * (exhaust_humidity - inlet_humidity)) / dry_mass


def superficial_air_velocity(air_flow: pl.Expr, air_density: pl.Expr, bed_diameter: pl.Expr) -> pl.Expr:
    """Speed of the air in the empty cross-section [m/s], u = 4·ṁ/(π·ρ·D²).

    air_flow ṁ [kg/s], air_density ρ [kg/m³], bed_diameter D [m]. Exact for a cylinder; a conical bowl is slower at the top.

    >>> pl.select(superficial_air_velocity(pl.lit(0.2), pl.lit(1.0), pl.lit(0.5)).round(3)).item()
    1.019

    Reference: Kunii, Levenspiel (1991) Fluidization Engineering, 2nd edition.
    """
    return 4 * air_flow / (math.pi * air_density * bed_diameter**2)


def minimum_fluidisation_velocity(
    particle_diameter: pl.Expr, particle_density: pl.Expr, gas_density: pl.Expr | float, gas_viscosity: pl.Expr | float
) -> pl.Expr:
    """Lowest speed of the gas that lifts a bed [m/s], u = μ/(ρ·d)·(√(33.7² + 0.0408·Ar) − 33.7), Ar = d³·ρ·(ρ_p − ρ)·g/μ².

    particle_diameter d [m], particle_density ρ_p [kg/m³], gas_density ρ [kg/m³], gas_viscosity μ [Pa·s]. Fitted to round
    particles of 0.05 to 50 mm; the mean deviation of the data is about 34 %. Cohesive powders do not follow it.

    >>> pl.select(minimum_fluidisation_velocity(pl.lit(3e-4), pl.lit(1300.0), 1.1, 1.95e-5).round(4)).item()
    0.0353

    Reference: Wen, Yu (1966) AIChE J. 12, 610.
    """
    buoyant = gas_density * (particle_density - gas_density) * STANDARD_GRAVITY
    archimedes = particle_diameter**3 * buoyant / gas_viscosity**2
    reynolds = 0.0408 * archimedes / ((33.7**2 + 0.0408 * archimedes).sqrt() + 33.7)  # the same, without loss of digits
    return reynolds * gas_viscosity / (gas_density * particle_diameter)
