"""What the cells meet at one moment: temperature, gases, pH and osmolality. Minutes are short against a culture of days,
so gases follow at once; the base that has been added is a state and stays."""

from dataclasses import dataclass

import numpy as np

from pipeline.simulators.virtual_plant import physics
from pipeline.simulators.virtual_plant.arrays import Array
from pipeline.simulators.virtual_plant.culture import Culture
from pipeline.simulators.virtual_plant.faults import excursion, intruder, probe_error, transfer_left
from pipeline.simulators.virtual_plant.states import State

SHIFT_TAKES = 2.0
"""Time in which the temperature follows a shift [h]."""
DEADBAND = 0.03
"""Units of pH around the set-point in which the controller does nothing."""
MEDIUM_BUFFER = 16.0
"""Strong-ion surplus of medium and feed, held by bicarbonate [mmol/L]; media start with 15 to 30 mmol/L of bicarbonate."""
LEAST_BUFFER = 0.5
"""[mmol/L]: other buffers of the medium hold the pH where bicarbonate is used up."""
RESPIRATION_COOLING = 0.047
"""Fall of oxygen uptake per kelvin of cooling [1/K]: 5.53 at 37.5 °C, 3.97 pmol/(cell·d) at 30.5 °C (Goudar et al. 2011)."""
RESPIRATORY_QUOTIENT = 1.0
"""Between 0.98 and 1.23 (Goudar et al. 2011, Biotechnol. Bioeng. 108)."""
INTRUDER_DEMAND = 6.0
"""Oxygen uptake of a full-grown contamination [mmol/(L·h)]."""
MOST_CO2 = 400.0
"""[mmHg]"""
FEED_INERT = 560.0
"""Osmolality of the feed without glucose and glutamine [mOsm/kg]: concentrated feeds have 800 to 1,200 in all."""
START_GLUCOSE = 36.0
START_GLUTAMINE = 5.0
START_AMMONIA = 0.6
"""[mmol/L]"""


@dataclass(frozen=True)
class Environment:
    """Arrays over batches."""

    celsius: Array
    ph: Array
    """Of the broth; a probe may show another."""
    co2: Array
    """Partial pressure in the liquid [mmHg]."""
    oxygen: Array
    """Dissolved [mol/m³]."""
    supply: Array
    """Share of the oxygen demand that is met."""
    uptake: Array
    """Of oxygen [mol/(m³·s)]."""
    oxygen_in_gas: Array
    """Mole fraction of oxygen in the gas that meets the uptake."""
    kla: Array
    """[1/s]"""
    osmolality: Array
    """[mOsm/kg]"""
    base_demand: Array
    """Bicarbonate that lacks at the lower end of the pH band [mmol/L]; 0 where none lacks."""


def temperature(culture: Culture, hour: Array | float) -> Array:
    """Temperature of the broth [°C]: growth, production after the shift, and any excursion."""
    s = culture.setting
    shifted = 0.5 * (1 + np.tanh((hour - 24 * s["shift_day"]) / SHIFT_TAKES))
    return np.asarray(
        s["temperature"] + (s["temperature_after_shift"] - s["temperature"]) * shifted + excursion(culture.onset, hour)
    )


def probe_ph(culture: Culture, ph: Array, hour: Array | float) -> Array:
    """What the probe shows of a pH."""
    return np.asarray(ph - probe_error(culture.onset, hour))


def environment(culture: Culture, state: State, hour: Array | float) -> Environment:
    """Solve the balances of gas and acid at one moment."""
    s, v = culture.setting, culture.vessel
    celsius = temperature(culture, hour)
    volume = v["working_volume"] * state.volume / (1 + s["feed_share"])
    height = physics.liquid_height(volume, v["tank_diameter"])
    pressure = physics.mean_pressure(height, s["head_pressure"])
    open_share = transfer_left(culture.onset, hour)
    kla = open_share * _kla(culture, volume)
    demand = _oxygen_demand(culture, state, celsius, hour)
    held = s["dissolved_oxygen"] / 100 * physics.AIR_OXYGEN * physics.ATMOSPHERE * physics.OXYGEN_SOLUBILITY
    oxygen = np.minimum(held, physics.oxygen_under_pure_oxygen(kla, demand, pressure))
    supply = oxygen / (physics.OXYGEN_HALF + oxygen)
    removal = physics.co2_removal(open_share * s["gas_flow"], volume, kla, height, pressure, celsius + 273.15)
    buffer = np.maximum(MEDIUM_BUFFER + state.base + state.ammonia - state.lactate, LEAST_BUFFER)
    target = s["ph"] + probe_error(culture.onset, hour)
    respired = RESPIRATORY_QUOTIENT * demand * supply / removal
    sparged = physics.co2_at(buffer, target + DEADBAND)  # too alkaline: the controller adds CO₂ to the gas
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
        base_demand=np.maximum(physics.bicarbonate(co2, target - DEADBAND) - buffer, 0.0),
    )


def _kla(culture: Culture, volume: Array) -> Array:
    s, v = culture.setting, culture.vessel
    left = physics.gassed_share(s["gas_flow"], s["agitation"], v["impeller_diameter"], volume)
    return physics.kla(culture.ungassed_power * left / volume, culture.gas_velocity, v["sparger_factor"])


def _oxygen_demand(culture: Culture, state: State, celsius: Array, hour: Array | float) -> Array:
    """Oxygen that cells, and any contamination, could take up [mol/(m³·s)]."""
    cells = culture.trait["oxygen_demand"] * np.exp(RESPIRATION_COOLING * (celsius - 37)) * state.viable
    return np.asarray((cells + INTRUDER_DEMAND * intruder(culture.onset, hour) + 1e-6) / 3600)


def osmolality(culture: Culture, state: State, buffer: Array) -> Array:
    """Osmolality [mOsm/kg]: what is inert in medium and feed, and every solute that the balances follow."""
    medium = culture.material["base_osmolality"] - START_GLUCOSE - START_GLUTAMINE - START_AMMONIA
    fresh = 1 / state.volume
    solutes = state.glucose + state.glutamine + state.lactate + state.ammonia + state.base
    return np.asarray(medium * fresh + FEED_INERT * (1 - fresh) + solutes + buffer - MEDIUM_BUFFER)
