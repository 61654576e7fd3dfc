"""Orbitally shaken flasks without baffles: flow and power."""

import math

import polars as pl

from pipeline.similarity.mixing import STANDARD_GRAVITY


def shaken_reynolds_number(
    shaking_speed: pl.Expr, vessel_diameter: pl.Expr, density: pl.Expr | float, viscosity: pl.Expr | float
) -> pl.Expr:
    """Reynolds number of a shaken flask [-], Re = ρ·n·d²/μ.

    shaking_speed n in turns [1/s], largest inner vessel_diameter d [m], density ρ [kg/m³], dynamic viscosity μ [Pa·s].
    Turbulent above about 60,000.

    >>> pl.select(shaken_reynolds_number(pl.lit(4.0), pl.lit(0.1), 1000.0, 1e-3).round(0)).item()
    40000.0

    Reference: Büchs, Maier, Milbradt, Zoels (2000) Biotechnol. Bioeng. 68, 594.
    """
    return shaking_speed * vessel_diameter**2 * density / viscosity


def shaken_power_number(reynolds_number: pl.Expr) -> pl.Expr:
    """Modified power number of a shaken flask [-], Ne' = 70·Re⁻¹ + 25·Re⁻⁰·⁶ + 1.5·Re⁻⁰·².

    reynolds_number Re of the flask [-]. Fitted to flasks of 50 to 1,000 mL without baffles, where the liquid follows the
    movement of the shaker. Not for flasks with baffles, and not for cylinders.

    >>> pl.select(shaken_power_number(pl.lit(40_000.0)).round(4)).item()
    0.2252

    Reference: Büchs, Maier, Milbradt, Zoels (2000) Biotechnol. Bioeng. 68, 594.
    """
    return 70 * reynolds_number**-1.0 + 25 * reynolds_number**-0.6 + 1.5 * reynolds_number**-0.2


def shaken_power_per_volume(
    power_number: pl.Expr, shaking_speed: pl.Expr, vessel_diameter: pl.Expr, volume: pl.Expr, density: pl.Expr | float
) -> pl.Expr:
    """Power per liquid volume of a shaken flask [W/m³], P/V = Ne'·ρ·n³·d⁴/V^⅔.

    power_number Ne' [-], shaking_speed n in turns [1/s], largest inner vessel_diameter d [m], volume V [m³], density ρ
    [kg/m³]. Range as for `shaken_power_number`. The throw of the shaker does not enter, as long as the liquid follows it.

    >>> flask = pl.lit(0.25), pl.lit(250 / 60), pl.lit(0.082), pl.lit(25e-6)
    >>> pl.select(shaken_power_per_volume(*flask, 1000.0).round(0)).item()
    956.0

    Reference: Büchs, Maier, Milbradt, Zoels (2000) Biotechnol. Bioeng. 68, 589 and 594.
    """
    return power_number * shaking_speed**3 * vessel_diameter**4 / volume ** (2 / 3) * density


def shaken_froude_number(shaking_speed: pl.Expr, shaking_diameter: pl.Expr) -> pl.Expr:
    """Axial Froude number of a shaken vessel [-], Fr = (2π·n)²·d₀/(2·g): centrifugal acceleration over gravity.

    shaking_speed n in turns [1/s], shaking_diameter d₀: the diameter of the circle of the shaker [m]. Exact (kinematics).
    Below about 0.4 the liquid does not circulate with the shaker.

    >>> pl.select(shaken_froude_number(pl.lit(4.0), pl.lit(0.025)).round(3)).item()
    0.805

    Reference: Büchs, Lotter, Milbradt (2001) Biochem. Eng. J. 7, 135.
    """
    return (2 * math.pi * shaking_speed) ** 2 * shaking_diameter / (2 * STANDARD_GRAVITY)


def shaken_phase_number(
    shaking_diameter: pl.Expr,
    vessel_diameter: pl.Expr,
    volume: pl.Expr,
    shaking_speed: pl.Expr,
    density: pl.Expr | float,
    viscosity: pl.Expr | float,
) -> pl.Expr:
    """Phase number of a shaken flask [-], Ph = d₀/d·(1 + 3·log₁₀(ρ·2π·n·d²/(4·μ)·(1 − √(1 − 4/π·(V^⅓/d)²))²)).

    shaking_diameter d₀ of the circle of the shaker and largest inner vessel_diameter d [m], volume V [m³], shaking_speed n
    in turns [1/s], density ρ [kg/m³], dynamic viscosity μ [Pa·s]. In phase above 1.26: the liquid circulates with the
    shaker. Out of phase, a part of it stays at the bottom, and power and oxygen transfer fall. For flasks without baffles.

    >>> flask = [pl.lit(0.05), pl.lit(0.082), pl.lit(25e-6), pl.lit(250 / 60)]
    >>> pl.select(shaken_phase_number(*flask, 1000.0, 1e-3).round(2)).item()
    5.18

    Reference: Büchs, Lotter, Milbradt (2001) Biochem. Eng. J. 7, 135.
    """
    film = 1 - (1 - 4 / math.pi * (volume ** (1 / 3) / vessel_diameter) ** 2).sqrt()
    reynolds = density * (2 * math.pi) * shaking_speed * vessel_diameter**2 / (4 * viscosity) * film**2
    return shaking_diameter / vessel_diameter * (1 + 3 * reynolds.log(10))


def shaken_kla(shaking_speed: pl.Expr, volume: pl.Expr, shaking_diameter: pl.Expr, vessel_diameter: pl.Expr) -> pl.Expr:
    """Oxygen transfer coefficient of a shaken flask [1/s], kLa = 6.67·10⁻⁶·n^1.16·V^−0.83·d₀^0.38·d^1.92 in rpm, mL and cm.

    shaking_speed n in turns [1/s], volume V [m³], shaking_diameter d₀ and largest inner vessel_diameter d [m]; they are
    converted to the units of the fit. An empirical fit to Erlenmeyer flasks of glass without baffles, 50 to 1,000 mL, filled
    to 4 to 16 %, 50 to 500 rpm, shaking diameters of 12.5 to 100 mm, in phase, for salty water.

    >>> flask = [pl.lit(250 / 60), pl.lit(25e-6), pl.lit(0.05), pl.lit(0.082)]
    >>> pl.select((shaken_kla(*flask) * 3600).round(0)).item()
    105.0

    Reference: Maier, Losen, Büchs (2004) Biochem. Eng. J. 17, 155; Seletzky et al. (2006) Biotechnol. Lett.
    """
    per_minute, millilitres = 60 * shaking_speed, 1e6 * volume
    centimetres = (100 * shaking_diameter) ** 0.38 * (100 * vessel_diameter) ** 1.92
    return 6.67e-6 * per_minute**1.16 * millilitres**-0.83 * centimetres
