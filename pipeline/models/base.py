"""What a model learns from, and what every fitted model can do."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray


@dataclass(frozen=True)
class Task:
    """One target and its features."""

    target: str
    numeric: tuple[str, ...]
    categorical: tuple[str, ...]
    lowest: float | None = None
    """Smallest possible value, SI: no prediction or interval goes below it."""
    highest: float | None = None
    comparable: tuple[str, ...] = ()
    """Numbers among the features that stay comparable across scales: along these a product may have its own slope."""
    groups: tuple[str, ...] = ()
    """Columns whose levels are pooled partially: product, site, vessel, lots."""
    refuse: tuple[str, ...] = ()
    """Groups of which an unseen level cannot be answered for."""
    rising: tuple[str, ...] = ()
    """Features that can only raise the target."""
    falling: tuple[str, ...] = ()

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

    @property
    def reads(self) -> tuple[str, ...]:
        """The features among which it shares out a prediction."""
        ...

    def to_dict(self) -> dict[str, Any]:
        """Plain data that JSON can hold; `from_dict` makes the same model of it."""
        ...


def spread_of(model: FittedModel | None, rows: pl.DataFrame) -> FloatArray:
    """A model's own measure of how hard rows are, shape (n,); 1 where there is none."""
    measure = getattr(model, "spread", None)
    return np.ones(rows.height) if measure is None else np.asarray(measure(rows))
