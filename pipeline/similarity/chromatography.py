"""Packed chromatography columns: time in the bed, load, pressure and quality of the packing."""

import math

import polars as pl

WIDTH_AT_HALF_HEIGHT = 8 * math.log(2)
"""Square of the width at half height over the variance of a Gaussian peak [-], 5.545."""
LAMINAR_RESISTANCE = 150.0
"""Constant of the Blake–Kozeny law for beds of spheres [-]; others use 180 (Carman)."""


def bed_volume(bed_height: pl.Expr, column_diameter: pl.Expr) -> pl.Expr:
    """Volume of the packed bed [m³], CV = π·d²·L/4.

    bed_height L and column_diameter d [m]. Exact.

    >>> pl.select(bed_volume(pl.lit(0.2), pl.lit(1.0)).round(4)).item()
    0.1571

    Reference: definition.
    """
    return math.pi / 4 * column_diameter**2 * bed_height


def linear_velocity(flow: pl.Expr, column_diameter: pl.Expr) -> pl.Expr:
    """Flow per cross-section of the empty column [m/s], u = 4·Q/(π·d²); 3.6·10⁵ times the result is cm/h.

    flow Q [m³/s], column_diameter d [m]. Exact. At equal bed height it sets the residence time and the pressure.

    >>> pl.select((linear_velocity(pl.lit(1e-4), pl.lit(0.5)) * 3.6e5).round(1)).item()
    183.3

    Reference: definition.
    """
    return 4 * flow / (math.pi * column_diameter**2)


def residence_time(bed_height: pl.Expr, linear_velocity: pl.Expr) -> pl.Expr:
    """Bed height over linear velocity [s], L/u: equal to the bed volume over the flow.

    bed_height L [m], linear_velocity u [m/s]. Exact for the empty column; the liquid itself stays for this time multiplied by the
    porosity. Binding of large proteins depends on it, because they diffuse slowly into the beads.

    >>> pl.select(residence_time(pl.lit(0.2), pl.lit(200 / 3.6e5)).round(6)).item()
    360.0

    Reference: Carta, Jungbauer (2020) Protein Chromatography, 2nd edition.
    """
    return bed_height / linear_velocity


def resin_load(loaded_mass: pl.Expr, bed_volume: pl.Expr) -> pl.Expr:
    """Mass of product loaded per volume of the bed [kg/m³], m/CV.

    loaded_mass m [kg], bed_volume CV [m³]. Exact. Compare it with the binding capacity at the same residence time.

    >>> pl.select(resin_load(pl.lit(1.5), pl.lit(0.05)).round(6)).item()
    30.0

    Reference: definition.
    """
    return loaded_mass / bed_volume


def column_volumes(volume: pl.Expr, bed_volume: pl.Expr) -> pl.Expr:
    """Volume of a phase over the volume of the bed [-], V/CV.

    volume V of load, wash or eluate [m³], bed_volume CV [m³]. Exact.

    >>> pl.select(column_volumes(pl.lit(0.5), pl.lit(0.1))).item()
    5.0

    Reference: definition.
    """
    return volume / bed_volume


def bed_permeability(particle_diameter: pl.Expr, porosity: pl.Expr | float) -> pl.Expr:
    """Permeability of a bed of spheres [m²], K = d²·ε³/(150·(1 − ε)²).

    particle_diameter d [m], porosity ε between the beads [-]. Valid for rigid spheres and laminar flow (Reynolds number of the bead
    below 10). Soft beads are compressed by the flow, more so in wide columns.

    >>> pl.select((bed_permeability(pl.lit(90e-6), 0.36) * 1e12).round(2)).item()
    6.15

    Reference: Blake–Kozeny law; Bird, Stewart, Lightfoot (2002) Transport Phenomena, 2nd edition, chapter 6.
    """
    return particle_diameter**2 * porosity**3 / (LAMINAR_RESISTANCE * (1 - porosity) ** 2)


def bed_pressure_drop(
    linear_velocity: pl.Expr, bed_height: pl.Expr, permeability: pl.Expr, viscosity: pl.Expr | float
) -> pl.Expr:
    """Pressure drop of a packed bed [Pa], Δp = μ·u·L/K.

    linear_velocity u [m/s], bed_height L [m], permeability K [m²], dynamic viscosity μ [Pa·s]. Valid for laminar flow; without
    frits, tubes and valves.

    >>> pl.select(bed_pressure_drop(pl.lit(5e-4), pl.lit(0.2), pl.lit(5e-12), 1e-3).round(6)).item()
    20000.0

    Reference: Darcy (1856); Carta, Jungbauer (2020) Protein Chromatography, 2nd edition.
    """
    return linear_velocity * bed_height / permeability * viscosity


def plate_number(retention_volume: pl.Expr, width_at_half_height: pl.Expr) -> pl.Expr:
    """Number of theoretical plates [-], N = 5.545·(V_R/w)².

    retention_volume V_R and width_at_half_height w of the peak of a tracer that does not bind, in the same unit. Valid for a peak
    that is nearly Gaussian.

    >>> pl.select(plate_number(pl.lit(10.0), pl.lit(0.5)).round(0)).item()
    2218.0

    Reference: Carta, Jungbauer (2020) Protein Chromatography, 2nd edition.
    """
    return WIDTH_AT_HALF_HEIGHT * (retention_volume / width_at_half_height) ** 2


def plate_height(bed_height: pl.Expr, plate_number: pl.Expr) -> pl.Expr:
    """Height of a theoretical plate [m], H = L/N.

    bed_height L [m], plate_number N [-]. Exact (definition).

    >>> pl.select((plate_height(pl.lit(0.2), pl.lit(1000.0)) * 1e6).round(3)).item()
    200.0

    Reference: Martin, Synge (1941) Biochem. J. 35, 1358.
    """
    return bed_height / plate_number


def reduced_plate_height(plate_height: pl.Expr, particle_diameter: pl.Expr) -> pl.Expr:
    """Height of a theoretical plate in diameters of a bead [-], h = H/d.

    plate_height H and particle_diameter d [m]. A tracer in a good packing has 2 to 5; a rise from run to run shows that the bed
    changes.

    >>> pl.select(reduced_plate_height(pl.lit(270e-6), pl.lit(90e-6)).round(6)).item()
    3.0

    Reference: Giddings (1965) Dynamics of Chromatography; Knox (1977) J. Chromatogr. Sci. 15, 352.
    """
    return plate_height / particle_diameter


def peak_asymmetry(leading_width: pl.Expr, trailing_width: pl.Expr) -> pl.Expr:
    """Asymmetry of a peak at 10 % of its height [-], A_s = b/a.

    leading_width a before and trailing_width b after the maximum, in the same unit. Packed columns are usually accepted from 0.8 to
    1.8: below, the bed is compressed; above, it has gaps.

    >>> pl.select(peak_asymmetry(pl.lit(2.0), pl.lit(2.5))).item()
    1.25

    Reference: Carta, Jungbauer (2020) Protein Chromatography, 2nd edition.
    """
    return trailing_width / leading_width


def particle_peclet_number(
    linear_velocity: pl.Expr, particle_diameter: pl.Expr, diffusivity: pl.Expr, porosity: pl.Expr | float
) -> pl.Expr:
    """Péclet number of a bead, or reduced velocity [-], Pe = u·d/(ε·D).

    linear_velocity u [m/s], particle_diameter d [m], diffusivity D of the solute [m²/s], porosity ε between the beads [-].
    Convection between the beads over diffusion: proteins run at 10² to 10⁴, where diffusion into the beads limits.

    >>> pl.select(particle_peclet_number(pl.lit(5e-4), pl.lit(90e-6), pl.lit(5e-11), 0.36).round(0)).item()
    2500.0

    Reference: Giddings (1965) Dynamics of Chromatography.
    """
    return linear_velocity * particle_diameter / (diffusivity * porosity)


def column_peclet_number(plate_number: pl.Expr) -> pl.Expr:
    """Péclet number of axial dispersion in the column [-], Pe = u·L/D_ax = 2·N.

    plate_number N of a tracer that does not bind [-]. Valid for N above about 20.

    >>> pl.select(column_peclet_number(pl.lit(500.0))).item()
    1000.0

    Reference: van Deemter, Zuiderweg, Klinkenberg (1956) Chem. Eng. Sci. 5, 271.
    """
    return 2 * plate_number
