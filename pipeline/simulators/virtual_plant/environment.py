"""The environment of the cells at one time: temperature, gases, pH and osmolality.

Gases reach equilibrium within minutes, which is short compared with a culture of days: they are computed from balances without
delay. The base that was added is a state of the culture.
"""

from dataclasses import dataclass

import numpy as np

from pipeline.simulators.arrays import Array
from pipeline.simulators.virtual_plant import physics
from pipeline.simulators.virtual_plant.culture import Culture, Motion
from pipeline.simulators.virtual_plant.faults import (
    FOAM_PRESSURE,
    contaminant_density,
    excursion,
    oxygen_reading,
    probe_error,
    transfer_left,
    vent_closed,
)
from pipeline.simulators.virtual_plant.states import State

SHIFT_TAKES = 2.0
"""Time constant of a temperature shift [h]."""
DEADBAND = 0.03
"""Half width of the range of pH around the set-point in which the controller does nothing."""
MEDIUM_BUFFER = 16.0
"""Excess of strong cations in medium and feed, balanced by bicarbonate [mmol/L]. Media contain 15 to 30 mmol/L of bicarbonate."""
LEAST_BUFFER = 0.5
"""Least buffer [mmol/L]: other buffers of the medium hold the pH when bicarbonate is used up."""
RESPIRATION_COOLING = 0.047
"""Relative decrease of oxygen uptake per kelvin [1/K]: 5.53 at 37.5 °C, 3.97 pmol/(cell·d) at 30.5 °C (Goudar et al. 2011)."""
RESPIRATORY_QUOTIENT = 1.0
"""CO₂ produced per oxygen consumed: between 0.98 and 1.23 (Goudar et al. 2011, Biotechnol. Bioeng. 108)."""
CONTAMINANT_DEMAND = 6.0
"""Oxygen uptake of a fully grown contamination [mmol/(L·h)]."""
MOST_CO2 = 400.0
"""Upper limit of the partial pressure of CO₂ [mmHg]."""
FEED_INERT = 560.0
"""Osmolality of the feed without glucose and glutamine [mOsm/kg]: concentrated feeds have 800 to 1,200 in all."""
START_GLUCOSE = 36.0
START_GLUTAMINE = 5.0
START_AMMONIA = 0.6
"""Concentrations in fresh medium [mmol/L]."""


@dataclass(frozen=True)
class Environment:
    """The environment, as arrays over batches."""

    celsius: Array
    """Temperature of the broth [°C]."""
    ph: Array
    """True pH of the broth; a probe may show another value."""
    co2: Array
    """Partial pressure of CO₂ in the liquid [mmHg]."""
    oxygen: Array
    """Dissolved oxygen [mol/m³]."""
    supply: Array
    """Share of the oxygen demand that is met."""
    uptake: Array
    """Oxygen uptake [mol/(m³·s)]."""
    oxygen_in_gas: Array
    """Mole fraction of oxygen in the gas that the uptake requires."""
    kla: Array
    """Oxygen transfer coefficient [1/s]."""
    osmolality: Array
    """Osmolality [mOsm/kg]."""
    motion: Motion
    """Motion of broth and gas."""
    base_demand: Array
    """Bicarbonate that is missing to reach the lower end of the pH range [mmol/L]; 0 if none is missing."""


def temperature(culture: Culture, hour: Array | float) -> Array:
    """Temperature of the broth [°C], with the shift from growth to production and any excursion."""
    s = culture.setting
    shifted = 0.5 * (1 + np.tanh((hour - 24 * s["shift_day"]) / SHIFT_TAKES))
    return np.asarray(
        s["temperature"] + (s["temperature_after_shift"] - s["temperature"]) * shifted + excursion(culture.onset, hour)
    )


def probe_ph(culture: Culture, ph: Array, hour: Array | float) -> Array:
    """The pH that the probe shows."""
    return np.asarray(ph - probe_error(culture.onset, hour))


def probe_oxygen(culture: Culture, oxygen: Array, hour: Array | float) -> Array:
    """The dissolved oxygen that the probe shows."""
    return np.asarray(oxygen * oxygen_reading(culture.onset, hour))


def head_pressure(culture: Culture, hour: Array | float) -> Array:
    """Gauge pressure of the headspace [Pa]."""
    return np.asarray(culture.setting["head_pressure"] + FOAM_PRESSURE * vent_closed(culture.onset, hour))


def environment(culture: Culture, state: State, hour: Array | float) -> Environment:
    """Solve the balances of gases and acids at one time."""
    s, v = culture.setting, culture.vessel
    celsius = temperature(culture, hour)
    volume = v["working_volume"] * state.volume / (1 + s["feed_share"])
    height = physics.liquid_height(volume, v["tank_diameter"])
    pressure = physics.mean_pressure(height, head_pressure(culture, hour))
    motion = culture.motion(hour)
    open_share = transfer_left(culture.onset, hour)
    kla = open_share * _kla(culture, motion, volume)
    demand = _oxygen_demand(culture, state, celsius, hour)
    held = (
        s["dissolved_oxygen"]
        / oxygen_reading(culture.onset, hour)
        / 100
        * physics.AIR_OXYGEN
        * physics.ATMOSPHERE
        * physics.OXYGEN_SOLUBILITY
    )
    oxygen = np.minimum(held, physics.oxygen_under_pure_oxygen(kla, demand, pressure))
    supply = oxygen / (physics.OXYGEN_HALF + oxygen)
    removal = physics.co2_removal(open_share * motion.gas_flow, volume, kla, height, pressure, celsius + 273.15)
    buffer = np.maximum(MEDIUM_BUFFER + state.base + state.ammonia - state.lactate, LEAST_BUFFER)
    target = s["ph"] + probe_error(culture.onset, hour)
    respired = RESPIRATORY_QUOTIENT * demand * supply / removal
    sparged = physics.co2_at(buffer, target + DEADBAND)  # if the pH is too high, the controller adds CO₂ to the gas
    co2 = np.minimum(np.maximum(respired, sparged), MOST_CO2 * physics.MMHG)
    return Environment(
        celsius=celsius,
        ph=physics.ph_of(buffer, co2),
        co2=co2 / physics.MMHG,
        oxygen=oxygen,
        supply=supply,
        uptake=demand * supply,
        oxygen_in_gas=physics.oxygen_share_of_gas(kla, demand * supply, oxygen, pressure),
        kla=kla,
        osmolality=osmolality(culture, state, buffer),
        motion=motion,
        base_demand=np.maximum(physics.bicarbonate(co2, target - DEADBAND) - buffer, 0.0),
    )


def _kla(culture: Culture, motion: Motion, volume: Array) -> Array:
    v = culture.vessel
    left = physics.gassed_share(motion.gas_flow, motion.agitation, v["impeller_diameter"], volume)
    return physics.kla(motion.ungassed_power * left / volume, motion.gas_velocity, v["sparger_factor"])


def _oxygen_demand(culture: Culture, state: State, celsius: Array, hour: Array | float) -> Array:
    """Oxygen that cells and any contamination could consume [mol/(m³·s)]."""
    cells = culture.trait["oxygen_demand"] * np.exp(RESPIRATION_COOLING * (celsius - 37)) * state.viable
    return np.asarray((cells + CONTAMINANT_DEMAND * contaminant_density(culture.onset, hour) + 1e-6) / 3600)


def osmolality(culture: Culture, state: State, buffer: Array) -> Array:
    """Osmolality [mOsm/kg]: inert solutes of medium and feed, and all solutes of the balances."""
    medium = culture.material["base_osmolality"] - START_GLUCOSE - START_GLUTAMINE - START_AMMONIA
    fresh = 1 / state.volume
    solutes = state.glucose + state.glutamine + state.lactate + state.ammonia + state.base
    return np.asarray(medium * fresh + FEED_INERT * (1 - fresh) + solutes + buffer - MEDIUM_BUFFER)
