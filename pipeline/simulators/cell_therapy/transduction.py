"""Activation with beads, transduction by a lentiviral vector, and the wash on day 3. Cells in 1e6, volumes in mL, times in h."""

import numpy as np

from pipeline.simulators.arrays import Array

TRANSDUCTION_HOURS = 24.0
"""Time for which vector and cells are together."""
VECTOR_HALF_LIFE = 10.4
"""Half-life of a lentiviral vector at 37 °C [h]: Higashikawa, Chang (2001) Virology 280, 124."""
ADSORPTION = 1.6e-8
"""Rate of adsorption of a vector [mL/(cell·h)]."""
BEADS_HALF = 0.9
"""Beads per cell that activate half of the cells that can be activated."""
MOST_ACTIVATED = 0.97
REFERENCE_RATIO = 220.0
"""Particles per transducing unit at which the label holds."""
DAY = 24.0
WASH_YIELD = 0.88
"""Share of the viable cells that the wash on day 3 keeps."""


def activated_share(bead_ratio: Array, delay: Array, purity: Array, viability: Array) -> Array:
    """Share of the T cells that are activated [-].

    bead_ratio in beads per cell [-], delay from selection to activation [h], purity of the selected cells [-], viability at receipt
    [-]. It saturates with beads (Trickett, Kwan 2003, J. Immunol. Methods 275, 251: usually 3 beads per cell). Resting cells
    lose some of their response, and other cells take up beads.
    """
    free = bead_ratio * np.clip(1 - 1.5 * (1 - purity), 0.2, 1.0)
    return np.asarray(MOST_ACTIVATED * free**2 / (free**2 + BEADS_HALF**2) * np.exp(-0.012 * delay) * viability**0.5)


def adsorbed_share(cells: Array, volume: Array) -> Array:
    """Share of the vectors that meet a cell before they decay [-], 1 − exp(−k·C·t_eff), with t_eff = (1 − exp(−λt))/λ.

    cells [1e6], volume of cells, medium and vector [mL]. Vectors reach cells by diffusion and decay meanwhile, so that the
    concentration of cells decides: Chuck, Clarke, Palsson (1996) Hum. Gene Ther. 7, 1527.
    """
    decay = np.log(2) / VECTOR_HALF_LIFE
    effective = (1 - np.exp(-decay * TRANSDUCTION_HOURS)) / decay
    return np.asarray(1 - np.exp(-ADSORPTION * cells * 1e6 / volume * effective))


def effective_moi(
    moi: Array, adsorbed: Array, infectivity: Array, permissivity: Array, activated: Array, particle_ratio: Array
) -> Array:
    """Expressed copies per cell [-]: transducing units per cell, less those that meet no cell or no activated cell.

    moi by the label of the vector lot [-], adsorbed share [-], infectivity of the product's vector [-], permissivity of the donor's
    cells [-], activated share [-], particle_ratio in particles per transducing unit [-]: empty particles compete.
    """
    competition = (REFERENCE_RATIO / particle_ratio) ** 0.35
    return np.asarray(moi * adsorbed * infectivity * permissivity * activated**1.5 * competition)


def transduced_share(moi: Array) -> Array:
    """Share of cells with an expressed copy [-], 1 − exp(−MOI), if copies hit cells at random (Poisson).

    Source: Fehse et al. (2004) Gene Ther. 11, 879.

    >>> transduced_share(np.array([0.5])).round(4)
    array([0.3935])
    """
    return np.asarray(1 - np.exp(-moi))


def copies_per_transduced_cell(moi: Array, expression: Array) -> Array:
    """Integrated copies per CAR+ cell [-], (MOI/e)/(1 − exp(−MOI)): e is the share of copies that are expressed.

    Silent copies lie also in cells that do not show the receptor. The assay divides all copies by the CAR+ cells.

    >>> copies_per_transduced_cell(np.array([1e-6]), np.array([1.0])).round(4)
    array([1.])
    """
    return np.asarray(moi / expression / (1 - np.exp(-moi)))


def day3_cells(cells: Array, activated: Array, growth: Array) -> Array:
    """Viable cells before the wash on day 3 [1e6]: cells that are not activated die, the others begin to divide after some 36 h.

    cells put to activation [1e6], activated share [-], growth rate relative to the average [-].
    """
    return np.asarray(cells * (activated * np.exp(0.030 * growth * 1.5 * DAY) + (1 - activated) * 0.35) * 0.62)
