"""Amounts of product as they are measured: a concentration times a volume or a weight."""

from dataclasses import dataclass

import numpy as np

from pipeline.simulators.antibody_train.train import TrainRun
from pipeline.simulators.arrays import Array
from pipeline.simulators.random_numbers import generator

BALANCED = ("harvest", "capture", "polishing", "filtration")
"""Steps whose product is balanced."""
ERRORS = {"taken": 0.025, "given": 0.025, "lost": 0.05}
"""Standard deviation of the logarithm of a measured amount. An assay has 2 to 3 %; a thin side stream has more."""


@dataclass(frozen=True)
class Amounts:
    """Measured amounts of the batches of one step [g]."""

    taken: Array
    given: Array
    lost: Array

    @property
    def recovered(self) -> Array:
        """Given and lost over taken [-]: the yield of the balance."""
        return np.asarray((self.given + self.lost) / self.taken)


def measured(seed: int, factor: float, run: TrainRun) -> dict[str, Amounts]:
    """Step → amounts with the errors of their measurement."""
    amounts = {}
    for step in BALANCED:
        true = {"taken": run.steps[step].taken, "given": run.steps[step].given, "lost": run.steps[step].lost}
        amounts[step] = Amounts(
            **{
                name: value
                * np.exp(factor * ERRORS[name] * generator(seed, f"amount {step} {name}").standard_normal(len(value)))
                for name, value in true.items()
            }
        )
    return amounts
