"""The trained model as a decision sees it: the only file here that knows how models are served."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.decisions.forecaster import Forecaster
from pipeline.domain.process import Process
from pipeline.serving import Served, protocol_for


@dataclass(frozen=True)
class ServedForecaster:
    """Final models of all targets, with the calibration that fits a known or a new product."""

    served: Served
    process: Process
    known: bool

    @property
    def targets(self) -> tuple[str, ...]:
        """What is predicted."""
        return tuple(self.served.finals)

    def mean(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Predict each target of each row, SI."""
        return pl.DataFrame({target: final.predict(rows) for target, final in self.served.finals.items()})

    def within(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Give the chance of each row to meet each specification."""
        limits = {
            target: (attribute.si, attribute.specification)
            for target in self.targets
            for attribute in [self.process.attributes[target]]
            if attribute.specification is not None
        }
        columns = {}
        for target, (unit, given) in limits.items():
            final = self.served.finals[target]
            low, high = (None if limit is None else unit.to_si(limit) for limit in (given.lower, given.upper))
            calibration = final.calibrations[protocol_for(final, known=self.known)]
            columns[target] = np.asarray(calibration.probability_within(final.predict(rows), low, high))
        return pl.DataFrame(columns)


def of_served(served: Served, process: Process, *, known: bool) -> Forecaster:
    """Let a served model answer the questions of a decision; `known`: the product stands in its history."""
    return ServedForecaster(served, process, known)
