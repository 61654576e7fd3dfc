"""Arrays with one number per batch. A patient lot is a batch."""

from collections.abc import Mapping

import polars as pl

from pipeline.domain.arrays import FloatArray

Array = FloatArray
"""One number per batch."""
Values = Mapping[str, Array]
"""Quantity → one number per batch."""


def columns(frame: pl.DataFrame) -> dict[str, Array]:
    """Give the numeric columns of a table as arrays over its rows."""
    return {name: frame[name].cast(pl.Float64).to_numpy() for name, dtype in frame.schema.items() if dtype.is_numeric()}
