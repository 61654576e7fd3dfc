"""Variation from batch to batch that no record explains."""

import numpy as np

from pipeline.simulators.antibody_train.campaigns import STEPS
from pipeline.simulators.arrays import Array
from pipeline.simulators.random_numbers import generator

BATCH_NOISE: dict[str, dict[str, float]] = {
    "culture": {"death": 0.08, "titre": 0.04, "aggregates": 0.06, "hcp": 0.08},
    "harvest": {"turbidity": 0.10, "aggregates": 0.10, "yield": 0.008},
    "capture": {"aggregates": 0.07, "hcp": 0.09, "yield": 0.007},
    "polishing": {"aggregates": 0.04, "hcp": 0.08, "yield": 0.008},
    "filtration": {"aggregates": 0.08, "yield": 0.006},
}
"""Step → standard deviations of the logarithm of what a step makes, and of its yield."""
ACIDIC_NOISE = 0.4
"""Standard deviation of acidic variants from culture to culture [%]."""


def batch_noise(seed: int, factor: float, counts: dict[str, int]) -> dict[str, dict[str, Array]]:
    """Step → factors on what each batch makes; `acidic` of a culture is added instead. A factor of 0 gives no noise."""
    noise = {
        step: {
            name: np.exp(factor * spread * generator(seed, f"noise {step} {name}").standard_normal(counts[step]))
            for name, spread in BATCH_NOISE[step].items()
        }
        for step in STEPS
    }
    acidic = generator(seed, "noise culture acidic").standard_normal(counts["culture"])
    noise["culture"]["acidic"] = factor * ACIDIC_NOISE * acidic
    return noise
