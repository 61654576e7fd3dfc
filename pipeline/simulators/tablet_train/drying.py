"""Drying in a fluid bed: constant rate at the wet bulb temperature, then a falling rate towards equilibrium."""

import math

import numpy as np

from pipeline.domain.arrays import FloatArray
from pipeline.simulators.tablet_train import moist_air
from pipeline.simulators.tablet_train.states import Inputs, State

BED_DENSITY = 420.0
"""Bulk density of wet granules, dry mass [kg/m³]."""


def constant_rate(own: Inputs) -> FloatArray:
    """Water removed per time and dry mass while the surface is wet [1/s], ṁ_air·(W_s(t*) − W)·η/m.

    The air leaves nearly saturated at its wet bulb temperature; η = 1 − exp(−h/5 cm) for a bed of the height h at rest.
    Source: mass balance; ASHRAE (2017) Fundamentals, chapter 1 (adiabatic saturation); Kunii, Levenspiel (1991) Fluidization
    Engineering, 2nd edition (deep beds leave the gas in equilibrium).
    """
    bulb = moist_air.wet_bulb(own["inlet_temperature"], own["inlet_humidity"])
    taken = moist_air.saturated_humidity(bulb) - own["inlet_humidity"]
    height = own["dry_mass"] / (BED_DENSITY * math.pi / 4 * own["bed_diameter"] ** 2)
    return np.asarray(own["air_flow"] * taken * (1 - np.exp(-height / 0.05)) / own["dry_mass"])


def equilibrium(own: Inputs) -> FloatArray:
    """Moisture in equilibrium with the drying air [kg/kg], at 20 K below the inlet: the air cools in the bed."""
    humidity = moist_air.relative_humidity(own["inlet_humidity"], own["inlet_temperature"] - 20.0)
    return np.asarray(0.004 + own["sorption"] * humidity)


def _fall(size: FloatArray, own: Inputs) -> FloatArray:
    """Rate constant of the falling rate [1/s]. Water leaves large granules more slowly."""
    span = own["critical_moisture"] - equilibrium(own)
    return np.asarray(constant_rate(own) / span * (size / 450e-6) ** -0.4)


def moisture_after(moisture: FloatArray, size: FloatArray, time: FloatArray, own: Inputs) -> FloatArray:
    """Moisture [kg/kg dry] after a time [s], from the moisture at the start and the size [m] of the granules.

    Above the critical moisture it falls at a constant rate, below it exponentially to the equilibrium. Source: Mujumdar (2014)
    Handbook of Industrial Drying, 4th edition, chapter 1.
    """
    bend, rest = own["critical_moisture"], equilibrium(own)
    turn = np.maximum(moisture - bend, 0.0) / constant_rate(own)
    first = moisture - constant_rate(own) * time
    second = rest + (np.minimum(moisture, bend) - rest) * np.exp(-_fall(size, own) * np.maximum(time - turn, 0.0))
    return np.where(time < turn, first, second)


def time_to(target: FloatArray, moisture: FloatArray, size: FloatArray, own: Inputs) -> FloatArray:
    """Time [s] until the moisture has fallen to a target between the equilibrium and the critical moisture."""
    bend, rest = own["critical_moisture"], equilibrium(own)
    turn = (moisture - bend) / constant_rate(own)
    left = np.maximum(target - rest, 0.05 * (bend - rest))
    return np.asarray(turn + np.log((bend - rest) / left) / _fall(size, own))


def dried(state: State, own: Inputs) -> dict[str, FloatArray]:
    """State of the dried granules. Weak granules wear in fast air; warm and moist drug degrades.

    The drug degrades after the constant rate, when the granules warm up: first order in time, with an activation energy of
    about 83 kJ/mol (a factor of 2.7 in 10 K; Waterman, Adami 2005, Int. J. Pharm. 293, 101).
    """
    time = own["drying_time"]
    moisture = moisture_after(state["moisture"], state["size"], time, own)
    moisture = np.maximum(moisture * np.exp(0.05 * own["moisture_deviation"]), 0.002)
    bulb = moist_air.wet_bulb(own["inlet_temperature"], own["inlet_humidity"])
    dryness = np.clip(1 - moisture / own["critical_moisture"], 0.0, 1.0)
    product = bulb + 0.75 * (own["inlet_temperature"] - bulb) * dryness
    warm = np.maximum(time - (state["moisture"] - own["critical_moisture"]) / constant_rate(own), 0.0) / 3600
    formed = own["hydrolysis"] * warm * np.exp(0.10 * (product - 45.0)) * (0.5 + moisture / 0.02)
    wear = 0.04 * time / 2400 * (air_speed(own) / 1.5) ** 2 / state["strength"]
    return {
        **state,
        "size": state["size"] * np.exp(-np.minimum(wear, 0.4)),
        "moisture": moisture,
        "degradant": state["degradant"] + formed,
    }


def air_speed(own: Inputs) -> FloatArray:
    """Speed of the air in the empty bed at the inlet temperature [m/s]."""
    density = moist_air.ATMOSPHERE / (287.042 * (own["inlet_temperature"] + 273.15))
    return np.asarray(own["air_flow"] / (density * math.pi / 4 * own["bed_diameter"] ** 2))
