"""Mechanical stress on cells: dissipation near the impeller, eddies against cells, and gas that enters."""

import math

import polars as pl


def impeller_zone_dissipation(power: pl.Expr, impeller_diameter: pl.Expr, density: float) -> pl.Expr:
    """Dissipation if an impeller spends its power in a cube of its diameter [W/kg], ε = P/(ρ·D³).

    power P of one impeller [W], impeller_diameter D [m], density ρ [kg/m³]. An estimate of the highest values in the vessel, valid
    for turbulent flow; the true maximum depends on the shape of the impeller and is up to ten times higher.

    >>> pl.select(impeller_zone_dissipation(pl.lit(625.0), pl.lit(0.5), 1000.0)).item()
    5.0

    Reference: Doran (2013) Bioprocess Engineering Principles, 2nd edition, chapter 8.
    """
    return power / (impeller_diameter**3 * density)


def eddy_to_cell_ratio(eddy_size: pl.Expr, cell_diameter: pl.Expr) -> pl.Expr:
    """Size of the smallest eddies over the diameter of a cell or bead [-], λ/d.

    eddy_size λ (`kolmogorov_length`) and cell_diameter d [m]. Above 1 eddies carry cells along; below about 0.5 to 0.7 beads lose
    their cells.

    >>> pl.select(eddy_to_cell_ratio(pl.lit(45e-6), pl.lit(15e-6)).round(6)).item()
    3.0

    Reference: Croughan, Hamel, Wang (1987) Biotechnol. Bioeng. 29, 130.
    """
    return eddy_size / cell_diameter


def sparger_gas_velocity(gas_flow: pl.Expr, hole_count: pl.Expr, hole_diameter: pl.Expr) -> pl.Expr:
    """Velocity of the gas in the holes of a sparger [m/s], v = 4·Q/(π·n·d²).

    gas_flow Q at the conditions in the sparger [m³/s], hole_count n [-], hole_diameter d [m]. Valid if all holes are open and carry
    equal flow. Above about 30 m/s cells have been reported to suffer.

    >>> pl.select(sparger_gas_velocity(pl.lit(1e-3), pl.lit(50.0), pl.lit(1e-3)).round(2)).item()
    25.46

    Reference: definition; limit from Zhu et al. (2008) Biotechnol. Bioeng. 101, 751.
    """
    return 4 * gas_flow / (math.pi * hole_count * hole_diameter**2)
