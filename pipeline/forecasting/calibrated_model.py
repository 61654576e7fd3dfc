"""One question, one answer: learn from some batches, predict others, with intervals rehearsed on the same kind of question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray
from pipeline.extrapolation.kinds import TrainingExtent, asked
from pipeline.extrapolation.reenactment import parts, reenact
from pipeline.forecasting.intervals import Calibration, IntervalConfig, bounds
from pipeline.models.base import spread_of
from pipeline.models.blend.fitting import TrainedBlend, fit_super_learner
from pipeline.models.registry import CarryOver, FittedModel, GlobalMean, ModelConfig, SuperLearner, Task, fit, from_dict

Learned = tuple[FittedModel, dict[str, pl.DataFrame]]
"""A fitted model, and per kind of question its forecasts of hidden batches."""
FOLDS = 4
"""Re-enactments per kind of question, for models that don't say it themselves."""


@dataclass(frozen=True)
class Forecast:
    """What a model says of n rows."""

    predicted: FloatArray
    """(n,), SI"""
    spread: FloatArray
    """(n,): unit of the residuals"""
    shifts: pl.Series
    """Kind of question of each."""


@dataclass(frozen=True)
class CalibratedModel:
    """A fitted model that knows how wrong it was on past questions of each kind."""

    task: Task
    model: FittedModel
    known: TrainingExtent
    calibrations: Mapping[str, Calibration]
    """Kind of question → residuals of its re-enactments."""
    distance: float = 0.0
    """How strongly intervals widen with the distance from evidence."""

    def predict(self, rows: pl.DataFrame) -> FloatArray:
        """Predict each row within the possible range, shape (n,), in SI."""
        return self.task.clipped(self.model.predict(rows))

    def shifts(self, rows: pl.DataFrame) -> pl.Series:
        """The kind of question that each row asks."""
        return rows.select(self.known.shift()).to_series()

    def say(self, rows: pl.DataFrame) -> "Forecast":
        """Everything that intervals and chances of these rows follow from."""
        return Forecast(self.predict(rows), self.spread(rows), self.shifts(rows))

    def intervals(self, said: "Forecast", levels: Sequence[float]) -> list[tuple[FloatArray, FloatArray]]:
        """Per level the lower and the upper end for each row, shape (n,), in SI, as wide as its kind of question asks for."""
        kinds = said.shifts.unique()
        widths = [{shift: self.calibrations[shift].half_width(level) for shift in kinds} for level in levels]
        halves = [said.spread * np.array([width[shift] for shift in said.shifts]) for width in widths]
        return [(self.task.clipped(said.predicted - half), self.task.clipped(said.predicted + half)) for half in halves]

    def spread(self, rows: pl.DataFrame) -> FloatArray:
        """How hard each row is to predict, shape (n,): residuals count in this unit."""
        return np.asarray(spread_of(self.model, rows) ** self.distance)

    def to_dict(self) -> dict[str, Any]:
        """Give task, model and calibrations as values that JSON holds."""
        return {
            "task": {name: list(value) if isinstance(value, tuple) else value for name, value in vars(self.task).items()},
            "model": self.model.to_dict(),
            "known": self.known.to_dict(),
            "distance": self.distance,
            "calibrations": {shift: calibration.to_dict() for shift, calibration in self.calibrations.items()},
        }

    @classmethod
    def from_dict(cls, saved: dict[str, Any]) -> "CalibratedModel":
        """Read what `to_dict` gave."""
        task: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in saved["task"].items()
        }
        calibrations = {shift: Calibration.from_dict(one) for shift, one in saved["calibrations"].items()}
        return cls(
            Task(**task),
            from_dict(saved["model"]),
            TrainingExtent.from_dict(saved["known"]),
            calibrations,
            saved["distance"],
        )

    def reasons(self, rows: pl.DataFrame) -> pl.Series:
        """Why a row is not answered for, or null."""
        return rows.select(self.known.reasons()).to_series()


def forecast(
    train: pl.DataFrame,
    test: pl.DataFrame,
    task: Task,
    model: ModelConfig,
    interval: IntervalConfig | None = None,
    seed: int = 1,
) -> pl.DataFrame:
    """Learn from `train` (feature rows with `observed` in SI and `censoring`) and predict `test` (feature rows).

    Returns a row per row of `test`: batch_id, shift (the kind of question), predicted, spread, lower_L and upper_L per
    level, in SI; answered, and the reason where not. Raises ScalebridgeError where there is nothing to learn from.
    """
    interval = interval or IntervalConfig()
    found = learn(train, task, model, interval, seed, asked(test, TrainingExtent.of(train, task.refuse)))
    return answers(found, test, interval.levels)


def learn(
    train: pl.DataFrame,
    task: Task,
    model: ModelConfig,
    interval: IntervalConfig,
    seed: int,
    shifts: Sequence[str],
) -> CalibratedModel:
    """Fit a model, and calibrate it for these kinds of question."""
    return learn_all(train, task, [model], interval, seed, shifts)[0]


def learn_all(
    train: pl.DataFrame,
    task: Task,
    models: Sequence[ModelConfig],
    interval: IntervalConfig,
    seed: int,
    shifts: Sequence[str],
) -> list[CalibratedModel]:
    """Fit models, each calibrated for these kinds of question; one that is also a member of a blend is fitted once."""
    y = train["observed"].to_numpy()
    blends = [fit_super_learner(model, train, y, task, seed, shifts) for model in models if isinstance(model, SuperLearner)]
    found = [_of_blends(model, blends) or rehearsed(train, task, model, seed, shifts) for model in models]
    known = TrainingExtent.of(train, task.refuse, [*task.comparable, "scale"])
    return [
        CalibratedModel(task, fitted, known, _calibrated(tables, interval), interval.distance) for fitted, tables in found
    ]


def _of_blends(model: ModelConfig, blends: Sequence[TrainedBlend]) -> Learned | None:
    """A blend or a member of one, which is fitted already; a baseline learns from the results as they are, not from a blend's."""
    for blend in blends:
        if model == blend.config:
            return blend.fitted, blend.forecasts
        if model in blend.config.members and not isinstance(model, GlobalMean | CarryOver):
            return blend.member(blend.config.members.index(model))
    return None


def _calibrated(tables: Mapping[str, pl.DataFrame], interval: IntervalConfig) -> dict[str, Calibration]:
    return {shift: Calibration.of(table, interval, shift) for shift, table in tables.items()}


def answers(found: CalibratedModel, test: pl.DataFrame, levels: Sequence[float]) -> pl.DataFrame:
    """What a forecaster says about rows, as `forecast` returns it."""
    reasons, said = found.reasons(test), found.say(test)
    ends = [
        pl.Series(name, end)
        for level, both in zip(levels, found.intervals(said, levels), strict=True)
        for name, end in zip(bounds(level), both, strict=True)
    ]
    return test.select("batch_id").with_columns(
        said.shifts,
        pl.Series("predicted", said.predicted),
        pl.Series("spread", said.spread),
        *ends,
        reasons.is_null().alias("answered"),
        reasons,
    )


def rehearsed(train: pl.DataFrame, task: Task, model: ModelConfig, seed: int, shifts: Sequence[str]) -> Learned:
    """Fit a model that is no blend, and re-enact the kinds of question inside its training rows.

    The tables hold the hidden rows with predicted, spread and `shown`, the kind that could be re-enacted.
    """
    tables = {}
    for shift in shifts:
        folds = reenact(train, shift, task.refuse, FOLDS)
        said = [_said(model, known, hidden, task, seed) for _, known, hidden in parts(train, folds)]
        tables[shift] = pl.concat(said).with_columns(pl.lit(folds["shift"][0]).alias("shown"))
    return fit(model, train, train["observed"].to_numpy(), task, seed), tables


def _said(model: ModelConfig, known: pl.DataFrame, hidden: pl.DataFrame, task: Task, seed: int) -> pl.DataFrame:
    fitted = fit(model, known, known["observed"].to_numpy(), task, seed)
    return hidden.with_columns(
        pl.Series("predicted", task.clipped(fitted.predict(hidden))), pl.Series("spread", spread_of(fitted, hidden))
    )
