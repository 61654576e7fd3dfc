"""Tumbling blenders: motion, fill and lubrication."""

import math

import polars as pl

from pipeline.similarity.mixing import STANDARD_GRAVITY


def blender_froude_number(rotation_speed: pl.Expr, blender_radius: pl.Expr) -> pl.Expr:
    """Centrifugal over gravitational acceleration [-], Fr = (2π·N)²·R/g.

    rotation_speed N [1/s], blender_radius R [m] from the axis to the furthest wall. At 1 the powder stays at the wall. Usual
    blenders run below 0.4. The number with the diameter and N in turns, as for stirrers, is 19.7 times smaller.

    >>> pl.select(blender_froude_number(pl.lit(0.2), pl.lit(0.6)).round(4)).item()
    0.0966

    Reference: Alexander, Shinbrot, Muzzio (2002) Powder Technol. 126, 174 (scaling of rotating tumblers).
    """
    return (2 * math.pi * rotation_speed) ** 2 * blender_radius / STANDARD_GRAVITY


def blender_fill(load: pl.Expr, bulk_density: pl.Expr, blender_volume: pl.Expr) -> pl.Expr:
    """Share of the volume of the blender that the powder fills [-], m/(ρ·V).

    load m [kg], bulk_density ρ [kg/m³], blender_volume V [m³]. Exact. Usual values are 0.4 to 0.7.

    >>> pl.select(blender_fill(pl.lit(60.0), pl.lit(500.0), pl.lit(0.2)).round(2)).item()
    0.6

    Reference: Alexander, Shinbrot, Muzzio (2002) Powder Technol. 126, 174.
    """
    return load / (bulk_density * blender_volume)


def revolutions(rotation_speed: pl.Expr, time: pl.Expr) -> pl.Expr:
    """Number of turns [-], r = N·t.

    rotation_speed N [1/s], time t [s]. Exact at constant speed. At equal fill and equal shape, blends of free-flowing
    powders depend on the number of turns more than on the time.

    >>> pl.select(revolutions(pl.lit(0.2), pl.lit(600.0))).item()
    120.0

    Reference: Alexander, Shinbrot, Muzzio (2002) Powder Technol. 126, 174.
    """
    return rotation_speed * time


def lubrication_extent(blender_volume: pl.Expr, headspace: pl.Expr, revolutions: pl.Expr) -> pl.Expr:
    """Extent of lubrication [m], K = V^⅓·F·r: the path that the powder slides, up to a factor of the shape.

    blender_volume V [m³], headspace F [-]: the share of the volume that is empty; revolutions r [-] with the lubricant.
    Fitted to magnesium stearate in tumbling blenders of laboratory to production size. At equal K, tablets of equal solid
    fraction have about equal strength.

    >>> pl.select(lubrication_extent(pl.lit(0.125), pl.lit(0.4), pl.lit(100.0)).round(6)).item()
    20.0

    Reference: Kushner, Moore (2010) Int. J. Pharm. 399, 19; Kushner (2012) Int. J. Pharm. 429, 1.
    """
    return blender_volume ** (1 / 3) * headspace * revolutions


def lubricated_strength(
    unlubricated_strength: pl.Expr, lost_share: pl.Expr, sensitivity: pl.Expr, lubrication_extent: pl.Expr
) -> pl.Expr:
    """Tensile strength at a solid fraction of 0.85 after lubrication [Pa], σ = σ₀·((1 − β) + β·exp(−γ·K)).

    unlubricated_strength σ₀ [Pa], lost_share β [-]: the share that lubrication can take away; sensitivity γ [1/m],
    lubrication_extent K [m]. The coefficients belong to a formulation and to its share of lubricant.

    >>> pl.select((lubricated_strength(pl.lit(3e6), pl.lit(0.5), pl.lit(0.05), pl.lit(20.0)) / 1e6).round(3)).item()
    2.052

    Reference: Kushner, Moore (2010) Int. J. Pharm. 399, 19.
    """
    return unlubricated_strength * ((1 - lost_share) + lost_share * (-sensitivity * lubrication_extent).exp())
