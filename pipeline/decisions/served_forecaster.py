"""The served model as decisions see it; the only file of this package that knows how a model is kept."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from pipeline.crossfit import Final
from pipeline.domain.process import Process
from pipeline.intervals import Calibration
from pipeline.models.task import FloatArray
from pipeline.serving import Served, protocol_for


@dataclass(frozen=True)
class ServedForecaster:
    """Final models with the errors of the protocol that speaks for the proposal."""

    served: Served
    process: Process
    known: bool
    """The product has been seen."""

    @property
    def targets(self) -> tuple[str, ...]:
        """What is predicted."""
        return tuple(self.served.finals)

    def mean(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Predict each row: one Float64 column per target, in SI."""
        return pl.DataFrame({name: final.predict(rows) for name, final in self.served.finals.items()})

    def within(self, rows: pl.DataFrame) -> pl.DataFrame:
        """P(in specification) of each row: one Float64 column per target that has a specification."""
        return self.within_of(self.mean(rows))

    def within_of(self, mean: pl.DataFrame) -> pl.DataFrame:
        """P(in specification) of rows that are already predicted: for both answers the models run once."""
        return pl.DataFrame({name: chance(mean[name].to_numpy()) for name, chance in self._chances.items()})

    def errors(self, count: int, seed: int) -> pl.DataFrame:
        """Draw forecast errors of past re-enactments: one Float64 column per target, in SI, each target on its own.

        Each group counts the same; an error counts with both signs. The group to come, which may be worse than all,
        cannot be drawn: it counts in `within` alone.
        """
        rng = np.random.default_rng(seed)
        drawn = {name: _draw(self._calibration(final), count, rng) for name, final in self.served.finals.items()}
        return pl.DataFrame(drawn)

    @cached_property
    def _chances(self) -> "dict[str, _Chance]":
        limits = {name: self.process.attributes[name] for name in self.targets}
        return {
            name: _chance(
                self._calibration(self.served.finals[name]),
                *(None if x is None else a.si.to_si(x) for x in (a.specification.lower, a.specification.upper)),
            )
            for name, a in limits.items()
            if a.specification is not None
        }

    def _calibration(self, final: Final) -> Calibration:
        return final.calibrations[protocol_for(final, known=self.known)]


@dataclass(frozen=True)
class _Chance:
    """P(in specification) as the staircase that it is: constant between the predictions at which an error meets a limit."""

    edges: FloatArray
    values: FloatArray

    def __call__(self, predicted: FloatArray) -> FloatArray:
        """Look the chance of each prediction up, shape (n,)."""
        return np.asarray(self.values[np.searchsorted(self.edges, predicted)])


def _chance(calibration: Calibration, lower: float | None, upper: float | None) -> _Chance:
    sizes = np.array(calibration.residuals)
    edges = np.unique([limit + sign * sizes for limit in (lower, upper) if limit is not None for sign in (1, -1)])
    middles = np.concatenate([[edges[0] - 1], (edges[1:] + edges[:-1]) / 2, [edges[-1] + 1]])
    return _Chance(edges, calibration.probability_within(middles, lower, upper))


def _draw(calibration: Calibration, count: int, rng: np.random.Generator) -> FloatArray:
    _, place, counts = np.unique(np.array(calibration.groups), return_inverse=True, return_counts=True)
    weights = 1 / (len(counts) * counts[place])
    return np.asarray(rng.choice(calibration.residuals, count, p=weights / weights.sum()) * rng.choice([-1, 1], count))


def of_served(served: Served, process: Process, known: bool) -> ServedForecaster:
    """Give the served model of a process the shape that decisions take; `known` tells whether it has seen the product."""
    return ServedForecaster(served, process, known)
