"""Predictions, chances and errors of rows by the trained model, fast for many rows."""

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
from pipeline.forecasting.calibrated_model import CalibratedModel, Forecast
from pipeline.forecasting.joint_chance import JointErrors
from pipeline.forecasting.outcome import Outcome
from pipeline.forecasting.trained_model import TrainedModel

BLOCK = 65_536
"""Rows that are predicted at once, which limits the memory that many rows need."""
ALONE = 1_000
"""Number of rows below which one thread is faster than several."""


@dataclass(frozen=True)
class BatchForecaster:
    """The trained models of a process. The chances of a row follow from past errors on the kind of question of the row."""

    served: TrainedModel
    process: Process
    past: pl.DataFrame | None = None
    """Past forecast errors on the kind of question of the proposal: a row per batch, with product and a column per target."""

    @property
    def targets(self) -> tuple[str, ...]:
        """Attributes that are predicted."""
        return tuple(self.served.finals)

    def mean(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the prediction of each row: one Float64 column per target, in SI."""
        return pl.DataFrame(self._each(lambda name, some: self.served.finals[name].predict(some), rows))

    def within(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return P(in specification) of each row: one Float64 column per target that has a specification."""
        return self.outcome(rows).within

    def outcome(self, rows: pl.DataFrame) -> Outcome:
        """Return `mean` and `within` of the same rows. The models run once.

        A row that a model must not answer has the chance 0, because nothing is proven where there is no evidence.
        """
        found = self._each(self._predicted, rows)
        mean = pl.DataFrame({name: one[0] for name, one in found.items()})
        below, above = (pl.DataFrame({name: found[name][side] for name in self._limits}) for side in (1, 2))
        return Outcome(mean, below, above, self.joint)

    @cached_property
    def joint(self) -> JointErrors:
        """Correlation of the errors of the targets with a specification; no correlation where no past errors are given."""
        targets = list(self._limits)
        return JointErrors.independent(targets) if self.past is None else JointErrors.of(self.past, targets)

    def errors(self, rows: pl.DataFrame, seed: int) -> pl.DataFrame:
        """Draw one past forecast error per row: one Float64 column per target, in SI.

        Errors of different targets are drawn independently. The sign of an error is drawn as well.
        """
        rng = np.random.default_rng(seed)
        return pl.DataFrame({name: _drawn(final, rows, rng) for name, final in self.served.finals.items()})

    @cached_property
    def _limits(self) -> dict[str, Ends]:
        """Lower and upper limit of each target with a specification, SI; None where there is no limit on that side."""
        return limits_of(self.process, self.targets)

    def _each(self, predict: Callable[[str, pl.DataFrame], FloatArray], rows: pl.DataFrame) -> dict[str, FloatArray]:
        """Return the result of a function for each target, (..., rows). Rows are cut into blocks, and many rows use threads."""
        blocks = [rows] if rows.height <= BLOCK else list(rows.iter_slices(BLOCK))
        calls = [(name, block) for name in self.targets for block in blocks]
        if rows.height < ALONE:
            found = [predict(*call) for call in calls]
        else:
            with ThreadPoolExecutor(thread_pool_size()) as pool:
                found = list(pool.map(lambda call: predict(*call), calls))
        count = len(blocks)
        return {name: np.concatenate(found[i * count : (i + 1) * count], axis=-1) for i, name in enumerate(self.targets)}

    def _predicted(self, name: str, rows: pl.DataFrame) -> FloatArray:
        """Return prediction, P(below the lower limit) and P(above the upper limit), (3, rows). A refused row counts as below."""
        final = self.served.finals[name]
        out = np.vstack([final.predict(rows), np.ones(rows.height), np.zeros(rows.height)])
        if name not in self._limits:
            return out
        out[1:] = final.beyond(Forecast(out[0], final.spread(rows), final.kinds(rows)), self._limits[name])
        out[1:, final.reasons(rows).is_not_null().to_numpy()] = [[1.0], [0.0]]
        return out


def _drawn(final: CalibratedModel, rows: pl.DataFrame, rng: np.random.Generator) -> FloatArray:
    """Draw an error of each row, shape (rows,), from the errors on the kind of question of the row."""
    drawn, kinds = np.zeros(rows.height), final.kinds(rows)
    for kind in kinds.unique().sort():
        own = (kinds == kind).to_numpy()
        drawn[own] = final.calibrations[kind].drawn(int(own.sum()), rng)
    return np.asarray(drawn * final.spread(rows))


def batch_forecaster(served: TrainedModel, process: Process, past: pl.DataFrame | None = None) -> BatchForecaster:
    """Return the forecaster of a trained model; past: past forecast errors, from which the correlation between targets follows."""
    return BatchForecaster(served, process, past)
