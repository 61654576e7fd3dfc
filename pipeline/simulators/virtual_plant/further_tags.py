"""Tags that a plant may have besides the usual ones: feed flow, weight, head pressure, and what the laboratory enters each day."""

from pipeline.simulators.arrays import Array
from pipeline.simulators.virtual_plant import physics
from pipeline.simulators.virtual_plant.culture import Culture
from pipeline.simulators.virtual_plant.dynamics import flows
from pipeline.simulators.virtual_plant.environment import Environment, head_pressure
from pipeline.simulators.virtual_plant.sensors import Sensor
from pipeline.simulators.virtual_plant.states import State

FURTHER: dict[str, Sensor] = {
    "feed_flow": Sensor(0.01, True, 5),
    "weight": Sensor(0.001, True, 4),
    "head_pressure": Sensor(2.0, False, 1),
}
"""Tag that is recorded like the usual ones → its sensor. Units, in this order: mL/min, kg, mbar (gauge)."""
OFFLINE: dict[str, Sensor] = {"offline_ph": Sensor(0.02, False, 2), "offline_co2": Sensor(0.03, True, 1)}
"""Tag with one value per daily sample → its analyser. Units, in this order: pH, mmHg."""
PER_CUBIC_METRE = 1e6
"""Millilitres per cubic metre."""


def further_sensed(culture: Culture, state: State, meets: Environment, hour: Array | float) -> dict[str, Array]:
    """True values of the tags of `FURTHER`. The feed is what the pump delivers; the weight is that of the broth."""
    started = culture.vessel["working_volume"] / (1 + culture.setting["feed_share"])
    volume = started * state.volume
    fed = flows(culture, state, meets.base_demand, hour).feed * volume
    return {
        "feed_flow": PER_CUBIC_METRE * fed / 60,
        "weight": physics.DENSITY * volume,
        "head_pressure": head_pressure(culture, hour) / 100,
    }


def offline_measured(meets: Environment) -> dict[str, Array]:
    """True values of the tags of `OFFLINE`: pH and pCO₂ of the broth, whatever a probe shows."""
    return {"offline_ph": meets.ph, "offline_co2": meets.co2}
