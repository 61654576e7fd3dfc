"""Tablet compression and the strength of the tablet."""

import math

import polars as pl


def turret_tip_speed(turret_speed: pl.Expr, pitch_circle_diameter: pl.Expr) -> pl.Expr:
    """Horizontal speed of the punches [m/s], v = π·N·D.

    turret_speed [1/s], pitch_circle_diameter [m]. Exact (kinematics).

    >>> pl.select(turret_tip_speed(pl.lit(1.0), pl.lit(0.4)).round(3)).item()
    1.257

    Reference: Tye, Sun, Amidon (2005) J. Pharm. Sci. 94, 465.
    """
    return math.pi * turret_speed * pitch_circle_diameter


def dwell_time(punch_head_flat: pl.Expr, turret_speed: pl.Expr, pitch_circle_diameter: pl.Expr) -> pl.Expr:
    """Time under full compression [s], t = L/(π·N·D): the flat of the punch head passes the lowest point of the roll.

    punch_head_flat L [m], turret_speed N [1/s], pitch_circle_diameter D [m]. Valid for flat-headed punches.
    The contact time is longer. For domed heads without a flat, the result is zero.

    >>> pl.select((dwell_time(pl.lit(0.0127), pl.lit(1.0), pl.lit(0.4)) * 1e3).round(2)).item()
    10.11

    Reference: Tye, Sun, Amidon (2005) J. Pharm. Sci. 94, 465.
    """
    return punch_head_flat / turret_tip_speed(turret_speed, pitch_circle_diameter)


def compression_pressure(force: pl.Expr, tablet_diameter: pl.Expr) -> pl.Expr:
    """Mean axial pressure on a round punch [Pa], p = 4·F/(π·D²): comparable across tablet sizes.

    force [N], tablet_diameter [m]. Exact for flat round punches. For a shallow cup, the area is the projected one.

    >>> pl.select((compression_pressure(pl.lit(10e3), pl.lit(0.01)) / 1e6).round(1)).item()
    127.3

    Reference: Tye, Sun, Amidon (2005) J. Pharm. Sci. 94, 465.
    """
    return 4 * force / (math.pi * tablet_diameter**2)


def strain_rate(fill_depth: pl.Expr, compressed_height: pl.Expr, time: pl.Expr) -> pl.Expr:
    """Mean rate of axial strain of the powder [1/s], (1 − h/h₀)/t.

    fill_depth h₀ [m], compressed_height h [m], time t [s] of the compression. The rate at first contact is higher than
    this mean. With the dwell time as t, the result ranks presses and speeds, and is larger than the true mean.

    >>> pl.select(strain_rate(pl.lit(0.008), pl.lit(0.004), pl.lit(0.05))).item()
    10.0

    Reference: Roberts, Rowe (1985) J. Pharm. Pharmacol. 37, 377 (effect of punch velocity).
    """
    return (1 - compressed_height / fill_depth) / time


def ejection_stress(ejection_force: pl.Expr, tablet_diameter: pl.Expr, band_height: pl.Expr) -> pl.Expr:
    """Shear stress at the die wall during ejection [Pa], τ = F/(π·D·h): comparable across tablet sizes.

    ejection_force [N], tablet_diameter D [m], band_height h [m] in contact with the die. Valid for round tablets.

    >>> pl.select((ejection_stress(pl.lit(200.0), pl.lit(0.006), pl.lit(0.002)) / 1e6).round(2)).item()
    5.31

    Reference: definition (friction force per area of contact).
    """
    return ejection_force / (math.pi * tablet_diameter * band_height)


def tensile_strength(breaking_force: pl.Expr, tablet_diameter: pl.Expr, tablet_thickness: pl.Expr) -> pl.Expr:
    """Tensile strength of a round tablet from diametral compression [Pa], σ = 2·F/(π·D·t).

    breaking_force [N], tablet_diameter [m], tablet_thickness [m]. Valid for flat-faced round tablets that break along
    the loaded diameter. For convex tablets, the result is an index, not a stress.

    >>> pl.select((tensile_strength(pl.lit(100.0), pl.lit(0.01), pl.lit(0.004)) / 1e6).round(3)).item()
    1.592

    Reference: Fell, Newton (1970) J. Pharm. Sci. 59, 688.
    """
    return 2 * breaking_force / (math.pi * tablet_diameter * tablet_thickness)
