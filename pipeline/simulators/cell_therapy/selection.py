"""Receipt of the starting material and selection of T cells. Cells in 1e6, times in h, shares between 0 and 1."""

import numpy as np

from pipeline.simulators.arrays import Array

SELECTION_CAPACITY = 8_000.0
"""Load of T cells above which the separation loses cells [1e6]."""
LOSS_COLD = 0.022
"""Loss of viable cells at 4 °C [1/day]."""
LOSS_WARMTH = 0.085
"""Rise of the logarithm of this loss per kelvin [1/K]: five times faster at 22 °C than at 4 °C, roughly."""
THAW_SURVIVAL = 0.84
"""Share of viable cells that survive freezing and thawing."""
MONOCYTES = 0.45
"""Loss of yield per share of monocytes: they take up beads and hinder the selection."""
CARRIED = 0.16
"""Other cells that are carried along, per share of them in the material and at full yield."""


def loss_rate(temperature: Array, fragility: Array) -> Array:
    """Rate at which viable cells die while they wait [1/day].

    temperature [°C], fragility of the donor's cells relative to the average [-]. Viability falls over 72 h at every
    temperature, and less in the cold: Gniadek et al. (2018) Transfusion 58, 461.

    >>> loss_rate(np.array([4.0]), np.array([1.0]))
    array([0.022])
    """
    return np.asarray(LOSS_COLD * np.exp(LOSS_WARMTH * (temperature - 4.0)) * fragility)


def survival(rate: Array, hours: Array, frozen: Array) -> Array:
    """Share of the viable cells that are alive at receipt [-], exp(−k·t), or what freezing and thawing leave.

    rate k [1/day], hours of transit [h], frozen: 1 where the material travels frozen. Frozen cells do not die on the way.

    >>> survival(np.array([0.022]), np.array([24.0]), np.array([1.0]))
    array([0.84])
    """
    return np.asarray(np.where(frozen > 0, THAW_SURVIVAL, np.exp(-rate * hours / 24)))


def receipt_viability(collected: Array, alive: Array) -> Array:
    """Viable share at receipt [-]. Dead cells stay countable, but for half of those that thawing breaks open."""
    return np.asarray(collected * alive / (collected * alive + (1 - collected) + 0.55 * collected * (1 - alive)))


def selection_yield(site_yield: Array, monocytes: Array, loaded: Array) -> Array:
    """Share of the loaded T cells that are selected [-].

    site_yield at low load [-], share of monocytes [-], loaded T cells [1e6]. A clinical selection of CD4 and CD8 cells recovered
    55 ± 6 % (Zhu et al. 2018, Cytotherapy 20, 394).
    """
    return np.asarray(site_yield * (1 - MONOCYTES * monocytes) / (1 + (loaded / SELECTION_CAPACITY) ** 3) ** (1 / 3))


def selected_purity(monocytes: Array, viability: Array) -> Array:
    """Share of T cells among the selected cells [-]: monocytes and dead cells are carried along."""
    others = CARRIED * (0.35 + 1.6 * monocytes + 1.2 * (1 - viability))
    return np.asarray(1 - np.clip(others, 0.0, 0.6))
