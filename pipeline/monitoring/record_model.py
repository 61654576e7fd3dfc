"""A forecast of one attribute from the plan and the records up to one decision point, with a weight for each kind of question."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypedDict

import numpy as np
import polars as pl

from pipeline.domain.arrays import FloatArray
from pipeline.forecasting.calibrated_model import CalibratedModel, Forecast
from pipeline.forecasting.intervals import Calibration, SavedCalibration
from pipeline.models.file_format import SavedGaussian
from pipeline.models.hierarchical.model import FittedHierarchical
from pipeline.models.hierarchical.sealed import any_hierarchical_from_dict


class SavedRecordModel(TypedDict):
    """A record model as it is saved."""

    model: SavedGaussian
    batches: int
    names: list[str]
    weights: dict[str, float]
    calibrations: dict[str, SavedCalibration]


@dataclass(frozen=True)
class RecordModel:
    """A hierarchical model that reads the records so far beside the plan, and how far the forecast follows it."""

    fitted: FittedHierarchical
    batches: int
    """Number of batches that it was learned from."""
    names: tuple[str, ...]
    """Columns of the records so far that the model was offered."""
    weights: Mapping[str, float]
    """Kind of question → weight of the records. Kinds that are not named have the weight 0."""
    calibrations: Mapping[str, Calibration]
    """Kind of question with a weight above 0 → errors of its forecasts of hidden batches."""

    @property
    def records_read(self) -> list[str]:
        """Columns of the records so far that the model reads."""
        return [name for name in self.fitted.layout.quantities if name in self.names]

    def weights_of(self, plan: Forecast) -> FloatArray:
        """Return the weight of the records for each row, shape (n,)."""
        return np.array([self.weights.get(kind, 0.0) for kind in plan.kinds])

    def forecast(self, final: CalibratedModel, plan: Forecast, rows: pl.DataFrame) -> Forecast:
        """Return the forecast of rows with their records so far. plan: their forecast by the final model, from the plan alone."""
        weight = self.weights_of(plan)
        moved = plan.predicted + weight * (self.fitted.predict(rows) - plan.predicted)
        return replace(plan, predicted=np.where(weight > 0, final.task.clipped(moved), plan.predicted))

    def calibrated(self, final: CalibratedModel) -> CalibratedModel:
        """Return the final model with the errors of the forecasts that read the records, for kinds with a weight above 0."""
        return replace(final, calibrations={**final.calibrations, **self.calibrations})

    def to_dict(self) -> SavedRecordModel:
        """Return the model in the form in which it is saved."""
        return {
            "model": self.fitted.to_dict(),
            "batches": self.batches,
            "names": list(self.names),
            "weights": dict(self.weights),
            "calibrations": {kind: one.to_dict() for kind, one in self.calibrations.items()},
        }

    @classmethod
    def from_dict(cls, saved: SavedRecordModel) -> "RecordModel":
        """Return the model that was saved."""
        calibrations = {kind: Calibration.from_dict(one) for kind, one in saved["calibrations"].items()}
        return cls(
            any_hierarchical_from_dict(saved["model"]),
            saved["batches"],
            tuple(saved["names"]),
            saved["weights"],
            calibrations,
        )
