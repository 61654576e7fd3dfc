"""Noise and resolution of the sensors and analysers of a plant."""

from dataclasses import dataclass

import numpy as np

from pipeline.simulators.arrays import Array


@dataclass(frozen=True)
class Sensor:
    """Noise and resolution of a sensor."""

    noise: float
    """Standard deviation in the unit of the tag, or as a share of the value if `relative`."""
    relative: bool
    digits: int
    """Decimal places."""

    def reading(self, rng: np.random.Generator, values: Array) -> Array:
        """What the sensor shows of true values."""
        drawn = self.noise * rng.standard_normal(values.shape)
        return np.asarray(np.round(values * (1 + drawn) if self.relative else values + drawn, self.digits))
