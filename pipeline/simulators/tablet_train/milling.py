"""Milling of dry granules in a conical screen mill."""

import math

import numpy as np

from pipeline.domain.arrays import FloatArray
from pipeline.simulators.tablet_train.normal import normal_distribution
from pipeline.simulators.tablet_train.states import Inputs, State

FINES = 75e-6
"""Sieve below which granules count as fines [m]."""
SOLID_DENSITY = 1500.0
"""Density of the solid without pores [kg/m³]."""


def milling_energy(own: Inputs) -> FloatArray:
    """Work per mass above the idle power [J/kg]: 50 impacts at the tip speed, more of them with a finer screen or a starved mill.

    Net energies of conical mills are some kJ/kg (Verheezen et al. 2004, Int. J. Pharm. 278, 165, on milling of granules).
    """
    tip = math.pi * own["rotor_speed"] * own["rotor_diameter"]
    starved = (own["mill_flow"] / (1.1 * own["rotor_diameter"] ** 2)) ** -0.25
    return np.asarray(50.0 * tip**2 * 1e-3 / own["screen"] * starved)


def milled(state: State, own: Inputs) -> dict[str, FloatArray]:
    """State of the milled granules: size by the law of Bond below a cap by the screen, fines, bulk density and flow.

    Bond (1952) Trans. AIME 193, 484: w = W·(√(100 µm/P) − √(100 µm/F)). The work index grows with the strength of the granules.
    Granules of a wide size range pack more densely (Cumberland, Crawford 1987, The Packing of Particles).
    """
    reduction = milling_energy(own) / (own["work_index"] * state["strength"])
    broken = 1e-4 / (np.sqrt(1e-4 / state["size"]) + reduction) ** 2
    cap = 0.45 * own["screen"]
    size = broken * (1 + (broken / cap) ** 3) ** (-1 / 3) * np.exp(0.03 * own["size_deviation"])
    width = 0.42 + 0.55 * (state["width"] - 0.42)
    fines = normal_distribution(np.log(FINES / size) / width)
    packing = 0.50 * (1 + 0.25 * (width - 0.55)) * np.exp(0.015 * own["packing_deviation"])
    density = SOLID_DENSITY * (1 - state["porosity"]) * packing
    wet = np.exp(-6.0 * np.maximum(state["moisture"] - 0.02, 0.0))
    flow = (size / 250e-6) ** 0.5 * np.exp(-3.0 * fines) * (density / 540.0) ** 0.5 * wet
    return {**state, "size": size, "width": width, "fines": fines, "bulk_density": density, "flow": flow}
