"""The canonical tables of a history."""

from dataclasses import dataclass, field

import polars as pl

DEVIATION: dict[str, type[pl.DataType] | pl.DataType] = {
    "batch_id": pl.String,
    "cause": pl.String,
    "began": pl.Float64,
    "available_at": pl.Datetime("us"),
}
"""Columns of the deviations, as their contract has them. An answer does not load the contracts."""

ANONYMOUS: dict[str, type[pl.DataType]] = {"batch_id": pl.String}
"""Columns of the table of anonymous batches."""


@dataclass(frozen=True)
class History:
    """The canonical tables that features are made from."""

    batches: pl.DataFrame
    results: pl.DataFrame
    lots: pl.DataFrame
    genealogy: pl.DataFrame
    trajectories: pl.DataFrame
    deviations: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=DEVIATION))
    """Empty if the process has no log of deviations. No feature is made from it."""
    anonymous: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=ANONYMOUS))
    """Batches of other clients that teach without their names."""

    @property
    def shown_results(self) -> pl.DataFrame:
        """The results that may be shown one by one: those of batches that have their names."""
        return self.results.join(self.anonymous, on="batch_id", how="anti", maintain_order="left")
