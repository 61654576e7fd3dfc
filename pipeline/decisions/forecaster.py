"""The one thing that decisions know of a model."""

from typing import Protocol

import polars as pl


class Forecaster(Protocol):
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
