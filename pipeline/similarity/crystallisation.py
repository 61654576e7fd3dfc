"""Crystallisation from solution in a stirred vessel. Power and tip speed are those of `mixing`."""

import polars as pl

from pipeline.similarity.mixing import STANDARD_GRAVITY


def supersaturation_ratio(concentration: pl.Expr, solubility: pl.Expr) -> pl.Expr:
    """Supersaturation [-], S = c/c*: above 1, crystals grow.

    concentration c and solubility c* in the same unit, at the same temperature and solvent composition. The value depends on
    the kind of unit: mass per mass of solvent gives a larger ratio than mass per mass of solution.

    >>> pl.select(supersaturation_ratio(pl.lit(2.45), pl.lit(2.04)).round(2)).item()
    1.2

    Reference: Mullin (2001) Crystallization, 4th edition, chapter 3.
    """
    return concentration / solubility


def just_suspended_speed(
    suspension_constant: pl.Expr,
    kinematic_viscosity: pl.Expr,
    crystal_size: pl.Expr,
    density_ratio: pl.Expr,
    solids_loading: pl.Expr,
    impeller_diameter: pl.Expr,
) -> pl.Expr:
    """Lowest speed at which no crystal stays on the bottom [1/s], N = s·ν^0.1·d^0.2·(g·Δ)^0.45·(100·x)^0.13/D^0.85.

    suspension_constant s [-] of the impeller and its place in the vessel, usually 2 to 10; kinematic_viscosity ν [m²/s] of
    the liquid, crystal_size d [m], density_ratio Δ [-]: density of the crystal over that of the liquid, minus 1;
    solids_loading x [-]: mass of solid per mass of liquid; impeller_diameter D [m]. No crystal stays longer than 1 to 2 s.
    Fitted to x of 0.005 to 0.2 in baffled, flat-bottomed vessels.

    >>> given = [pl.lit(5.0), pl.lit(1e-6), pl.lit(2e-4), pl.lit(0.4), pl.lit(0.1), pl.lit(0.5)]
    >>> pl.select((just_suspended_speed(*given) * 60).round(0)).item()
    62.0

    Reference: Zwietering (1958) Chem. Eng. Sci. 8, 244.
    """
    gravity = (STANDARD_GRAVITY * density_ratio) ** 0.45
    liquid = kinematic_viscosity**0.1 * crystal_size**0.2
    return suspension_constant * liquid * gravity * (100 * solids_loading) ** 0.13 / impeller_diameter**0.85
