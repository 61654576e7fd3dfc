"""Forecasters that predict and judge in one go, and can say how wrong they have been."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import polars as pl

from pipeline.decisions.forecaster import Forecaster
from pipeline.models.task import FloatArray


@dataclass(frozen=True)
class Outcome:
    """What is predicted of n rows."""

    mean: pl.DataFrame
    """(n, targets), SI"""
    within: pl.DataFrame
    """P(in specification): (n, targets with a specification)"""

    @property
    def together(self) -> FloatArray:
        """Chance that all specifications are met, shape (n,): the product of the single ones.

        The errors of the attributes count as independent; where those of one batch go together, the chance is larger.
        """
        return np.asarray(np.prod(self.within.to_numpy(), axis=1))


class Experienced(Forecaster, Protocol):
    """A forecaster whose past errors can be drawn from."""

    def outcome(self, rows: pl.DataFrame) -> Outcome:
        """`mean` and `within` of the same rows, with the models run once."""
        ...

    def errors(self, rows: pl.DataFrame, seed: int) -> pl.DataFrame:
        """Draw one forecast error per row: one Float64 column per target, in SI."""
        ...
