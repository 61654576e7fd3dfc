"""The inputs of the simulation of each batch, and quantities that stay constant during the batch."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from pipeline.simulators.virtual_plant import physics
from pipeline.simulators.virtual_plant.arrays import Array, Values, columns
from pipeline.simulators.virtual_plant.faults import ABORTED_AFTER, CAUSES


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
    def ungassed_power(self) -> Array:
        """Ungassed power of all impellers [W]."""
        v = self.vessel
        return physics.power(self.setting["agitation"], v["impeller_diameter"], v["power_number"], v["impellers"])

    @cached_property
    def gas_velocity(self) -> Array:
        """Superficial gas velocity [m/s]."""
        return physics.superficial_gas_velocity(self.setting["gas_flow"], self.vessel["tank_diameter"])

    @cached_property
    def tip_speed(self) -> Array:
        """Speed of the impeller tip [m/s]."""
        return physics.tip_speed(self.setting["agitation"], self.vessel["impeller_diameter"])

    @cached_property
    def blend_time(self) -> Array:
        """Blend time at harvest volume [s]."""
        v = self.vessel
        height = physics.liquid_height(v["working_volume"], v["tank_diameter"])
        return physics.blend_time(
            self.setting["agitation"], v["impeller_diameter"], v["tank_diameter"], v["power_number"], height
        )


def culture_of(rows: pl.DataFrame, onset: Mapping[str, Array] | None = None) -> Culture:
    """Make the culture of rows with all traits, vessel properties, settings and material properties as columns."""
    values = columns(rows)
    never = {cause: np.full(rows.height, np.inf) for cause in CAUSES}
    return Culture(values, values, values, values, never if onset is None else onset)
