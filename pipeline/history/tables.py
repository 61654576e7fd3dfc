"""The canonical tables of a history."""

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class History:
    """The canonical tables that features are made from."""

    batches: pl.DataFrame
    results: pl.DataFrame
    lots: pl.DataFrame
    genealogy: pl.DataFrame
    trajectories: pl.DataFrame
