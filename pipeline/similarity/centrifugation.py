"""Continuous centrifuges: settling and the area of a settling tank that would do the same."""

import math

import polars as pl

from pipeline.similarity.mixing import STANDARD_GRAVITY


def settling_velocity(particle_diameter: pl.Expr, density_difference: pl.Expr, viscosity: pl.Expr) -> pl.Expr:
    """Velocity of a settling sphere under gravity [m/s], v = d²·Δρ·g/(18·μ).

    particle_diameter d [m], density_difference Δρ between particle and liquid [kg/m³], dynamic viscosity μ [Pa·s].
    Valid for single small spheres (Reynolds number of the particle below 0.3). Cells at more than about 1 % of the volume hinder
    each other and settle more slowly.

    >>> pl.select((settling_velocity(pl.lit(10e-6), pl.lit(50.0), pl.lit(1e-3)) * 1e6).round(2)).item()
    2.72

    Reference: Stokes (1851); Doran (2013) Bioprocess Engineering Principles, 2nd edition, chapter 11.
    """
    return particle_diameter**2 * density_difference * STANDARD_GRAVITY / (18 * viscosity)


def relative_centrifugal_force(speed: pl.Expr, diameter: pl.Expr) -> pl.Expr:
    """Acceleration at the wall of a bowl over gravity [-], Z = ω²·d/(2·g) with ω = 2π·N.

    speed N in turns [1/s], diameter d of the bowl [m]. Exact (kinematics).

    >>> pl.select(relative_centrifugal_force(pl.lit(100.0), pl.lit(0.2)).round(0)).item()
    4026.0

    Reference: Doran (2013) Bioprocess Engineering Principles, 2nd edition, chapter 11.
    """
    return (2 * math.pi * speed) ** 2 * diameter / (2 * STANDARD_GRAVITY)


def disc_stack_settling_area(
    speed: pl.Expr, disc_count: pl.Expr, outer_diameter: pl.Expr, inner_diameter: pl.Expr, half_angle: pl.Expr
) -> pl.Expr:
    """Equivalent settling area of a disc stack [m²], Σ = 2π·n·ω²·(R³ − r³)/(3·g·tan θ) with ω = 2π·N.

    speed N in turns [1/s], disc_count n [-], outer_diameter 2R and inner_diameter 2r of the discs [m], half_angle θ between disc
    and axis in turns [-] (40° is 0.111). Valid for laminar flow that is equal in all channels. Real machines reach 40 to 70 % of
    it, so that a change of type needs a factor that was measured.

    >>> discs = pl.lit(6000 / 60), pl.lit(80.0), pl.lit(0.314), pl.lit(0.12), pl.lit(40 / 360)
    >>> pl.select(disc_stack_settling_area(*discs).round(0)).item()
    29372.0

    Reference: Ambler (1959) J. Biochem. Microbiol. Technol. Eng. 1, 185.
    """
    cubes = (outer_diameter**3 - inner_diameter**3) / 8
    angle = 2 * math.pi * half_angle
    return 2 * math.pi * disc_count * (2 * math.pi * speed) ** 2 * cubes / (3 * STANDARD_GRAVITY * angle.tan())


def tubular_settling_area(speed: pl.Expr, length: pl.Expr, bowl_diameter: pl.Expr, pool_diameter: pl.Expr) -> pl.Expr:
    """Equivalent settling area of a tubular bowl [m²], Σ = π·L·ω²·(R² − r²)/(g·ln(R/r)) with ω = 2π·N.

    speed N in turns [1/s], length L of the bowl [m], bowl_diameter 2R [m], pool_diameter 2r of the free surface of the liquid [m].
    Valid for plug flow and for particles that must all reach the wall. The area for half of them is twice as large or more.

    >>> pl.select(tubular_settling_area(pl.lit(250.0), pl.lit(0.7), pl.lit(0.1), pl.lit(0.05)).round(0)).item()
    1497.0

    Reference: Ambler (1959) J. Biochem. Microbiol. Technol. Eng. 1, 185.
    """
    squares = (bowl_diameter**2 - pool_diameter**2) / 4
    return (
        math.pi * length * (2 * math.pi * speed) ** 2 * squares / (STANDARD_GRAVITY * (bowl_diameter / pool_diameter).log())
    )


def flow_per_settling_area(flow: pl.Expr, settling_area: pl.Expr) -> pl.Expr:
    """Flow per equivalent settling area [m/s], Q/Σ: the velocity of the slowest particles that are caught.

    flow Q [m³/s], settling_area Σ [m²]. At equal Q/Σ two centrifuges of one type clarify alike. It says nothing of shear in the
    feed zone, which breaks cells, and of the share of time that goes into discharges.

    >>> pl.select((flow_per_settling_area(pl.lit(0.5e-3), pl.lit(5000.0)) * 1e9).round(1)).item()
    100.0

    Reference: Ambler (1959) J. Biochem. Microbiol. Technol. Eng. 1, 185.
    """
    return flow / settling_area
