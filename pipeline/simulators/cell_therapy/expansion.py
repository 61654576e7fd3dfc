"""Expansion in a closed device: growth with limits of oxygen and medium, doublings, and what the doublings leave.

Cells in 1e6, volumes in mL, times in h. The equations are integrated in steps of two hours for all patient lots at once.
"""

from dataclasses import dataclass

import numpy as np

from pipeline.simulators.arrays import Array
from pipeline.simulators.cell_therapy.logistic import logistic

STEP = 2.0
"""Step of the integration [h]."""
SEEDED_DAY = 3.0
GROWTH_RATE = 0.0425
"""Largest specific growth rate of activated T cells [1/h]: a doubling time of 16 h."""
DEATH_RATE = 0.0011
"""Specific death rate without limits [1/h]."""
LYSIS_RATE = 0.012
"""Lysis of dead cells [1/h]."""
FADING = 9.6
"""Time since activation at which the signal to divide has fallen to 1/e [days]."""
OXYGEN_UPTAKE = 1.1e-10
"""Oxygen uptake of an activated T cell [mmol/(cell·h)]."""
HALF_MEDIUM = 45.0
"""Fresh medium per cell at which growth is halved [pL/(cell·day)]."""
FIRST_MEDIUM = 2.5
"""Days for which the first filling feeds the cells."""
SPARSE = 0.12
"""Cell density at which the signals between cells are too weak for half of the growth [1e6/mL]."""
MOST_DEVICES = 50.0


@dataclass(frozen=True)
class Culture:
    """What the devices of a patient lot hold at one time."""

    viable: Array
    """Viable cells per device [1e6]."""
    dead: Array
    """Dead cells that are still whole, per device [1e6]."""
    divisions: Array
    """Mean number of divisions since seeding [-]."""


def room_factor(room: Array, devices: Array) -> Array:
    """Growth rate in a suite with this number of devices in parallel, relative to one device alone [-].

    room: loss of growth rate at 50 devices [-]. Doors, late feeding and shared incubators disturb more often; the loss grows
    with the logarithm of the number.

    >>> room_factor(np.array([0.2, 0.2]), np.array([1.0, 50.0]))
    array([1. , 0.8])
    """
    return np.asarray(1 - room * np.log(devices) / np.log(MOST_DEVICES))


def oxygen_factor(density: Array, transfer: Array) -> Array:
    """Share of the oxygen demand that the device covers, as a smooth minimum of 1 and supply over demand [-].

    density of viable cells [1e6/mL], transfer: largest rate of oxygen transfer [mmol/(L·h)].
    """
    demand = density * 1e9 * OXYGEN_UPTAKE
    return np.asarray((1 + (demand / transfer) ** 4) ** -0.25)


def medium_factor(density: Array, perfusion: Array) -> Array:
    """Growth with this much fresh medium per cell, relative to plenty [-].

    density of viable cells [1e6/mL], perfusion in volumes per day [1/day]. Fresh medium per cell and day (CSPR) counts,
    whatever the density: Ozturk (1996) Cytotechnology 22, 3. The first filling counts as a supply over some days.
    """
    supply = (perfusion + 1 / FIRST_MEDIUM) * 1e3 / np.maximum(density, 1e-6)
    return np.asarray(supply / (supply + HALF_MEDIUM))


def expanded(
    seeded: Array,
    days: Array,
    volume: Array,
    transfer: Array,
    perfusion: Array,
    growth: Array,
    viability: Array,
) -> Culture:
    """Culture after `days` since activation.

    seeded: viable cells per device on day 3 [1e6]; volume [mL]; transfer [mmol/(L·h)]; perfusion [1/day]; growth relative to
    the average [-]; viability of the seeded cells [-].
    """
    viable, dead = seeded.astype(float), seeded * (1 / viability - 1)
    divisions = np.zeros_like(viable)
    steps = int(np.ceil((days.max() - SEEDED_DAY) * 24 / STEP))
    for number in range(steps):
        now = SEEDED_DAY + number * STEP / 24
        share = np.clip((days - now) * 24 / STEP, 0.0, 1.0) * STEP  # hours that this lot still has in the step
        density = viable / volume
        oxygen, medium = oxygen_factor(density, transfer), medium_factor(density, perfusion)
        signal = np.exp(-((now / FADING) ** 2)) * density / (density + SPARSE)
        rate = GROWTH_RATE * growth * signal * oxygen * medium
        death = DEATH_RATE * (1 + 4.5 * (1 - oxygen) + 2.2 * (1 - medium) + 0.10 * np.maximum(now - 8, 0))
        lost = viable * death
        dead = dead + (lost - LYSIS_RATE * dead) * share
        viable = viable * np.exp((rate - death) * share)
        divisions = divisions + rate * share / np.log(2)
    return Culture(viable, dead, divisions)


def memory_share(naive: Array, divisions: Array, beads: Array) -> Array:
    """Share of naive and central memory cells after so many divisions [-].

    naive: share in the starting material [-], divisions [-], beads per cell [-]. Cells differentiate as they divide, and more
    so under a strong signal: Ghassemi et al. (2018) Cancer Immunol. Res. 6, 1100 (day 3 against day 9).
    """
    start = np.log(naive / (1 - naive)) + 1.9
    return logistic(np.asarray(start - 0.34 * divisions - 0.10 * (beads - 2.6)))


def exhausted_share(divisions: Array, beads: Array, lines: Array, product: Array) -> Array:
    """Share of exhausted cells at harvest [-]: it grows with divisions, the signal, the lines of treatment and the receptor."""
    return logistic(np.asarray(-3.1 + 0.30 * divisions + 0.20 * (beads - 2.6) + 0.09 * (lines - 2) + product))


def car_share(transduced: Array, divisions: Array, advantage: Array) -> Array:
    """Share of CAR+ cells after so many divisions [-]. advantage: change of the log-odds per division [-]."""
    return logistic(np.asarray(np.log(transduced / (1 - transduced)) + advantage * divisions))
