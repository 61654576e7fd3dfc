"""The features of a batch that did not run yet: it has no records of sensors, so no feature is made from them."""

from dataclasses import dataclass, replace
from functools import cached_property

import polars as pl

from pipeline.domain.process.process import Process
from pipeline.features.table import build
from pipeline.history.tables import History


@dataclass(frozen=True)
class PlanFeatures:
    """Makes the feature rows of planned batches. What does not depend on the batch is made once."""

    process: Process
    history: History
    """The history whose tables a planned batch has the form of."""

    def row(self, planned: History) -> pl.DataFrame:
        """Return the features of planned batches, as `features.table.build` makes them; those of sensors are null."""
        made = build(self._without_sensors, planned)
        absent = [pl.lit(None, dtype).alias(name) for name, dtype in self._schema.items() if name not in made.columns]
        return made.with_columns(absent).select(self._schema.names())

    @cached_property
    def _schema(self) -> pl.Schema:
        tables = (
            self.history.batches,
            self.history.results,
            self.history.lots,
            self.history.genealogy,
            self.history.trajectories,
        )
        return build(self.process, History(*(table.clear() for table in tables))).schema

    @cached_property
    def _without_sensors(self) -> Process:
        operations = {name: replace(operation, tags={}) for name, operation in self.process.operations.items()}
        return replace(self.process, operations=operations)
