"""The predictions and chances of rows, and the interface of the forecasters that give them."""

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import polars as pl

from pipeline.domain.arrays import FloatArray
from pipeline.forecasting.joint_chance import JointErrors, chance_together


class QualityForecaster(Protocol):
    """A forecaster of values and chances, from feature rows in SI."""

    @property
    def targets(self) -> tuple[str, ...]:
        """Attributes that are predicted."""
        ...

    def mean(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the prediction of each row: one Float64 column per target, in SI."""
        ...

    def within(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return P(in specification) of each row: one Float64 column per target that has a specification."""
        ...


@dataclass(frozen=True)
class Outcome:
    """Predictions and chances of n rows."""

    mean: pl.DataFrame
    """(n, targets), SI"""
    below: pl.DataFrame
    """(n, targets with a specification): P(below the lower limit)"""
    above: pl.DataFrame
    """(n, targets with a specification): P(above the upper limit)"""
    joint: JointErrors
    """Correlation of the errors of these targets."""

    @property
    def within(self) -> pl.DataFrame:
        """P(in specification) of each target that has a specification."""
        return pl.DataFrame({name: (1 - self.below[name] - self.above[name]).clip(0, 1) for name in self.below.columns})

    @cached_property
    def together(self) -> FloatArray:
        """Chance that all specifications are met, shape (n,)."""
        return chance_together(self.below.to_numpy(), self.above.to_numpy(), self.joint.correlation)


class ErrorForecaster(QualityForecaster, Protocol):
    """A forecaster that can also draw past forecast errors."""

    @property
    def joint(self) -> JointErrors:
        """Correlation of the errors of the targets with a specification."""
        ...

    def outcome(self, rows: pl.DataFrame) -> Outcome:
        """Return `mean` and `within` of the same rows. The models run once."""
        ...

    def errors(self, rows: pl.DataFrame, seed: int) -> pl.DataFrame:
        """Draw one past forecast error per row: one Float64 column per target, in SI."""
        ...
