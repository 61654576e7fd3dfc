"""Compression on a rotary press: density, strength and mass of the cores."""

import math

import numpy as np

from pipeline.domain.arrays import FloatArray
from pipeline.simulators.tablet_train.granulation import REFERENCE_POROSITY
from pipeline.simulators.tablet_train.states import Inputs, State

REFERENCE_DWELL = 0.010
"""Dwell time at which the yield pressures hold [s]."""


def dwell_time(own: Inputs) -> FloatArray:
    """Time under full compression [s], L/(π·N·D). Source: Tye, Sun, Amidon (2005) J. Pharm. Sci. 94, 465."""
    return np.asarray(own["punch_head_flat"] / (math.pi * own["turret_speed"] * own["pitch_circle"]))


def pressure(own: Inputs) -> FloatArray:
    """Pressure on the punch [Pa], 4·F/(π·D²)."""
    return np.asarray(4 * own["force"] / (math.pi * own["tablet_diameter"] ** 2))


def solid_fraction(state: State, own: Inputs) -> FloatArray:
    """Solid fraction of the core [-], 1 − exp(−(P/P_y + 0.65)).

    Source of the form: Heckel (1961) Trans. Metall. Soc. AIME 221, 671. The yield pressure rises at short dwell times (Roberts,
    Rowe 1985, J. Pharm. Pharmacol. 37, 377), falls with moisture, which softens cellulose (Sun 2008, Int. J. Pharm. 346, 93), and
    is higher for dense granules (Badawy, Gray, Hussain 2006, Pharm. Res. 23, 634).
    """
    soft = np.exp(-6.0 * (state["moisture"] - 0.025) - 0.9 * (state["porosity"] - REFERENCE_POROSITY))
    rated = own["yield_pressure"] * (dwell_time(own) / REFERENCE_DWELL) ** -own["speed_sensitivity"] * soft
    return np.asarray(np.clip(1 - np.exp(-(pressure(own) / rated + 0.65)), 0.60, 0.97))


def weight_variation(state: State, own: Inputs) -> FloatArray:
    """Relative standard deviation of the mass of cores [%]: poor flow and a short time below the feeder make it larger.

    A die is below the feeder for a fifth of a turn. Source of the direction: Peeters et al. (2015) Drug Dev. Ind. Pharm. 41, 530.
    """
    filling = 0.2 / own["turret_speed"]
    flow = 0.62 * (0.2 / filling) ** 0.7 / state["flow"] * (250.0 / own["tablet_mg"]) ** 0.3
    return np.asarray(np.hypot(0.55, flow) * np.exp(0.06 * own["weight_deviation"]))


def compressed(state: State, own: Inputs) -> dict[str, FloatArray]:
    """State of the cores.

    Strength: σ₀·exp(−b·(1 − φ)) (Ryshkewitch 1953, J. Am. Ceram. Soc. 36, 65; Duckworth 1953, same journal, 68), which at equal
    solid fraction does not depend on speed (Tye et al. 2005); times what lubrication leaves (Kushner, Moore 2010); smaller
    granules bond better (Sun, Himmelspach 2006, J. Pharm. Sci. 95, 200).
    """
    dense = solid_fraction(state, own)
    left = 1 - own["lost_strength"] * state["lubricated"]
    strength = own["dense_strength"] * np.exp(-own["bonding_capacity"] * (1 - dense)) * left * state["bonding"]
    strength = strength * (state["size"] / 250e-6) ** -0.25 * np.exp(0.04 * own["strength_deviation"])
    weight = weight_variation(state, own)
    return {
        **state,
        "solid_fraction": dense,
        "tensile_strength": strength,
        "weight_rsd": weight,
        "content_rsd": np.hypot(state["blend_rsd"], weight),
    }
