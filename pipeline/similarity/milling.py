"""Size reduction in mills."""

import polars as pl

BOND_SIZE = 1e-4
"""Size of the product to which Bond's work index refers [m]: 100 µm."""


def bond_energy(work_index: pl.Expr, feed_size: pl.Expr, product_size: pl.Expr) -> pl.Expr:
    """Work per mass that a reduction of size takes [J/kg], w = W·(√(100 µm/P) − √(100 µm/F)).

    work_index W [J/kg]: work per mass from a very large size to 100 µm; feed_size F and product_size P [m]: the sieves
    through which 80 % of the mass pass. Fitted to minerals in ball and rod mills above about 50 µm; for other materials it
    ranks mills and scales.

    >>> pl.select(bond_energy(pl.lit(45_864.0), pl.lit(0.0508), pl.lit(0.003175)).round(0)).item()
    6105.0

    Reference: Bond (1952) Trans. AIME 193, 484.
    """
    return work_index * ((BOND_SIZE / product_size).sqrt() - (BOND_SIZE / feed_size).sqrt())


def bond_work_index(specific_energy: pl.Expr, feed_size: pl.Expr, product_size: pl.Expr) -> pl.Expr:
    """Work index that a mill shows in operation [J/kg], W = w/(√(100 µm/P) − √(100 µm/F)): comparable across feeds and products.

    specific_energy w [J/kg] without the idle power, feed_size F and product_size P [m] as in `bond_energy`.

    >>> pl.select((bond_work_index(pl.lit(6105.0), pl.lit(0.0508), pl.lit(0.003175)) / 1e3).round(2)).item()
    45.87

    Reference: Bond (1952) Trans. AIME 193, 484.
    """
    return specific_energy / ((BOND_SIZE / product_size).sqrt() - (BOND_SIZE / feed_size).sqrt())


def specific_milling_energy(power: pl.Expr, mass_flow: pl.Expr) -> pl.Expr:
    """Work per mass in a mill that runs steadily [J/kg], w = P/ṁ.

    power P [W] above the idle power, mass_flow ṁ [kg/s]. Exact as a mean.

    >>> pl.select(specific_milling_energy(pl.lit(500.0), pl.lit(0.05))).item()
    10000.0

    Reference: definition.
    """
    return power / mass_flow
