"""A fitted model with intervals that are calibrated by its own past errors, for each kind of question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NotRequired, TypedDict

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray
from pipeline.domain.specification_limits import Ends, possible_ends
from pipeline.extrapolation.kinds import KIND_COLUMN, SavedExtent, TrainingExtent, kinds_of
from pipeline.extrapolation.reenactment import reenact, train_and_test
from pipeline.forecasting.intervals import Calibration, IntervalConfig, SavedCalibration, bounds, pooled, with_pooled
from pipeline.forecasting.model_choice import Choice, Hidden, choose
from pipeline.models.base import far_spectra, spread_of
from pipeline.models.blend.fitting import TrainedBlend, fit_super_learner
from pipeline.models.blend.model import FittedSuperLearner
from pipeline.models.file_format import SavedGaussian, SavedModel, SavedTask
from pipeline.models.hierarchical.model import FittedHierarchical
from pipeline.models.hierarchical.sealed import any_hierarchical_from_dict
from pipeline.models.registry import CarryOver, FittedModel, ModelConfig, SuperLearner, Task, fit, from_dict
from pipeline.models.residual_boosting import FittedBoosted
from pipeline.models.row_subset import reenactment_rows
from pipeline.models.spectral.model import FAR

FOLDS = 4
"""Number of re-enacted folds per kind of question where no blend states it. Models that are compared share their folds."""


@dataclass(frozen=True)
class ReenactedModel:
    """A fitted model, and its forecasts of hidden batches."""

    fitted: FittedModel
    forecasts: Mapping[str, pl.DataFrame]
    """Kind of question → hidden batches with predicted, spread, fold and reenacted_kind, the kind that was re-enacted."""


@dataclass(frozen=True)
class Forecast:
    """The forecast of n rows, from which intervals and probabilities follow."""

    predicted: FloatArray
    """(n,), SI"""
    spread: FloatArray
    """(n,): unit of the residuals"""
    kinds: pl.Series
    """Kind of question of each row."""


class SavedCalibratedModel(TypedDict):
    """A calibrated model as it is saved."""

    task: SavedTask
    model: SavedModel
    known: SavedExtent
    distance: float
    calibrations: dict[str, SavedCalibration]
    companion: NotRequired[SavedGaussian]


@dataclass(frozen=True)
class CalibratedModel:
    """A fitted model, the extent of its training rows, and its past errors for each kind of question."""

    task: Task
    model: FittedModel
    extent: TrainingExtent
    calibrations: Mapping[str, Calibration]
    """Kind of question → residuals of its re-enactments."""
    distance: float = 0.0
    """How strongly intervals widen with the distance from the training rows, where a calibration does not say it itself."""
    companion: FittedHierarchical | None = None
    """A hierarchical model of the same rows, where `model` has no hierarchical part. It answers nothing. It gives the correlation
    between the process means of different runs."""

    @property
    def hierarchical(self) -> FittedHierarchical | None:
        """The hierarchical part of the model, or the companion."""
        return hierarchical_part(self.model) or self.companion

    def predict(self, rows: pl.DataFrame) -> FloatArray:
        """Predict each row within the possible range, shape (n,), in SI."""
        return self.task.clipped(self.model.predict(rows))

    def kinds(self, rows: pl.DataFrame) -> pl.Series:
        """Return the kind of question of each row."""
        return rows.select(self.extent.kind()).to_series()

    def forecast(self, rows: pl.DataFrame) -> Forecast:
        """Return the forecast of the rows."""
        return Forecast(self.predict(rows), self.spread(rows), self.kinds(rows))

    def intervals(self, forecast: Forecast, levels: Sequence[float]) -> list[tuple[FloatArray, FloatArray]]:
        """Return for each level the lower and the upper end of the interval of each row, shape (n,), in SI."""
        kinds = forecast.kinds.unique()
        widths = [{kind: self.calibrations[kind].half_width(level) for kind in kinds} for level in levels]
        halves = [forecast.spread * np.array([width[kind] for kind in forecast.kinds]) for width in widths]
        clipped, predicted = self.task.clipped, forecast.predicted
        return [(clipped(predicted - half), clipped(predicted + half)) for half in halves]

    def beyond(self, forecast: Forecast, ends: Ends) -> tuple[FloatArray, FloatArray]:
        """Return the chances of a result below the lower and above the upper limit of each row, shape (n,) each; limits in SI.

        A limit that no possible result is beyond has the chance 0. All other chances are above 0 and below 1.
        """
        limits, found = possible_ends(ends, self.task.lowest, self.task.highest), np.zeros((2, len(forecast.predicted)))
        for kind in forecast.kinds.unique():
            own = (forecast.kinds == kind).to_numpy()
            found[:, own] = self.calibrations[kind].beyond(forecast.predicted[own], *limits, forecast.spread[own])
        return found[0], found[1]

    def below(self, forecast: Forecast, limits: FloatArray) -> FloatArray:
        """Return the chance of a result below a limit of each row, shape (n,). limits: one per row, SI."""
        found = np.zeros(len(limits))
        for kind in forecast.kinds.unique():
            own = (forecast.kinds == kind).to_numpy()
            found[own] = self.calibrations[kind].below(forecast.predicted[own], limits[own], forecast.spread[own])
        return found

    def spread(self, rows: pl.DataFrame) -> FloatArray:
        """Return the spread of each row, shape (n,), which is the unit of its residual."""
        own = {kind: self.distance if one.distance is None else one.distance for kind, one in self.calibrations.items()}
        exponent = self.kinds(rows).replace_strict(own, default=self.distance, return_dtype=pl.Float64)
        return np.asarray(spread_of(self.model, rows) ** exponent.to_numpy())

    def reasons(self, rows: pl.DataFrame) -> pl.Series:
        """Return for each row the reason why the model must not answer, or null where it may."""
        far = [pl.when(pl.Series(far)).then(pl.lit(far_reason(name))) for name, far in far_spectra(self.model, rows).items()]
        return rows.select(pl.coalesce(self.extent.reasons(), *far).alias("reason")).to_series()

    def to_dict(self) -> SavedCalibratedModel:
        """Return the model in the form in which it is saved."""
        saved: SavedCalibratedModel = {
            "task": self.task.to_dict(),
            "model": self.model.to_dict(),
            "known": self.extent.to_dict(),
            "distance": self.distance,
            "calibrations": {kind: calibration.to_dict() for kind, calibration in self.calibrations.items()},
        }
        return saved if self.companion is None else {**saved, "companion": self.companion.to_dict()}

    @classmethod
    def from_dict(cls, saved: SavedCalibratedModel) -> "CalibratedModel":
        """Return the model that was saved."""
        extent = TrainingExtent.from_dict(saved["known"])
        return cls(
            Task.from_dict(saved["task"], extent.tolerance),
            from_dict(saved["model"]),
            extent,
            {kind: Calibration.from_dict(one) for kind, one in saved["calibrations"].items()},
            saved["distance"],
            any_hierarchical_from_dict(saved["companion"]) if "companion" in saved else None,
        )


def far_reason(spectrum: str) -> str:
    """Return why a model does not answer for a spectrum that is unlike those of the training rows."""
    return (
        f"the spectrum {spectrum} is more than {FAR:g} times as far from the mean spectrum of history as any spectrum that history "
        "holds"
    )


def hierarchical_part(model: FittedModel) -> FittedHierarchical | None:
    """Return the hierarchical model that a trained model is or contains, or None."""
    match model:
        case FittedHierarchical():
            return model
        case FittedSuperLearner():
            return model.spread_model
        case FittedBoosted():
            return model.base
        case _:
            return None


def train_and_forecast(
    train: pl.DataFrame,
    test: pl.DataFrame,
    task: Task,
    model: ModelConfig,
    interval: IntervalConfig | None = None,
    seed: int = 1,
) -> pl.DataFrame:
    """Fit and calibrate a model on training rows, and return its forecasts of test rows as `forecast_table` does.

    train: feature rows with `observed` in SI and `censoring`; test: feature rows. Raises ScalebridgeError where there is
    nothing to learn from.
    """
    interval = interval or IntervalConfig()
    kinds = kinds_of(test, TrainingExtent.of(train, task.scale_tolerance, task.refuse, by_device=task.by_device))
    return forecast_table(fit_calibrated(train, task, model, interval, seed, kinds), test, interval.levels)


@dataclass(frozen=True)
class FittedCandidates:
    """Models that were fitted to the same rows, and the choice among them."""

    models: Mapping[str, CalibratedModel]
    """Kind → model, the configured one last."""
    choice: Choice
    hidden: Hidden
    """Their forecasts of hidden batches, by which the choice was made."""
    folds: int
    """Number of re-enacted folds per kind of question."""

    @property
    def answering(self) -> CalibratedModel:
        """The chosen model."""
        return self.models[self.choice.model]


def fit_calibrated(
    train: pl.DataFrame,
    task: Task,
    model: ModelConfig,
    interval: IntervalConfig,
    seed: int,
    kinds: Sequence[str],
) -> CalibratedModel:
    """Fit a model, and calibrate it for these kinds of question."""
    return fit_all_calibrated(train, task, [model], interval, seed, kinds, ()).models[model.kind]


def fit_all_calibrated(
    train: pl.DataFrame,
    task: Task,
    models: Sequence[ModelConfig],
    interval: IntervalConfig,
    seed: int,
    kinds: Sequence[str],
    deciding: Sequence[str],
) -> FittedCandidates:
    """Fit several models, calibrate each for these kinds of question, and choose the one that answers.

    models: of different kinds, the configured one last. deciding: those of the kinds whose hidden batches decide which model
    answers. A model that is a member of a blend is fitted once. All of it uses the training rows alone.
    """
    y, kinds = train["observed"].to_numpy(), with_pooled(kinds)
    blends = [
        fit_super_learner(model, train, y, task, seed, kinds, models) for model in models if isinstance(model, SuperLearner)
    ]
    folds = blends[0].config.folds if blends else FOLDS
    found = {
        model.kind: _from_blends(model, blends) or _fit_and_reenact(train, task, model, seed, kinds, folds)
        for model in models
    }
    extent = TrainingExtent.of(
        train, task.scale_tolerance, task.refuse, [*task.comparable, "scale"], by_device=task.by_device
    )
    fitted: dict[str, CalibratedModel] = {
        kind: CalibratedModel(task, one.fitted, extent, _calibrations(one.forecasts, interval), interval.distance)
        for kind, one in found.items()
    }
    hidden: Hidden = {kind: one.forecasts for kind, one in found.items()}
    return FittedCandidates(fitted, choose(hidden, deciding, compared=not holds_carry_over(models[-1])), hidden, folds)


def holds_carry_over(model: ModelConfig) -> bool:
    """Tell whether a model is a blend with the carry-over mean among its members.

    The weights of such a blend are drawn to the carry-over mean where there is little evidence. A further comparison with it would
    do the same a second time.
    """
    return isinstance(model, SuperLearner) and CarryOver() in model.members


def _from_blends(model: ModelConfig, blends: Sequence[TrainedBlend]) -> ReenactedModel | None:
    """Return a model that is one of the blends, or a member of one, or None."""
    for blend in blends:
        if model == blend.config:
            return ReenactedModel(blend.fitted, blend.forecasts())
        if model in blend.used.members:
            return ReenactedModel(*blend.member(blend.used.members.index(model)))
    return None


def _calibrations(forecasts: Mapping[str, pl.DataFrame], interval: IntervalConfig) -> dict[str, Calibration]:
    return {kind: Calibration.of(table, interval, kind, pooled(forecasts, kind)) for kind, table in forecasts.items()}


def forecast_table(model: CalibratedModel, rows: pl.DataFrame, levels: Sequence[float]) -> pl.DataFrame:
    """Return the forecast of each row: batch_id, shift, predicted, spread, lower_L and upper_L per level, answered, reason.

    Values are in SI. `shift` is the kind of question. `reason` says why a row is not answered.
    """
    reasons, forecast = model.reasons(rows), model.forecast(rows)
    ends = [
        pl.Series(name, end)
        for level, both in zip(levels, model.intervals(forecast, levels), strict=True)
        for name, end in zip(bounds(level), both, strict=True)
    ]
    return rows.select("batch_id").with_columns(
        forecast.kinds,
        pl.Series("predicted", forecast.predicted),
        pl.Series("spread", forecast.spread),
        *ends,
        reasons.is_null().alias("answered"),
        reasons,
    )


def _fit_and_reenact(
    train: pl.DataFrame, task: Task, model: ModelConfig, seed: int, kinds: Sequence[str], number: int
) -> ReenactedModel:
    """Fit a model that is no blend, and let it forecast hidden training rows for each kind of question."""
    forecasts: dict[str, pl.DataFrame] = {}
    for kind in kinds:
        folds = reenact(train, kind, task.scale_tolerance, task.refuse, number, by_device=task.by_device)
        reenacted = str(folds[KIND_COLUMN][0])
        same = next((other for other in forecasts.values() if other["reenacted_kind"][0] == reenacted), None)
        forecasts[kind] = same if same is not None else _hidden_forecasts(model, train, folds, task, seed)
    return ReenactedModel(fit(model, train, train["observed"].to_numpy(), task, seed), forecasts)


def _hidden_forecasts(model: ModelConfig, rows: pl.DataFrame, folds: pl.DataFrame, task: Task, seed: int) -> pl.DataFrame:
    """Return the hidden batches of all folds with predicted, spread, fold and reenacted_kind."""
    hidden = [
        _forecasts_of_fold(model, known, test, task, seed).with_columns(pl.lit(fold, pl.Int32).alias("fold"))
        for fold, known, test in train_and_test(rows, folds)
    ]
    return pl.concat(hidden).with_columns(pl.lit(folds[KIND_COLUMN][0]).alias("reenacted_kind"))


def _forecasts_of_fold(model: ModelConfig, known: pl.DataFrame, test: pl.DataFrame, task: Task, seed: int) -> pl.DataFrame:
    """Return the test rows with predicted and spread, by the model fitted to the known rows, `MOST_REENACTED` at most."""
    known = reenactment_rows(known)
    fitted = fit(model, known, known["observed"].to_numpy(), task, seed)
    return test.with_columns(
        pl.Series("predicted", task.clipped(fitted.predict(test))), pl.Series("spread", spread_of(fitted, test))
    )
