"""High-shear granulation: growth, width, porosity and strength of the granules."""

import math

import numpy as np

from pipeline.domain.arrays import FloatArray
from pipeline.simulators.tablet_train.states import Inputs

REFERENCE_EXPOSURE = 600.0
"""Exposure at which the traits of the granules hold [-]."""
REFERENCE_TIP_SPEED = 8.0
"""[m/s]."""
SURFACE_SHARE = 0.15
"""Speed of the powder surface over the tip speed [-] (Litster et al. 2002, Powder Technol. 124, 272: about 15 %)."""
REFERENCE_POROSITY = 0.28
"""Porosity of granules at which their strength is 1 [-]."""
GRAVITY = 9.81
"""[m/s²]."""


def tip_speed(own: Inputs) -> FloatArray:
    """Speed of the blade tips [m/s], π·N·D."""
    return np.asarray(math.pi * own["impeller_speed"] * own["impeller_diameter"])


def spray_flux(own: Inputs) -> FloatArray:
    """Dimensionless spray flux [-], 3·V̇/(2·v·w·d).

    Source: Litster et al. (2001) Powder Technol. 114, 32; regimes of nucleation: Hapgood, Litster, Smith (2003) AIChE J. 49, 350.
    """
    surface = SURFACE_SHARE * tip_speed(own)
    return np.asarray(3 * own["liquid_flow"] / (2 * surface * own["spray_width"] * own["drop_diameter"]))


def exposure(own: Inputs) -> FloatArray:
    """Exposure of the wet mass to the impeller [-]: swept volumes per bowl volume, times (tip speed/8 m/s)².

    The relative swept volume per time is that of Holm (1987) Drug Dev. Ind. Pharm. 13, 1675. The square of the tip speed
    stands for the energy of an impact (Iveson, Litster 1998, AIChE J. 44, 1510). Half of the time of spraying counts.
    """
    disc = math.pi / 4 * own["impeller_diameter"] ** 2
    swept = own["blade_count"] * own["impeller_speed"] * disc * own["blade_height"] / own["bowl_volume"]
    time = own["massing_time"] + 0.5 * own["liquid_mass"] / 1000 / own["liquid_flow"]
    return np.asarray(swept * time * (tip_speed(own) / REFERENCE_TIP_SPEED) ** 2)


def relative_liquid(own: Inputs) -> FloatArray:
    """Liquid per dry powder over its optimum [-]. A drug with more surface takes more liquid."""
    surface = 1 + 0.30 * own["drug_load"] * np.log(own["api_surface"] / 1.2)
    return np.asarray(own["liquid_mass"] / own["powder_mass"] / (own["optimum_liquid"] * surface))


def granulated(own: Inputs) -> dict[str, FloatArray]:
    """State of the wet granules.

    The logarithm of the size rises with the liquid (Kristensen, Schæfer 1987, Drug Dev. Ind. Pharm. 13, 803) and slightly with
    the exposure; fast blades break granules (Chitu et al. 2011, Powder Technol. 206, 34). The width rises with the share of the
    surface that the spray wets, 1 − exp(−Ψ) (Hapgood et al. 2004, Powder Technol. 141, 20). The porosity falls exponentially
    with the exposure (Iveson, Litster 1998). Coefficients without a source were set so that the results lie in published
    ranges.
    """
    liquid, worked = relative_liquid(own), exposure(own) / REFERENCE_EXPOSURE
    wetted = 1 - np.exp(-spray_flux(own))
    size = own["granule_size"] * np.exp(own["growth"] * (liquid - 1) + 0.06 * own["growth_deviation"])
    size = size * worked**0.15 * (tip_speed(own) / REFERENCE_TIP_SPEED) ** -0.5
    porosity = 0.17 + 0.27 * np.exp(-own["consolidation"] * worked * liquid**2) + 0.008 * own["porosity_deviation"]
    porosity = np.clip(porosity, 0.12, 0.48)
    strength = own["binder_viscosity"] / 30.0 * np.exp(-5.0 * (porosity - REFERENCE_POROSITY))
    return {
        "size": np.clip(size, 120e-6, 3e-3),
        "width": 0.52 + 0.38 * wetted + 0.02 * own["width_deviation"],
        "porosity": porosity,
        "strength": strength,
        "unevenness": 0.6 + 0.9 * wetted,
        "moisture": own["liquid_mass"] / own["powder_mass"] + 0.02,
        "degradant": own["api_impurity"],
        "api_size": own["api_d50"],
        "api_width": np.log(own["api_d90"] / own["api_d50"]) / 1.2816,
        "api_assay": own["api_assay_lot"],
    }


def impeller_power(own: Inputs) -> FloatArray:
    """Mean power of the impeller above that of the empty machine [W]. It rises with the saturation of the wet mass.

    The torque is a friction of the powder on the blades; it follows the liquid, the quantity on which operators stop
    (Leuenberger 1982, Pharm. Acta Helv. 57, 72).
    """
    rub = 0.22 + 0.14 * relative_liquid(own) ** 2
    return np.asarray(own["powder_mass"] * GRAVITY * tip_speed(own) * rub * np.exp(0.04 * own["growth_deviation"]))
