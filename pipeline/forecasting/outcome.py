"""Forecasters that predict and judge in one go, and can say how wrong they have been."""

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import polars as pl

from pipeline.domain.arrays import FloatArray
from pipeline.forecasting.joint_chance import JointErrors, chance_together


class QualityForecaster(Protocol):
    """What a decision needs to know of a model: rows of features (SI) in, values (SI) and chances out."""

    @property
    def targets(self) -> tuple[str, ...]:
        """What is predicted."""
        ...

    def mean(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Predict each row: one Float64 column per target, in SI."""
        ...

    def within(self, rows: pl.DataFrame) -> pl.DataFrame:
        """P(in specification) of each row: one Float64 column per target that has a specification."""
        ...


@dataclass(frozen=True)
class Outcome:
    """What is predicted of n rows."""

    mean: pl.DataFrame
    """(n, targets), SI"""
    below: pl.DataFrame
    """P(under the lower limit): (n, targets with a specification)"""
    above: pl.DataFrame
    """P(over the upper limit), of the same targets."""
    joint: JointErrors
    """How the errors of these targets go together."""

    @property
    def within(self) -> pl.DataFrame:
        """P(in specification) of each target that has one."""
        return pl.DataFrame({name: (1 - self.below[name] - self.above[name]).clip(0, 1) for name in self.below.columns})

    @cached_property
    def together(self) -> FloatArray:
        """Chance that all specifications are met, shape (n,)."""
        return chance_together(self.below.to_numpy(), self.above.to_numpy(), self.joint.correlation)


class ErrorForecaster(QualityForecaster, Protocol):
    """A forecaster whose past errors can be drawn from."""

    @property
    def joint(self) -> JointErrors:
        """How errors of the targets with a specification go together."""
        ...

    def outcome(self, rows: pl.DataFrame) -> Outcome:
        """`mean` and `within` of the same rows, with the models run once."""
        ...

    def errors(self, rows: pl.DataFrame, seed: int) -> pl.DataFrame:
        """Draw one forecast error per row: one Float64 column per target, in SI."""
        ...
