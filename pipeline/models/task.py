"""What a model learns from, and what every fitted model can do."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Task:
    """One target and its features."""

    target: str
    numeric: tuple[str, ...]
    categorical: tuple[str, ...]
    lowest: float | None = None
    """Smallest possible value, SI: no prediction or interval goes below it."""
    highest: float | None = None

    def clipped(self, values: FloatArray) -> FloatArray:
        """Keep values in the possible range."""
        if self.lowest is None and self.highest is None:
            return values
        return np.asarray(np.clip(values, self.lowest, self.highest))

    @property
    def columns(self) -> tuple[str, ...]:
        """All features, numbers first."""
        return (*self.numeric, *self.categorical)


class FittedModel(Protocol):
    """A model that has learned."""

    @property
    def kind(self) -> str:
        """Which rung of the ladder it is."""
        ...

    def predict(self, rows: pl.DataFrame) -> FloatArray:
        """Predict one value per row, in SI."""
        ...

    def contributions(self, rows: pl.DataFrame) -> tuple[FloatArray, pl.DataFrame]:
        """Split each prediction into a base and one share per feature; base + shares = prediction."""
        ...

    def to_dict(self) -> dict[str, Any]:
        """Plain data that JSON can hold; `from_dict` makes the same model of it."""
        ...
