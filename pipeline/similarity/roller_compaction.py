"""Roller compaction: dry granulation between two rolls. Angles are in turns, like rotational speeds: 1° is 1/360."""

import math

import numpy as np
import polars as pl

from pipeline.similarity.roots import Numbers, solved


def specific_compaction_force(roll_force: pl.Expr, roll_width: pl.Expr) -> pl.Expr:
    """Force per width of the rolls [N/m], F/W: comparable across roll widths at equal roll diameter and gap.

    roll_force F [N], roll_width W [m]. Exact as a mean; the pressure falls towards the edges.

    >>> pl.select(specific_compaction_force(pl.lit(30e3), pl.lit(0.05))).item()
    600000.0

    Reference: Allesø, Holm, Holm (2016) Eur. J. Pharm. Sci. (roll width as scale factor).
    """
    return roll_force / roll_width


def ribbon_throughput(
    roll_diameter: pl.Expr, roll_width: pl.Expr, gap: pl.Expr, roll_speed: pl.Expr, ribbon_density: pl.Expr
) -> pl.Expr:
    """Mass of ribbon per time [kg/s], ṁ = π·D·N·W·S·ρ.

    roll_diameter D [m], roll_width W [m], gap S [m], roll_speed N [1/s], ribbon_density ρ [kg/m³] in the gap. Mass balance;
    the ribbon moves with the roll and no powder bypasses it.

    >>> rolls = [pl.lit(0.25), pl.lit(0.05), pl.lit(0.002), pl.lit(0.1)]
    >>> pl.select((ribbon_throughput(*rolls, pl.lit(1200.0)) * 3600).round(1)).item()
    33.9

    Reference: Toson et al. (2019) Int. J. Pharm. X 1, 100005.
    """
    return math.pi * roll_diameter * roll_speed * roll_width * gap * ribbon_density


def ribbon_solid_fraction(
    throughput: pl.Expr,
    roll_diameter: pl.Expr,
    roll_width: pl.Expr,
    gap: pl.Expr,
    roll_speed: pl.Expr,
    true_density: pl.Expr,
) -> pl.Expr:
    """Solid fraction of the ribbon in the gap [-], γ = ṁ/(π·D·N·W·S·ρ_true).

    throughput ṁ [kg/s], roll_diameter D, roll_width W and gap S [m], roll_speed N [1/s], true_density ρ_true [kg/m³]. Mass
    balance without bypass. The ribbon expands after the gap: at rest, its solid fraction is some percent lower.

    >>> rolls = [pl.lit(0.25), pl.lit(0.05), pl.lit(0.002), pl.lit(0.1)]
    >>> pl.select(ribbon_solid_fraction(pl.lit(33.93 / 3600), *rolls, pl.lit(1500.0)).round(3)).item()
    0.8

    Reference: Toson et al. (2019) Int. J. Pharm. X 1, 100005.
    """
    return throughput / ribbon_throughput(roll_diameter, roll_width, gap, roll_speed, true_density)


def nip_angle(
    effective_friction: pl.Expr, wall_friction: pl.Expr, compressibility: pl.Expr, gap: pl.Expr, roll_diameter: pl.Expr
) -> pl.Expr:
    """Angle α at which the rolls grip the powder [turns], where the pressure gradients of slip and of grip are equal.

    4·(π/2 − α − ν)·tan δ/(cot(A − μ) − cot(A + μ)) = K·(2·cos α − 1 − S/D)·tan α/cos α, with A = (α + ν + π/2)/2, μ = π/4 −
    δ/2 and ν = (π − arcsin(sin φ/sin δ) − φ)/2. effective_friction δ and wall_friction φ [turns] with φ < δ; compressibility
    K [-]: pressure grows with the power K of the density; gap S and roll_diameter D [m]. Valid for powder that slips before
    the nip region, without rolling of air. Null where the equation has no solution. The roll speed is not in it.

    >>> given = [pl.lit(40 / 360), pl.lit(17 / 360), pl.lit(6.0), pl.lit(0.002), pl.lit(0.2)]
    >>> pl.select((nip_angle(*given) * 360).round(1)).item()
    8.2

    Reference: Johanson (1965) J. Appl. Mech. 32, 842.
    """
    return solved(_slip_less_grip, 1e-6, 1 / 6, effective_friction, wall_friction, compressibility, gap, roll_diameter)


def _slip_less_grip(
    turns: Numbers,
    effective_turns: Numbers,
    wall_turns: Numbers,
    compressibility: Numbers,
    gap: Numbers,
    diameter: Numbers,
) -> Numbers:
    """Relative pressure gradient of slip less that of grip, both times the same length."""
    angle, effective, wall = (2 * math.pi * turned for turned in (turns, effective_turns, wall_turns))
    nu = (math.pi - np.arcsin(np.sin(wall) / np.sin(effective)) - wall) / 2
    mu = math.pi / 4 - effective / 2
    middle = (angle + nu + math.pi / 2) / 2
    slip = 4 * (math.pi / 2 - angle - nu) * np.tan(effective) / (1 / np.tan(middle - mu) - 1 / np.tan(middle + mu))
    grip = compressibility * (2 * np.cos(angle) - 1 - gap / diameter) * np.tan(angle) / np.cos(angle)
    left: Numbers = slip - grip
    return left
