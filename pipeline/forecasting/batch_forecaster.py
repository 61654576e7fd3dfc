"""The served model as decisions see it; the only file of this package that knows how a model is kept."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from polars import thread_pool_size

from pipeline.domain.arrays import FloatArray
from pipeline.domain.process.process import Process
from pipeline.domain.specification_limits import Ends, limits_of
from pipeline.forecasting.forecaster import CalibratedModel
from pipeline.forecasting.joint_chance import JointErrors
from pipeline.forecasting.outcome import Outcome
from pipeline.forecasting.trained_model import TrainedModel

BLOCK = 65_536
"""Rows that are predicted at once, so that many rows need no more memory."""
ALONE = 1_000
"""Rows below which threads cost more than they save."""


@dataclass(frozen=True)
class BatchForecaster:
    """Final models, each row judged by the errors of the kind of question that it asks."""

    served: TrainedModel
    process: Process
    past: pl.DataFrame | None = None
    """Past forecast errors that belong to the question: product and a column per target, a row per batch."""

    @property
    def targets(self) -> tuple[str, ...]:
        """What is predicted."""
        return tuple(self.served.finals)

    def mean(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Predict each row: one Float64 column per target, in SI."""
        return pl.DataFrame(self._each(lambda name, some: self.served.finals[name].predict(some), rows))

    def within(self, rows: pl.DataFrame) -> pl.DataFrame:
        """P(in specification) of each row: one Float64 column per target that has a specification."""
        return self.outcome(rows).within

    def outcome(self, rows: pl.DataFrame) -> Outcome:
        """`mean` and `within` of the same rows, with the models run once.

        A row that the model refuses to answer for has no chance: where there is no evidence nothing is proven.
        """
        found = self._each(self._predicted, rows)
        mean = pl.DataFrame({name: one[0] for name, one in found.items()})
        below, above = (pl.DataFrame({name: found[name][side] for name in self._limits}) for side in (1, 2))
        return Outcome(mean, below, above, self.joint)

    @cached_property
    def joint(self) -> JointErrors:
        """How errors of the targets with a specification go together; as if independent where no past errors are given."""
        targets = list(self._limits)
        return JointErrors.independent(targets) if self.past is None else JointErrors.of(self.past, targets)

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

    def _each(self, say: Callable[[str, pl.DataFrame], FloatArray], rows: pl.DataFrame) -> dict[str, FloatArray]:
        """What is said of each target, (..., rows): many rows in parts, and targets beside each other."""
        parts = [rows] if rows.height <= BLOCK else list(rows.iter_slices(BLOCK))
        tasks = [(name, part) for name in self.targets for part in parts]
        if rows.height < ALONE:
            said = [say(*task) for task in tasks]
        else:
            with ThreadPoolExecutor(thread_pool_size()) as pool:
                said = list(pool.map(lambda task: say(*task), tasks))
        return {
            name: np.concatenate(said[i * len(parts) : (i + 1) * len(parts)], axis=-1) for i, name in enumerate(self.targets)
        }

    def _predicted(self, name: str, rows: pl.DataFrame) -> FloatArray:
        """Prediction, P(under the lower limit) and P(over the upper one), (3, rows); a row that is refused counts as under."""
        final = self.served.finals[name]
        said = np.vstack([final.predict(rows), np.ones(rows.height), np.zeros(rows.height)])
        if name not in self._limits:
            return said
        spread, shifts = final.spread(rows), final.shifts(rows)
        for shift in shifts.unique():
            asked = (shifts == shift).to_numpy()
            said[1:, asked] = final.calibrations[shift].beyond(said[0, asked], *self._limits[name], spread[asked])
        said[1:, final.reasons(rows).is_not_null().to_numpy()] = [[1.0], [0.0]]
        return said


def _drawn(final: CalibratedModel, rows: pl.DataFrame, rng: np.random.Generator) -> FloatArray:
    drawn, shifts = np.zeros(rows.height), final.shifts(rows)
    for shift in shifts.unique().sort():
        asked = (shifts == shift).to_numpy()
        calibration = final.calibrations[shift]
        drawn[asked] = rng.choice(calibration.sizes, asked.sum(), p=calibration.weights)
    return np.asarray(drawn * rng.choice([-1, 1], rows.height) * final.spread(rows))


def batch_forecaster(served: TrainedModel, process: Process, past: pl.DataFrame | None = None) -> BatchForecaster:
    """Give the served model of a process the shape that decisions take; past: errors that say how those of a batch go together."""
    return BatchForecaster(served, process, past)
