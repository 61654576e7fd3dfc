"""The served model as decisions see it; the only file of this package that knows how a model is kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from pipeline.decisions.copula import Joint
from pipeline.decisions.errors import Outcome
from pipeline.domain.process import Process
from pipeline.forecast import Forecaster
from pipeline.intervals import Calibration
from pipeline.models.task import FloatArray
from pipeline.serving import Served

BLOCK = 512
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

        Each group counts the same; an error counts with both signs. The group to come, which may be worse than all,
        cannot be drawn: it counts in `within` alone.
        """
        rng = np.random.default_rng(seed)
        return pl.DataFrame({name: _drawn(final, rows, rng) for name, final in self.served.finals.items()})

    @cached_property
    def _limits(self) -> dict[str, tuple[float, float]]:
        """Limits of the targets that have any, SI; infinite where there is none."""
        given = {name: self.process.attributes[name] for name in self.targets}
        return {
            name: (
                -np.inf if a.specification.lower is None else a.si.to_si(a.specification.lower),
                np.inf if a.specification.upper is None else a.si.to_si(a.specification.upper),
            )
            for name, a in given.items()
            if a.specification is not None
        }

    def _beyond(self, name: str, rows: pl.DataFrame, predicted: FloatArray) -> tuple[FloatArray, FloatArray]:
        """P(under the lower limit) and P(over the upper one); a row that is refused counts as under."""
        final, below, above = self.served.finals[name], np.ones(rows.height), np.zeros(rows.height)
        spread, shifts = _spread(final, rows), final.shifts(rows)
        for shift in shifts.unique():
            asked = (shifts == shift).to_numpy()
            of_shift = (final.calibrations[shift], predicted[asked], spread[asked])
            below[asked], above[asked] = chance_beyond(*of_shift, *self._limits[name])
        answered = final.reasons(rows).is_null().to_numpy()
        return np.where(answered, below, 1.0), np.where(answered, above, 0.0)


def chance_beyond(
    calibration: Calibration, predicted: FloatArray, spread: FloatArray, lower: float, upper: float
) -> tuple[FloatArray, FloatArray]:
    """P(under `lower`) and P(over `upper`), shape (n,) each; 1 minus both is `Calibration.probability_within`.

    By looking up instead of comparing each row with each residual: n log residuals. Errors are symmetric, so an error under −r is
    as likely as one over r.
    """
    weights, sizes = calibration.weights, calibration.sizes
    total = np.concatenate([[0.0], np.cumsum(weights)])

    def over(reach: FloatArray) -> FloatArray:
        """P(error > reach)."""
        larger = total[-1] - total[np.searchsorted(sizes, reach, side="right")]
        opposite = total[np.searchsorted(sizes, -reach, side="left")]
        return np.asarray((1 - total[-1] + larger + opposite) / 2)

    none = np.zeros(len(predicted))
    below = none if np.isneginf(lower) else over((predicted - lower) / spread)
    return below, none if np.isposinf(upper) else over((upper - predicted) / spread)


def _drawn(final: Forecaster, rows: pl.DataFrame, rng: np.random.Generator) -> FloatArray:
    drawn, shifts = np.zeros(rows.height), final.shifts(rows)
    for shift in shifts.unique().sort():
        asked = (shifts == shift).to_numpy()
        calibration = final.calibrations[shift]
        weights = calibration.weights
        drawn[asked] = rng.choice(calibration.sizes, asked.sum(), p=weights / weights.sum())
    return np.asarray(drawn * rng.choice([-1, 1], rows.height) * _spread(final, rows))


def _spread(final: Forecaster, rows: pl.DataFrame) -> FloatArray:
    return np.concatenate([final.spread(block) for block in _blocks(rows)])


def _blocks(rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
    return rows.iter_slices(BLOCK)


def reads(served: Served, row: pl.DataFrame) -> dict[str, tuple[str, ...]]:
    """Target → the features that its model reads: all among which it shares out a prediction. row: 1 feature row."""
    return {name: tuple(final.model.contributions(row)[1].columns) for name, final in served.finals.items()}


def of_served(served: Served, process: Process, past: pl.DataFrame | None = None) -> ServedForecaster:
    """Give the served model of a process the shape that decisions take; past: errors that say how those of a batch go together."""
    return ServedForecaster(served, process, past)
