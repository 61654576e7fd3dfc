"""Drying of granules and wet cakes. Moisture is mass of water per mass of dry solid."""

import polars as pl


def mean_drying_rate(initial_moisture: pl.Expr, final_moisture: pl.Expr, time: pl.Expr) -> pl.Expr:
    """Mean fall of the moisture per time [1/s], (X₀ − X)/t.

    initial_moisture X₀, final_moisture X [-], time t [s]. Exact as a mean over the batch.

    >>> pl.select((mean_drying_rate(pl.lit(0.25), pl.lit(0.02), pl.lit(3600.0)) * 3600).round(3)).item()
    0.23

    Reference: definition.
    """
    return (initial_moisture - final_moisture) / time


def drying_time(
    initial_moisture: pl.Expr,
    final_moisture: pl.Expr,
    critical_moisture: pl.Expr,
    equilibrium_moisture: pl.Expr,
    rate_constant: pl.Expr,
) -> pl.Expr:
    """Time of drying with a constant and then a falling rate [s], t = ((X₀ − X_c)/(X_c − X_e) + ln((X_c − X_e)/(X − X_e)))/k.

    initial_moisture X₀, final_moisture X, critical_moisture X_c and equilibrium_moisture X_e [-] with X₀ ≥ X_c ≥ X > X_e;
    rate_constant k [1/s]: mass transfer coefficient times area per dry mass. Valid where the rate falls in proportion to X −
    X_e.

    >>> given = [pl.lit(0.25), pl.lit(0.10), pl.lit(0.15), pl.lit(0.05), pl.lit(1e-4)]
    >>> pl.select(drying_time(*given).round(0)).item()
    16931.0

    Reference: Coulson and Richardson (2002) Chemical Engineering, volume 2, 5th edition, section 16.3.
    """
    critical = critical_moisture - equilibrium_moisture
    falling = (critical / (final_moisture - equilibrium_moisture)).log()
    return ((initial_moisture - critical_moisture) / critical + falling) / rate_constant


def energy_per_water(
    power: pl.Expr, time: pl.Expr, dry_mass: pl.Expr, initial_moisture: pl.Expr, final_moisture: pl.Expr
) -> pl.Expr:
    """Energy per mass of water removed [J/kg], P·t/(m·(X₀ − X)).

    power P [W] given to the air or the wall, time t [s], dry_mass m [kg], initial_moisture X₀ and final_moisture X [-]. The
    heat of vaporisation, about 2.4 MJ/kg, is the least that is possible without recovery.

    >>> given = [pl.lit(20e3), pl.lit(3600.0), pl.lit(60.0), pl.lit(0.25), pl.lit(0.01)]
    >>> pl.select((energy_per_water(*given) / 1e6).round(3)).item()
    5.0

    Reference: Kudra (2004) Drying Technol. 22, 917 (energy aspects in drying).
    """
    return power * time / (dry_mass * (initial_moisture - final_moisture))
