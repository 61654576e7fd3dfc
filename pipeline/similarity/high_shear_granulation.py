"""High-shear wet granulation: wetting by the spray, and the energy that goes into the granules."""

import math

import polars as pl


def relative_swept_volume(
    impeller_speed: pl.Expr,
    impeller_diameter: pl.Expr,
    blade_height: pl.Expr,
    blade_count: pl.Expr,
    bowl_volume: pl.Expr,
) -> pl.Expr:
    """Volume that the blades sweep per time, over the volume of the bowl [1/s], n·N·(π/4)·D²·h/V.

    impeller_speed N [1/s], impeller_diameter D [m], blade_height h [m] of one blade, measured upright; blade_count n [-],
    bowl_volume V [m³]. Geometry. It stands for the work on the powder, not for its motion: a full turn of each blade counts.

    >>> one = pl.lit(1.0)
    >>> pl.select(relative_swept_volume(pl.lit(4.0), one * 0.3, one * 0.03, one * 3, one * 0.025).round(3)).item()
    1.018

    Reference: Holm (1987) Drug Dev. Ind. Pharm. 13, 1675 (effect of impeller and chopper design).
    """
    return blade_count * impeller_speed * (math.pi / 4) * impeller_diameter**2 * blade_height / bowl_volume


def spray_flux(liquid_flow: pl.Expr, surface_speed: pl.Expr, spray_width: pl.Expr, drop_diameter: pl.Expr) -> pl.Expr:
    """Dimensionless spray flux [-], Ψ = 3·V̇/(2·v·w·d): area of the drops per area of powder that passes the spray.

    liquid_flow V̇ [m³/s], surface_speed v [m/s] of the powder below the spray, spray_width w [m] across the motion,
    drop_diameter d [m]. Below about 0.1 each drop makes its own granule; above about 1 the powder cakes.

    >>> pl.select(spray_flux(pl.lit(2e-6), pl.lit(1.0), pl.lit(0.1), pl.lit(1e-4)).round(3)).item()
    0.3

    Reference: Litster, Hapgood, Michaels, Sims, Roberts, Kameneni, Hsu (2001) Powder Technol. 114, 32.
    """
    return 3 * liquid_flow / (2 * surface_speed * spray_width * drop_diameter)


def wetted_share(spray_flux: pl.Expr) -> pl.Expr:
    """Share of the powder surface that is wet after one pass below the spray [-], f = 1 − exp(−Ψ).

    spray_flux Ψ [-]. Valid for drops that land at random places and do not spread.

    >>> pl.select(wetted_share(pl.lit(0.5)).round(3)).item()
    0.393

    Reference: Hapgood, Litster, White, Mort, Jones (2004) Powder Technol. 141, 20.
    """
    return 1 - (-spray_flux).exp()


def specific_work(power: pl.Expr, time: pl.Expr, mass: pl.Expr) -> pl.Expr:
    """Work per mass [J/kg], w = P·t/m.

    power P [W]: the mean above the power of the empty machine; time t [s], mass m [kg] of the material. Exact as a mean.

    >>> pl.select(specific_work(pl.lit(500.0), pl.lit(240.0), pl.lit(6.0))).item()
    20000.0

    Reference: definition.
    """
    return power * time / mass


def stokes_deformation_number(granule_density: pl.Expr, collision_speed: pl.Expr, yield_stress: pl.Expr) -> pl.Expr:
    """Energy of an impact over the energy that deforms a granule [-], St = ρ·u²/(2·Y).

    granule_density ρ [kg/m³], collision_speed u [m/s], yield_stress Y [Pa] of the wet granule. The speed of collisions is
    below the tip speed; with the tip speed the result is the largest possible. Granules break above a few hundredths to
    tenths.

    >>> pl.select(stokes_deformation_number(pl.lit(1200.0), pl.lit(2.0), pl.lit(2.4e4)).round(3)).item()
    0.1

    Reference: Iveson, Litster (1998) AIChE J. 44, 1510 (growth regime map).
    """
    return granule_density * collision_speed**2 / (2 * yield_stress)
