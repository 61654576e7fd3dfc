"""What every part of the plant shares: arrays over batches, and random numbers that belong to a purpose."""

from collections.abc import Mapping
from zlib import crc32

import numpy as np
import polars as pl
from numpy.typing import NDArray

Array = NDArray[np.float64]
Values = Mapping[str, Array]
"""Quantity → one number per batch."""


def generator(seed: int, purpose: str) -> np.random.Generator:
    """Random numbers for one purpose: a new purpose, or more draws of another, leaves these as they were."""
    return np.random.default_rng(np.random.SeedSequence([seed, crc32(purpose.encode())]))


def columns(frame: pl.DataFrame) -> dict[str, Array]:
    """The numeric columns of a table as arrays over its rows."""
    return {name: frame[name].cast(pl.Float64).to_numpy() for name, dtype in frame.schema.items() if dtype.is_numeric()}
