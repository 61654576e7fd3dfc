"""Which batches have a value of which attribute. It is computed once per run."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from pipeline.domain.arrays import BoolArray, FloatArray, IntArray
from pipeline.domain.batch_columns import lot_attribute
from pipeline.domain.process.process import Process
from pipeline.history.tables import History


@dataclass(frozen=True)
class KnownValues:
    """The batches of a history, oldest first, and the attributes that each has a value of."""

    process: Process
    history: History

    @cached_property
    def batches(self) -> pl.DataFrame:
        """Return batch_id, site, equipment and scale of all batches, oldest first."""
        return self.history.batches.sort("started_at", "batch_id").select("batch_id", "site", "equipment", "scale")

    @cached_property
    def scales(self) -> FloatArray:
        """Return the scale of each batch, SI."""
        return self.batches["scale"].to_numpy().astype(float)

    def at(self, places: list[str], column: str = "site") -> IntArray:
        """Return the rows of the batches at some sites, or on some devices if `column` is `equipment`."""
        return np.flatnonzero(np.isin(self._places[column], places))

    def of(self, attribute: str) -> BoolArray:
        """Return for each batch whether it has a value: in the batch row, a result, a lot or a sensor record."""
        return self._known.get(attribute, self._none)

    def count(self, attribute: str) -> int:
        """Return the number of batches with a value."""
        return int(self.of(attribute).sum())

    def beyond_limit(self, attribute: str, rows: IntArray) -> float:
        """Return the share of the results of some batches that lie beyond the reporting limit; 0 without results."""
        if attribute not in self._results:
            return 0.0
        batches, censored = self._results[attribute]
        mine = np.isin(batches, rows)
        return float(censored[mine].mean()) if mine.any() else 0.0

    @cached_property
    def _places(self) -> Mapping[str, np.ndarray]:
        return {name: np.array(self.batches[name].to_list(), dtype=object) for name in ("site", "equipment")}

    @cached_property
    def _none(self) -> BoolArray:
        return np.zeros(self.batches.height, dtype=np.bool_)

    @cached_property
    def _row(self) -> pl.DataFrame:
        return self.batches.select("batch_id").with_row_index("_row")

    @cached_property
    def _known(self) -> Mapping[str, BoolArray]:
        rows = self.batches.select("batch_id").join(self.history.batches, on="batch_id", how="left", maintain_order="left")
        found = {n: rows[n].is_not_null().to_numpy() for n in self.process.attributes if n in rows.columns}
        lots = self.history.genealogy.join(self.history.lots, on=["material", "lot_id"]).select("batch_id", lot_attribute())
        # Records are sorted by batch and tag, so the first record of each is enough.
        first = pl.any_horizontal(pl.col(name) != pl.col(name).shift() for name in ("batch_id", "tag"))
        records = self.history.trajectories.filter(first.fill_null(True))
        tags = records.select("batch_id", pl.col("tag").alias("attribute"))
        every = pl.concat([self.history.results.select("batch_id", "attribute"), lots, tags]).unique()
        grouped = every.join(self._row, on="batch_id").group_by("attribute").agg("_row")
        for name, having in grouped.iter_rows():
            known = self._none.copy()
            known[having] = True
            found[name] = known
        return found

    @cached_property
    def _results(self) -> Mapping[str, tuple[IntArray, BoolArray]]:
        rows = self.history.results.join(self._row, on="batch_id").select(
            "attribute", "_row", censored=pl.col("censoring") != "none"
        )
        parts = rows.partition_by("attribute", as_dict=True)
        return {str(name): (part["_row"].to_numpy(), part["censored"].to_numpy()) for (name,), part in parts.items()}
