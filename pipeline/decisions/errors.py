"""Forecasters that can also say how wrong they have been."""

from typing import Protocol

import numpy as np
import polars as pl

from pipeline.decisions.forecaster import Forecaster
from pipeline.models.task import FloatArray


class Experienced(Forecaster, Protocol):
    """A forecaster whose past errors can be drawn from."""

    def within_of(self, mean: pl.DataFrame) -> pl.DataFrame:
        """P(in specification) of rows that are already predicted by `mean`."""
        ...

    def errors(self, count: int, seed: int) -> pl.DataFrame:
        """Draw forecast errors: `count` rows, one Float64 column per target, in SI."""
        ...


def all_within(within: pl.DataFrame) -> FloatArray:
    """Chance that all specifications are met, shape (n,): the product of the single ones.

    The errors of the attributes count as independent; where those of one batch go together, the chance is larger.
    """
    return np.asarray(np.prod(within.to_numpy(), axis=1))
