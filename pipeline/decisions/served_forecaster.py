"""The served model as decisions see it; the only file of this package that knows how a model is kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from pipeline.copula import Joint
from pipeline.decisions.errors import Outcome
from pipeline.domain.process import Process
from pipeline.forecast import Forecaster
from pipeline.models.task import FloatArray
from pipeline.proposals.limits import Ends, limits_of
from pipeline.serving import Served

BLOCK = 2048
"""Rows that the models see at once: what they compare with all of history stays small."""


@dataclass(frozen=True)
class ServedForecaster:
    """Final models, each row judged by the errors of the kind of question that it asks."""

    served: Served
    process: Process
    past: pl.DataFrame | None = None
    """Past forecast errors that belong to the question: product and a column per target, a row per batch."""

    @property
    def targets(self) -> tuple[str, ...]:
        """What is predicted."""
        return tuple(self.served.finals)

    def mean(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Predict each row: one Float64 column per target, in SI."""
        finals = self.served.finals.items()
        return pl.DataFrame({name: np.concatenate([final.predict(b) for b in _blocks(rows)]) for name, final in finals})

    def within(self, rows: pl.DataFrame) -> pl.DataFrame:
        """P(in specification) of each row: one Float64 column per target that has a specification."""
        return self.outcome(rows).within

    def outcome(self, rows: pl.DataFrame) -> Outcome:
        """`mean` and `within` of the same rows, with the models run once.

        A row that the model refuses to answer for has no chance: where there is no evidence nothing is proven.
        """
        mean = self.mean(rows)
        beyond = {name: self._beyond(name, rows, mean[name].to_numpy()) for name in self._limits}
        below, above = (pl.DataFrame({name: both[side] for name, both in beyond.items()}) for side in (0, 1))
        return Outcome(mean, below, above, self.joint)

    @cached_property
    def joint(self) -> Joint:
        """How errors of the targets with a specification go together; as if independent where no past errors are given."""
        targets = list(self._limits)
        return Joint.independent(targets) if self.past is None else Joint.of(self.past, targets)

    def errors(self, rows: pl.DataFrame, seed: int) -> pl.DataFrame:
        """Draw one past forecast error per row: one Float64 column per target, in SI, each target on its own.

        An error counts with both signs.
        """
        rng = np.random.default_rng(seed)
        return pl.DataFrame({name: _drawn(final, rows, rng) for name, final in self.served.finals.items()})

    @cached_property
    def _limits(self) -> dict[str, Ends]:
        """Limits of the targets that have any, SI; None where there is none on that side."""
        return limits_of(self.process, self.targets)

    def _beyond(self, name: str, rows: pl.DataFrame, predicted: FloatArray) -> tuple[FloatArray, FloatArray]:
        """P(under the lower limit) and P(over the upper one); a row that is refused counts as under."""
        final, below, above = self.served.finals[name], np.ones(rows.height), np.zeros(rows.height)
        spread, shifts = _spread(final, rows), final.shifts(rows)
        for shift in shifts.unique():
            asked = (shifts == shift).to_numpy()
            lower, upper = self._limits[name]
            below[asked], above[asked] = final.calibrations[shift].beyond(predicted[asked], lower, upper, spread[asked])
        answered = final.reasons(rows).is_null().to_numpy()
        return np.where(answered, below, 1.0), np.where(answered, above, 0.0)


def _drawn(final: Forecaster, rows: pl.DataFrame, rng: np.random.Generator) -> FloatArray:
    drawn, shifts = np.zeros(rows.height), final.shifts(rows)
    for shift in shifts.unique().sort():
        asked = (shifts == shift).to_numpy()
        calibration = final.calibrations[shift]
        drawn[asked] = rng.choice(calibration.sizes, asked.sum(), p=calibration.weights)
    return np.asarray(drawn * rng.choice([-1, 1], rows.height) * _spread(final, rows))


def _spread(final: Forecaster, rows: pl.DataFrame) -> FloatArray:
    return np.concatenate([final.spread(block) for block in _blocks(rows)])


def _blocks(rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
    return rows.iter_slices(BLOCK)


def of_served(served: Served, process: Process, past: pl.DataFrame | None = None) -> ServedForecaster:
    """Give the served model of a process the shape that decisions take; past: errors that say how those of a batch go together."""
    return ServedForecaster(served, process, past)
