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


def secondary_nucleation_rate(
    nucleation_constant: pl.Expr,
    dissipation: pl.Expr,
    suspension_density: pl.Expr,
    relative_supersaturation: pl.Expr,
    power_exponent: pl.Expr,
    density_exponent: pl.Expr,
    order: pl.Expr,
) -> pl.Expr:
    """Crystals that form by contacts per volume and time [1/(m³·s)], B = k·ε^r·M^j·σ^b, with ε in W/kg and M in kg/m³.

    nucleation_constant k [1/(m³·s)]: the rate at 1 W/kg, 1 kg/m³ and σ = 1; dissipation ε [W/kg], suspension_density M
    [kg/m³] of crystals per volume of suspension, relative_supersaturation σ = S − 1 [-]; power_exponent r, usually 0.6 to 1,
    density_exponent j, usually about 1, order b, usually 1 to 3. Constant and exponents are measured for one material. Equal
    power per mass keeps the rate at any scale only where r describes the impeller: contacts with blades follow the tip
    speed.

    >>> given = [1e7, 0.5, 100.0, 0.05, 0.6, 1.0, 2.0]
    >>> pl.select((secondary_nucleation_rate(*map(pl.lit, given)) / 1e6).round(3)).item()
    1.649

    Reference: Garside, Davey (1980) Chem. Eng. Commun. 4, 393; Mullin (2001) Crystallization, 4th edition, chapter 5.
    """
    return (
        nucleation_constant
        * dissipation**power_exponent
        * suspension_density**density_exponent
        * relative_supersaturation**order
    )
