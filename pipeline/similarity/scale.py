"""Size and shape of equipment and batches."""

import math

import polars as pl


def log10_ratio(value: pl.Expr, reference: float) -> pl.Expr:
    """Logarithm of the ratio to a reference scale [-], log10(value/reference).

    value and reference in the same unit, both above zero.

    >>> pl.select(log10_ratio(pl.lit(2000.0), 2.0).round(6)).item()
    3.0

    Reference: definition.
    """
    return (value / reference).log10()


def area_per_volume(area: pl.Expr, volume: pl.Expr) -> pl.Expr:
    """Surface per volume [1/m], A/V: falls with the cube root of the scale at constant shape.

    area [m²], volume [m³]. Exact.

    >>> pl.select(area_per_volume(pl.lit(6.0), pl.lit(1.0))).item()
    6.0

    Reference: definition.
    """
    return area / volume


def wall_area_per_volume(vessel_diameter: pl.Expr) -> pl.Expr:
    """Wetted cylinder wall per liquid volume [1/m], 4/T: area for heating or cooling by a jacket.

    vessel_diameter T [m]. Exact for the cylindrical part.

    >>> pl.select(wall_area_per_volume(pl.lit(0.5))).item()
    8.0

    Reference: definition.
    """
    return 4 / vessel_diameter


def liquid_height(volume: pl.Expr, vessel_diameter: pl.Expr) -> pl.Expr:
    """Height of the liquid in a flat-bottomed cylinder [m], H = 4·V/(π·T²).

    volume [m³], vessel_diameter T [m]. A dished bottom holds less, so the real level is slightly higher.

    >>> pl.select(liquid_height(pl.lit(1.0), pl.lit(1.0)).round(3)).item()
    1.273

    Reference: definition.
    """
    return 4 * volume / (math.pi * vessel_diameter**2)


def geometry_ratio(length: pl.Expr, reference_length: pl.Expr) -> pl.Expr:
    """Ratio of two lengths [-], e.g. D/T or H/T: equal ratios make vessels geometrically similar.

    length and reference_length [m].

    >>> pl.select(geometry_ratio(pl.lit(0.5), pl.lit(1.0))).item()
    0.5

    Reference: definition.
    """
    return length / reference_length
