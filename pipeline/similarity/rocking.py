"""Rocking (wave) bags: flow, speed of the platform and waves."""

import math

import polars as pl

from pipeline.similarity.mixing import STANDARD_GRAVITY


def rocking_reynolds_number(
    volume: pl.Expr,
    rocking_rate: pl.Expr,
    bag_constant: pl.Expr | float,
    liquid_depth: pl.Expr,
    bag_width: pl.Expr,
    kinematic_viscosity: float,
) -> pl.Expr:
    """Modified Reynolds number of a rocking bag [-], Re = V·k·C/(ν·(2·h + B)).

    volume V [m³], rocking_rate k [1/s], bag_constant C [-] of the kind of bag, liquid_depth h [m] of the level bag,
    bag_width B [m] across the wave, kinematic_viscosity ν [m²/s]. Compare bags of one maker: C depends on bag and angle, and
    is usually taken as 1. Flow is laminar below about 200, and turbulent above about 1,000.

    >>> given = [pl.lit(0.01), pl.lit(0.5), pl.lit(1.0), pl.lit(0.05), pl.lit(0.4)]
    >>> pl.select(rocking_reynolds_number(*given, 1e-6).round(0)).item()
    10000.0

    Reference: Eibl, Eibl (2006) Design and use of the wave bioreactor for plant cell culture, Plant Tissue Culture
    Engineering.
    """
    return volume * rocking_rate * bag_constant / (kinematic_viscosity * (2 * liquid_depth + bag_width))


def rocking_edge_speed(rocking_rate: pl.Expr, rocking_angle: pl.Expr, platform_length: pl.Expr) -> pl.Expr:
    """Largest speed of the edge of a rocking platform [m/s], v = 2π·k·φ·L/2.

    rocking_rate k [1/s], rocking_angle φ to one side [turns; radians in the formula], platform_length L [m] along the wave.
    Valid for a sinusoidal movement about the middle and small angles. The liquid follows the platform: it is a measure of
    the speed of waves.

    >>> pl.select(rocking_edge_speed(pl.lit(0.5), pl.lit(7 / 360), pl.lit(0.8)).round(4)).item()
    0.1535

    Reference: kinematics.
    """
    return 2 * math.pi * rocking_rate * (2 * math.pi * rocking_angle) * platform_length / 2


def sloshing_frequency(bag_length: pl.Expr, liquid_depth: pl.Expr) -> pl.Expr:
    """Frequency of the lowest standing wave between two walls [1/s], f = √(g·(π/L)·tanh(π·h/L))/(2π).

    bag_length L [m] between the walls along the wave, liquid_depth h [m]. Valid for small waves of a liquid without
    viscosity in a rectangular vessel. A bag that rocks near this frequency is in resonance: the waves are high, and may
    break.

    >>> pl.select(sloshing_frequency(pl.lit(0.8), pl.lit(0.05)).round(3)).item()
    0.435

    Reference: Lamb (1932) Hydrodynamics, 6th edition, article 228 (standing waves).
    """
    wave = math.pi / bag_length
    return (STANDARD_GRAVITY * wave * (wave * liquid_depth).tanh()).sqrt() / (2 * math.pi)
