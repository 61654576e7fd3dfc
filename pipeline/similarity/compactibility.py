"""Density and strength of compacts: how a powder gives way to pressure, and how strong it becomes."""

import math

import polars as pl


def tablet_solid_fraction(
    tablet_weight: pl.Expr, tablet_diameter: pl.Expr, tablet_thickness: pl.Expr, true_density: pl.Expr
) -> pl.Expr:
    """Solid fraction of a flat round tablet [-], φ = 4·m/(π·D²·t·ρ): mass over volume, over the true density.

    tablet_weight m [kg], tablet_diameter D and tablet_thickness t [m], true_density ρ [kg/m³]. Exact for flat faces. For
    convex tablets, the result is too low.

    >>> pl.select(tablet_solid_fraction(pl.lit(4e-4), pl.lit(0.01), pl.lit(0.004), pl.lit(1500.0)).round(3)).item()
    0.849

    Reference: definition; USP general chapter 1062.
    """
    return 4 * tablet_weight / (math.pi * tablet_diameter**2 * tablet_thickness * true_density)


def heckel_solid_fraction(pressure: pl.Expr, yield_pressure: pl.Expr, intercept: pl.Expr) -> pl.Expr:
    """Solid fraction under pressure [-], φ = 1 − exp(−(P/P_y + A)), which is ln(1/(1 − φ)) = P/P_y + A.

    pressure P [Pa], yield_pressure P_y [Pa], intercept A [-]: the extrapolation to no pressure. Valid for plastic materials
    in the straight part of the Heckel plot, usually 50 to 200 MPa. A low yield pressure means a soft material.

    >>> pl.select(heckel_solid_fraction(pl.lit(100e6), pl.lit(100e6), pl.lit(0.7)).round(3)).item()
    0.817

    Reference: Heckel (1961) Trans. Metall. Soc. AIME 221, 671.
    """
    return 1 - (-(pressure / yield_pressure + intercept)).exp()


def kawakita_compression(pressure: pl.Expr, largest_compression: pl.Expr, half_pressure: pl.Expr) -> pl.Expr:
    """Relative fall of the volume under pressure [-], C = a·P/(P + 1/b): C = (V₀ − V)/V₀.

    pressure P [Pa], largest_compression a [-]: the porosity of the loose powder; half_pressure 1/b [Pa]: the pressure at
    which C is half of a. Valid for low pressures and soft, fluffy powders.

    >>> pl.select(kawakita_compression(pl.lit(30e6), pl.lit(0.6), pl.lit(10e6)).round(3)).item()
    0.45

    Reference: Kawakita, Lüdde (1971) Powder Technol. 4, 61.
    """
    return largest_compression * pressure / (pressure + half_pressure)


def compact_strength(solid_fraction: pl.Expr, dense_strength: pl.Expr, bonding_capacity: pl.Expr) -> pl.Expr:
    """Tensile strength of a compact [Pa], σ = σ₀·exp(−b·(1 − φ)): compactibility.

    solid_fraction φ [-], dense_strength σ₀ [Pa] without pores, bonding_capacity b [-]: the loss of strength with porosity.
    Valid from a solid fraction of about 0.6. At equal solid fraction, the strength does not depend on the size and speed of
    the press.

    >>> pl.select((compact_strength(pl.lit(0.85), pl.lit(10e6), pl.lit(8.0)) / 1e6).round(3)).item()
    3.012

    Reference: Ryshkewitch (1953) J. Am. Ceram. Soc. 36, 65; Duckworth (1953) J. Am. Ceram. Soc. 36, 68.
    """
    return dense_strength * (-bonding_capacity * (1 - solid_fraction)).exp()


def convex_tensile_strength(
    breaking_force: pl.Expr, tablet_diameter: pl.Expr, tablet_thickness: pl.Expr, band_height: pl.Expr
) -> pl.Expr:
    """Tensile strength of a convex round tablet [Pa], σ = 10·F/(π·D²)/(2.84·t/D − 0.126·t/W + 3.15·W/D + 0.01).

    breaking_force F [N], tablet_diameter D [m], tablet_thickness t [m] over all, band_height W [m] of the cylindrical part.
    Fitted to gypsum discs with W/D from 0.06 to 0.3 and a radius of the face above 0.7·D.

    >>> pl.select((convex_tensile_strength(pl.lit(100.0), pl.lit(0.01), pl.lit(0.004), pl.lit(0.002)) / 1e6).round(3)).item()
    2.089

    Reference: Pitt, Newton, Stanley (1988) J. Mater. Sci. 23, 2723.
    """
    shape = (
        2.84 * tablet_thickness / tablet_diameter
        - 0.126 * tablet_thickness / band_height
        + 3.15 * band_height / tablet_diameter
        + 0.01
    )
    return 10 * breaking_force / (math.pi * tablet_diameter**2) / shape


def capsule_shaped_tensile_strength(
    breaking_force: pl.Expr, tablet_width: pl.Expr, tablet_thickness: pl.Expr, band_height: pl.Expr
) -> pl.Expr:
    """Tensile strength of an elongated convex tablet [Pa], two thirds of `convex_tensile_strength` with its width as diameter.

    breaking_force [N] across the width, tablet_width [m]: the short axis; tablet_thickness and band_height [m]. Fitted to
    finite-element results for tablets whose length is at least 1.7 times their width.

    >>> given = [pl.lit(150.0), pl.lit(0.01), pl.lit(0.004), pl.lit(0.002)]
    >>> pl.select((capsule_shaped_tensile_strength(*given) / 1e6).round(3)).item()
    2.089

    Reference: Pitt, Heasley (2013) Powder Technol. 238, 169.
    """
    return 2 / 3 * convex_tensile_strength(breaking_force, tablet_width, tablet_thickness, band_height)
