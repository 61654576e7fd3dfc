"""The course of a simulated culture."""

import numpy as np

from pipeline.simulators.virtual_plant.culture import Culture
from pipeline.simulators.virtual_plant.dynamics import simulate


def course(culture: Culture, moments: np.ndarray) -> np.ndarray:
    """States at the given hours, (hours, states, batches)."""
    kept: list[np.ndarray] = []
    simulate(culture, moments, lambda hour, values: kept.append(values))
    return np.stack(kept)
