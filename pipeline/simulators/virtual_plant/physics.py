"""Physics of a stirred vessel. Scale affects a culture only through these functions.

They do not use `pipeline.similarity`, so that an error there cannot also be in the truth that it is compared with. Units are SI;
pressures are absolute unless stated otherwise.
"""

import numpy as np

from pipeline.simulators.arrays import Array

GRAVITY = 9.81
DENSITY = 1005.0
"""Density of culture broth [kg/m³]."""
ATMOSPHERE = 101_325.0
GAS_CONSTANT = 8.314
OXYGEN_SOLUBILITY = 1.0 / ATMOSPHERE
"""Solubility of oxygen [mol/(m³·Pa)]: about 1.0 mmol/L under pure oxygen in medium at 37 °C (Schumpe et al. 1982)."""
CO2_SOLUBILITY = 0.0301 / 133.322
"""Solubility of CO₂ in plasma and medium at 37 °C [mol/(m³·Pa)]: 0.0301 mmol/L per mmHg."""
SURFACE_TRANSFER = 3.0e-5
"""Liquid film coefficient of the calm surface [m/s]; 1e-5 to 5e-5 in stirred cell culture."""
MMHG = 133.322
AIR_OXYGEN = 0.21
CARBONIC_PK = 6.1
"""pK of the first dissociation of carbonic acid at 37 °C and the ionic strength of medium."""
OXYGEN_HALF = 0.02 * AIR_OXYGEN
"""Dissolved oxygen at which uptake is half of the demand [mol/m³]: 2 % of air saturation. Critical concentrations of animal cells
are below 10 % (Doran 2013, chapter 10)."""


def liquid_height(volume: Array, tank_diameter: Array) -> Array:
    """Height of the liquid [m] in a flat-bottomed cylinder, 4V/(πT²)."""
    return 4 * volume / (np.pi * tank_diameter**2)


def power(agitation: Array, impeller_diameter: Array, power_number: Array, impellers: Array) -> Array:
    """Ungassed power [W] in turbulent flow, n·Np·ρ·N³·D⁵; agitation in 1/s."""
    return impellers * power_number * DENSITY * agitation**3 * impeller_diameter**5


def gassed_share(gas_flow: Array, agitation: Array, impeller_diameter: Array, volume: Array) -> Array:
    """Gassed over ungassed power, 0.10 (Q/(NV))^−0.25 (N²D⁴/(gWV^⅔))^−0.20, at most 1, with W = D/5 (Hughmark 1980)."""
    pumping = (gas_flow / (agitation * volume)) ** -0.25
    froude = (agitation**2 * impeller_diameter**4 / (GRAVITY * impeller_diameter / 5 * volume ** (2 / 3))) ** -0.20
    return np.minimum(1.0, 0.10 * pumping * froude)


def superficial_gas_velocity(gas_flow: Array, tank_diameter: Array) -> Array:
    """Gas flow per cross-section of the tank [m/s]."""
    return 4 * gas_flow / (np.pi * tank_diameter**2)


def kla(power_per_volume: Array, gas_velocity: Array, sparger: Array) -> Array:
    """Oxygen transfer coefficient [1/s], sparger factor · 0.026 (P/V)^0.4 vs^0.5 (van 't Riet 1979)."""
    return sparger * 0.026 * power_per_volume**0.4 * gas_velocity**0.5


def tip_speed(agitation: Array, impeller_diameter: Array) -> Array:
    """Speed of the impeller tip [m/s], πND."""
    return np.pi * agitation * impeller_diameter


def blend_time(
    agitation: Array, impeller_diameter: Array, tank_diameter: Array, power_number: Array, height: Array
) -> Array:
    """Time to 95 % homogeneity [s], 5.2/(N Np^⅓ (D/T)²) for H = T (Grenville 1992).

    Tall liquids blend more slowly: by (H/T)^½ with one impeller (Grenville). Several impellers keep zones apart, so this plant
    uses (H/T)^1.5, at least 1. With it, a vessel of 15 m³ has the 60 to 180 s that are reported for 10 to 15 m³.
    """
    tall = np.maximum(1.0, height / tank_diameter) ** 1.5
    return tall * 5.2 / (agitation * power_number ** (1 / 3) * (impeller_diameter / tank_diameter) ** 2)


def mean_pressure(height: Array, head_pressure: Array) -> Array:
    """Pressure at half height [Pa]: atmosphere, head pressure (gauge) and half of the hydrostatic pressure."""
    return ATMOSPHERE + head_pressure + DENSITY * GRAVITY * height / 2


def co2_removal(gas_flow: Array, volume: Array, kla_sparged: Array, height: Array, pressure: Array, kelvin: Array) -> Array:
    """CO₂ removal per volume and partial pressure of CO₂ in the liquid [mol/(m³·s·Pa)].

    Bubbles leave with the share 1 − exp(−NTU) of equilibrium, NTU = kLa·V·H·R·T/Q. If they leave saturated, only the gas flow
    per volume matters (Mostafa, Gu 2003; Sieblist et al. 2011). Removal through the surface is proportional to 1/height.
    """
    per_volume = gas_flow / volume
    transfer_units = 0.9 * kla_sparged * CO2_SOLUBILITY * GAS_CONSTANT * kelvin / per_volume
    sparged = per_volume * ATMOSPHERE / (GAS_CONSTANT * kelvin) * (1 - np.exp(-transfer_units)) / pressure
    return np.asarray(sparged + 0.9 * SURFACE_TRANSFER / height * CO2_SOLUBILITY)


def bicarbonate(co2_pressure: Array, ph: Array) -> Array:
    """Bicarbonate [mol/m³] at a partial pressure of CO₂ [Pa] and a pH (Henderson–Hasselbalch)."""
    return np.asarray(CO2_SOLUBILITY * co2_pressure * 10 ** (ph - CARBONIC_PK))


def co2_at(bicarbonate: Array, ph: Array) -> Array:
    """Partial pressure of CO₂ [Pa] at a concentration of bicarbonate [mol/m³] and a pH."""
    return np.asarray(bicarbonate / (CO2_SOLUBILITY * 10 ** (ph - CARBONIC_PK)))


def ph_of(bicarbonate: Array, co2_pressure: Array) -> Array:
    """Give the pH at a concentration of bicarbonate [mol/m³] and a partial pressure of CO₂ [Pa]."""
    return np.asarray(CARBONIC_PK + np.log10(bicarbonate / (CO2_SOLUBILITY * co2_pressure)))


def oxygen_under_pure_oxygen(kla: Array, demand: Array, pressure: Array) -> Array:
    """Dissolved oxygen [mol/m³] under pure oxygen, at which uptake equals transfer, q·C/(K+C) = kLa (C* − C).

    kla [1/s], demand q [mol/(m³·s)], pressure [Pa]. It is the highest dissolved oxygen of the vessel: the positive root of
    kLa C² + (q + kLa (K − C*)) C − kLa C* K.
    """
    saturation = OXYGEN_SOLUBILITY * pressure
    linear = demand / kla + OXYGEN_HALF - saturation
    return np.asarray((np.sqrt(linear**2 + 4 * saturation * OXYGEN_HALF) - linear) / 2)


def oxygen_share_of_gas(kla: Array, uptake: Array, concentration: Array, pressure: Array) -> Array:
    """Mole fraction of oxygen in the gas [-] for an uptake [mol/(m³·s)] at a concentration of dissolved oxygen [mol/m³]."""
    return np.clip((concentration + uptake / kla) / (OXYGEN_SOLUBILITY * pressure), AIR_OXYGEN, 1.0)


def agitation_for_power(per_volume: Array, volume: Array, diameter: Array, power_number: Array, impellers: Array) -> Array:
    """Agitation [1/s] that gives a power per volume [W/m³]."""
    return (per_volume * volume / (impellers * power_number * DENSITY * diameter**5)) ** (1 / 3)
