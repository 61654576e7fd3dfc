"""What went into what between two consecutive steps: pooling and splitting, and the arithmetic of shares."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.simulators.arrays import Array, Values

Places = NDArray[np.int64]
"""Places of batches in the table of their step."""


@dataclass(frozen=True)
class Links:
    """Transfers from the batches of one step to those of the next. One entry per transfer."""

    sources: Places
    """Index of the giving batch."""
    targets: Places
    """Index of the taking batch."""
    shares: Array
    """Share of the giving batch that goes this way. The shares of each giving batch sum to 1."""
    count: int
    """Number of taking batches."""

    def amounts(self, given: Array) -> Array:
        """Mass of each transfer [g] from the mass that each batch gives [g]."""
        return np.asarray(given[self.sources] * self.shares)

    def taken(self, given: Array) -> Array:
        """Mass that each taking batch receives [g]."""
        return np.asarray(np.bincount(self.targets, self.amounts(given), self.count), float)

    def pooled(self, values: Values, given: Array) -> dict[str, Array]:
        """Mean of each quantity over what a taking batch receives, weighted by mass."""
        amounts, taken = self.amounts(given), self.taken(given)
        return {
            name: np.bincount(self.targets, amounts * value[self.sources], self.count) / taken
            for name, value in values.items()
        }

    def weights(self, given: Array) -> Array:
        """Share of each giving batch in each taking batch: matrix (taking, giving) whose rows sum to 1."""
        matrix = np.zeros((self.count, len(given)))
        np.add.at(matrix, (self.targets, self.sources), self.amounts(given))
        return np.asarray(matrix / matrix.sum(axis=1, keepdims=True))
