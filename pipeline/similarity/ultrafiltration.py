"""Ultrafiltration and diafiltration along a membrane: pressure, flux, concentration, washing out and shear."""

import math

import polars as pl


def transmembrane_pressure(feed_pressure: pl.Expr, retentate_pressure: pl.Expr, permeate_pressure: pl.Expr) -> pl.Expr:
    """Mean pressure difference across the membrane [Pa], TMP = (p_F + p_R)/2 − p_P.

    feed_pressure p_F, retentate_pressure p_R and permeate_pressure p_P [Pa], all three above the atmosphere or all three absolute.
    Valid for a pressure that falls linearly along the channel; the osmotic pressure of the product is not subtracted.

    >>> pl.select(transmembrane_pressure(pl.lit(2e5), pl.lit(1e5), pl.lit(0.2e5))).item()
    130000.0

    Reference: Lutz (2015) Ultrafiltration for Bioprocessing.
    """
    return (feed_pressure + retentate_pressure) / 2 - permeate_pressure


def permeate_flux(permeate_flow: pl.Expr, membrane_area: pl.Expr) -> pl.Expr:
    """Flux through the membrane [m/s], J = Q_P/A; 3.6·10⁶ times the result is L/(m²·h).

    permeate_flow Q_P [m³/s], membrane_area A [m²]. Exact. It stops rising with the pressure where the product gels at the wall.

    >>> pl.select((permeate_flux(pl.lit(1 / 3600), pl.lit(20.0)) * 3.6e6).round(6)).item()
    50.0

    Reference: definition.
    """
    return permeate_flow / membrane_area


def concentration_factor(feed_volume: pl.Expr, retentate_volume: pl.Expr) -> pl.Expr:
    """Volume before over volume after concentration [-], X = V₀/V.

    feed_volume V₀ and retentate_volume V [m³]. Exact; a product that the membrane retains whole is concentrated by this factor.

    >>> pl.select(concentration_factor(pl.lit(1.0), pl.lit(0.1))).item()
    10.0

    Reference: Lutz (2015) Ultrafiltration for Bioprocessing.
    """
    return feed_volume / retentate_volume


def diafiltration_volumes(buffer_volume: pl.Expr, retentate_volume: pl.Expr) -> pl.Expr:
    """Buffer over volume in the loop [-], N = V_B/V.

    buffer_volume V_B and retentate_volume V [m³]. Valid for a constant volume in the loop.

    >>> pl.select(diafiltration_volumes(pl.lit(0.7), pl.lit(0.1)).round(6)).item()
    7.0

    Reference: Lutz (2015) Ultrafiltration for Bioprocessing.
    """
    return buffer_volume / retentate_volume


def washed_out_rest(diafiltration_volumes: pl.Expr, sieving: pl.Expr | float) -> pl.Expr:
    """Share of a solute that stays after diafiltration [-], c/c₀ = exp(−S·N).

    diafiltration_volumes N [-], sieving S [-]: concentration in the permeate over that in the loop, 1 for salts. Valid for a
    constant volume and a mixed loop. Dead legs wash out more slowly, and from about N = 10 they decide.

    >>> pl.select(washed_out_rest(pl.lit(5.0), 1.0).round(5)).item()
    0.00674

    Reference: Lutz (2015) Ultrafiltration for Bioprocessing.
    """
    return (-sieving * diafiltration_volumes).exp()


def fibre_shear_rate(flow: pl.Expr, fibre_count: pl.Expr, fibre_diameter: pl.Expr) -> pl.Expr:
    """Shear rate at the wall of hollow fibres [1/s], γ = 32·Q/(π·n·d³).

    flow Q through all fibres [m³/s], fibre_count n [-], inner fibre_diameter d [m]. Valid for laminar flow of a Newtonian liquid
    (Reynolds number in the fibre below 2,100).

    >>> pl.select(fibre_shear_rate(pl.lit(1e-5), pl.lit(100.0), pl.lit(1e-3)).round(0)).item()
    1019.0

    Reference: Hagen–Poiseuille; Bird, Stewart, Lightfoot (2002) Transport Phenomena, 2nd edition, chapter 2.
    """
    return 32 * flow / (math.pi * fibre_count * fibre_diameter**3)


def channel_shear_rate(flow: pl.Expr, channel_count: pl.Expr, width: pl.Expr, height: pl.Expr) -> pl.Expr:
    """Shear rate at the wall of flat channels [1/s], γ = 6·Q/(n·w·h²).

    flow Q through all channels [m³/s], channel_count n [-], width w and height h of one channel [m]. Valid for laminar flow of a
    Newtonian liquid in a wide open channel. A screen in the channel raises the shear rate; its effect is not in the formula.

    >>> pl.select(channel_shear_rate(pl.lit(1e-5), pl.lit(2.0), pl.lit(0.1), pl.lit(0.5e-3)).round(6)).item()
    1200.0

    Reference: Bird, Stewart, Lightfoot (2002) Transport Phenomena, 2nd edition, chapter 2.
    """
    return 6 * flow / (channel_count * width * height**2)
