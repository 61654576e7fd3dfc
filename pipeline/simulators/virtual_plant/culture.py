"""The inputs of the simulation of each batch, and quantities that stay constant during the batch."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from pipeline.simulators.arrays import Array, Values, columns
from pipeline.simulators.virtual_plant import physics
from pipeline.simulators.virtual_plant.faults import ABORTED_AFTER, CAUSES, THROTTLED, agitation_left, vent_closed


@dataclass(frozen=True)
class Motion:
    """Motion of broth and gas in a vessel. Every quantity is an array over the batches."""

    agitation: Array
    """Agitation [1/s]."""
    gas_flow: Array
    """Gas flow [m³/s]."""
    ungassed_power: Array
    """Ungassed power of all impellers [W]."""
    gas_velocity: Array
    """Superficial gas velocity [m/s]."""
    tip_speed: Array
    """Speed of the impeller tip [m/s]."""
    blend_time: Array
    """Blend time at harvest volume [s]."""


@dataclass(frozen=True)
class Culture:
    """Batches that are simulated together. Every quantity is an array over the batches."""

    trait: Values
    vessel: Values
    setting: Values
    material: Values
    onset: Mapping[str, Array]
    """Cause of a fault → hour at which it begins; infinite in batches without it."""

    @cached_property
    def end(self) -> Array:
        """Hour of the harvest. A contaminated batch is aborted before it."""
        return np.minimum(24 * self.setting["duration_days"], self.onset["contamination"] + ABORTED_AFTER)

    @cached_property
    def moves_evenly(self) -> bool:
        """Whether no batch has a fault of the drive or of the vent filter, so that agitation and gas flow are the set-points."""
        return all(np.isinf(self.onset[cause]).all() for cause in ("agitation trip", "vent filter foam-out"))

    @cached_property
    def motion_as_set(self) -> Motion:
        """Motion of broth and gas at the set-points."""
        return self._motion(self.setting["agitation"], self.setting["gas_flow"])

    def motion(self, hour: Array | float) -> Motion:
        """Motion of broth and gas at one time."""
        if self.moves_evenly:
            return self.motion_as_set
        gas = 1 - (1 - THROTTLED) * vent_closed(self.onset, hour)
        return self._motion(self.setting["agitation"] * agitation_left(self.onset, hour), self.setting["gas_flow"] * gas)

    def _motion(self, agitation: Array, gas_flow: Array) -> Motion:
        v = self.vessel
        tank, impeller = v["tank_diameter"], v["impeller_diameter"]
        height = physics.liquid_height(v["working_volume"], tank)
        return Motion(
            agitation=agitation,
            gas_flow=gas_flow,
            ungassed_power=physics.power(agitation, impeller, v["power_number"], v["impellers"]),
            gas_velocity=physics.superficial_gas_velocity(gas_flow, tank),
            tip_speed=physics.tip_speed(agitation, impeller),
            blend_time=physics.blend_time(agitation, impeller, tank, v["power_number"], height),
        )


def culture_of(rows: pl.DataFrame, onset: Mapping[str, Array] | None = None) -> Culture:
    """Make the culture of rows with all traits, vessel properties, settings and material properties as columns."""
    values = columns(rows)
    never = {cause: np.full(rows.height, np.inf) for cause in CAUSES}
    return Culture(values, values, values, values, never if onset is None else onset)
