"""Bead removal, wash, formulation, fill and freezing of the infusion bag. Cells in 1e6, times in h."""

import numpy as np

from pipeline.simulators.arrays import Array

HARVEST_YIELD = 0.95
"""Share of the viable cells that leave the device."""
SAMPLES = 0.02
"""Share of the harvest that is taken for samples."""
BEADS_LEFT = 3.2e-5
"""Share of the beads that the magnet leaves in the harvest."""
HOLD_DEATH = 0.012
"""Death of concentrated cells that wait for the fill [1/h]: little oxygen and medium."""
FREEZING_LOSS = 0.065
"""Share of the viable cells that freezing at 1 K/min and thawing kill, if a quarter of the cells is exhausted."""


def wash_recovery(recovery: Array, capacity: Array, loaded: Array) -> Array:
    """Share of the loaded viable cells that the wash keeps [-].

    recovery at low load [-], capacity [1e6], loaded viable cells [1e6].
    """
    return np.asarray(recovery / (1 + (loaded / capacity) ** 2.5) ** 0.35)


def hold_survival(hours: Array, exhausted: Array) -> Array:
    """Share of the viable cells that survive the hold before the fill [-]. Exhausted cells die faster."""
    return np.asarray(np.exp(-HOLD_DEATH * (0.7 + 1.2 * exhausted) * hours))


def thaw_survival(cooling: Array, exhausted: Array, fragility: Array) -> Array:
    """Share of the viable cells that survive freezing and thawing [-].

    cooling rate [K/min]; exhausted share [-]; fragility of the donor's cells [-]. At 1 K/min or slower the loss is small (Baboo
    et al. 2019, Sci. Rep. 9, 3417); faster cooling and old cultures cost more.
    """
    loss = FREEZING_LOSS * (1 + 2.0 * np.maximum(cooling - 1.0, 0)) * (0.6 + 1.6 * exhausted) * fragility**0.5
    return np.asarray(1 - np.minimum(loss, 0.9))


def residual_beads(beads: Array, cells: Array) -> Array:
    """Beads that are left, per 1e6 cells [-]: beads [1e6] that were added, cells [1e6] over which they are spread."""
    return np.asarray(BEADS_LEFT * beads * 1e6 / cells)
