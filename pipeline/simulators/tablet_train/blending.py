"""Blending of granules with the outer phase, and lubrication, in a bin blender."""

import math

import numpy as np

from pipeline.domain.arrays import FloatArray
from pipeline.simulators.tablet_train.states import Inputs, State

API_DENSITY = 1350.0
"""[kg/m³]."""
GRAVITY = 9.81
"""[m/s²]."""


def fill(state: State, own: Inputs) -> FloatArray:
    """Share of the blender that the powder fills [-]."""
    return np.asarray(own["blend_mass"] / (state["bulk_density"] * own["blender_volume"]))


def froude(own: Inputs) -> FloatArray:
    """Froude number of the blender [-], (2π·N)²·R/g. Source: Alexander, Shinbrot, Muzzio (2002) Powder Technol. 126, 174."""
    return np.asarray((2 * math.pi * own["rotation"]) ** 2 * own["blender_radius"] / GRAVITY)


def lubrication_extent(state: State, own: Inputs) -> FloatArray:
    """Extent of lubrication [m], V^⅓·headspace·revolutions. Source: Kushner, Moore (2010) Int. J. Pharm. 399, 19."""
    headspace = np.clip(1 - fill(state, own), 0.10, 0.95)
    return np.asarray(own["blender_volume"] ** (1 / 3) * headspace * own["rotation"] * own["lubrication_time"])


def lubricated_share(extent: FloatArray, own: Inputs) -> FloatArray:
    """How far lubrication has gone [-], 1 − exp(−γ·K), from 0 to 1.

    The rate γ rises with the amount and the surface of the lubricant. Source of the form: Kushner, Moore (2010). That it holds
    from 30 mL bottles to bins of 2,000 L: Kushner, Schlack (2014) Int. J. Pharm. 475, 147.
    """
    rate = own["lubricant_sensitivity"] * own["lubricant_share"] / 0.0075 * (own["stearate_surface"] / 8.0) ** 0.5
    return np.asarray(1 - np.exp(-rate * extent))


def random_unevenness(state: State, own: Inputs) -> FloatArray:
    """Relative standard deviation of the content of a tablet by the number of drug particles [%].

    100·√(π·ρ·d³·exp(4.5·σ²)/(6·dose)) for a lognormal size of median d. Source: Yalkowsky, Bolton (1990) Pharm. Res. 7, 962.
    """
    mass = math.pi / 6 * API_DENSITY * state["api_size"] ** 3 * np.exp(4.5 * state["api_width"] ** 2)
    return np.asarray(100 * np.sqrt(mass / (own["strength_mg"] * 1e-6)))


def blended(state: State, own: Inputs) -> dict[str, FloatArray]:
    """State of the lubricated blend.

    The unevenness has three parts: particles of the drug, what revolutions have not yet mixed (an exponential fall with the
    number of turns, slow in a full blender: Brone, Alexander, Muzzio 1998, AIChE J. 44, 271), and segregation when a bin is
    emptied, which grows with the width of the granules and the height of the fall (Ketterhagen et al. 2007, Chem. Eng. Sci. 62,
    6423).
    """
    loaded = fill(state, own)
    turns = own["rotation"] * (own["blending_time"] + own["lubrication_time"])
    slow = 22.0 * np.exp(4.0 * np.maximum(loaded - 0.60, 0.0)) * (0.15 / froude(own)) ** 0.10
    unmixed = 25.0 * (1 - own["drug_load"]) * np.exp(-turns / slow)
    height = (own["blender_volume"] ** (1 / 3) / 0.5) ** 0.5
    segregated = own["segregation"] * state["width"] / 0.55 * state["unevenness"] * height * (1 - own["drug_load"])
    segregated = segregated * np.exp(0.10 * own["segregation_deviation"])
    parts = [random_unevenness(state, own), unmixed, segregated]
    inner = own["granulated_share"]
    return {
        **state,
        "moisture": inner * state["moisture"] + (1 - inner) * own["mcc_moisture"],
        "blend_rsd": np.sqrt(sum((part**2 for part in parts), np.zeros_like(unmixed))),
        "extent": lubrication_extent(state, own),
        "lubricated": lubricated_share(lubrication_extent(state, own), own),
        "bonding": (own["mcc_density"] / 320.0) ** -0.6,
    }
