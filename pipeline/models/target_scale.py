"""The scale on which a model describes its target: as recorded, logarithm, or logit between the ends of the possible range."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from pipeline.domain.arrays import FloatArray
from pipeline.models.base import Task
from pipeline.models.file_format import SavedTargetScale

FARTHEST = 50.0
"""Largest size of a transformed value that is transformed back. Beyond it the exponential would overflow."""


@dataclass(frozen=True)
class TargetScale:
    """A rising function of the target, and its inverse (Box, Cox 1964, J. R. Stat. Soc. B 26, 211).

    Effects that multiply are sums on the logarithm. Effects that saturate at the ends of a range are sums on the logit. A value
    that is transformed back from a mean is a median of the target: half of the results are expected below it.
    """

    kind: Literal["recorded", "log", "logit"] = "recorded"
    low: float = 0.0
    """Lower end, below all values, in SI. Only the logarithm and the logit have one."""
    high: float = 1.0
    """Upper end, above all values, in SI. Only the logit has one."""

    def transformed(self, values: FloatArray) -> FloatArray:
        """Return the values on this scale, shape (n,). A value at or beyond an end lies infinitely far away."""
        if self.kind == "recorded":
            return values
        with np.errstate(divide="ignore"):
            above = np.log(np.maximum(values - self.low, 0.0))
            return above if self.kind == "log" else above - np.log(np.maximum(self.high - values, 0.0))

    def recorded(self, transformed: FloatArray) -> FloatArray:
        """Return the values in SI, shape (n,), from values on this scale."""
        if self.kind == "recorded":
            return transformed
        z = np.clip(transformed, -FARTHEST, FARTHEST)
        if self.kind == "log":
            return np.asarray(self.low + np.exp(z))
        return np.asarray(self.low + (self.high - self.low) / (1 + np.exp(-z)))

    def slope(self, transformed: FloatArray) -> FloatArray:
        """Return the rise of the target per unit of this scale, shape (n,), at values on this scale."""
        if self.kind == "recorded":
            return np.ones(len(transformed))
        above = self.recorded(transformed) - self.low
        return above if self.kind == "log" else np.asarray(above * (1 - above / (self.high - self.low)))

    def to_dict(self) -> SavedTargetScale:
        """Return the scale in the form in which it is saved."""
        return {"kind": self.kind, "low": self.low, "high": self.high}


def mean_slope(scale: TargetScale, start: FloatArray, change: FloatArray) -> FloatArray:
    """Return the mean rise of the target per unit of a scale along a change from a start on the scale, shape (n,)."""
    rise, still = scale.recorded(start + change) - scale.recorded(start), change == 0
    return np.asarray(np.where(still, scale.slope(start), rise / np.where(still, 1.0, change)))


RECORDED = TargetScale()
"""The target as it is recorded."""


def transformed_scale(y: FloatArray, task: Task) -> TargetScale:
    """Return the logit between the ends of the possible range if both are known, else the logarithm above the lower one.

    y: results, shape (n,), SI. The lower end is 0 where none is declared. Where a result lies at an end, the end is moved outwards
    by half of the smallest distance of the other results from it. Far below the upper end the logit equals the logarithm. The scale
    is the recorded one where all results are equal, and where one lies beyond an end.
    """
    lowest = task.lowest if task.lowest is not None else 0.0
    if np.ptp(y) == 0 or y.min() < lowest or (task.highest is not None and y.max() > task.highest):
        return RECORDED
    low = lowest - _margin(y - lowest)
    if task.lowest is None or task.highest is None:
        return TargetScale("log", low)
    return TargetScale("logit", low, task.highest + _margin(task.highest - y))


def _margin(distances: FloatArray) -> float:
    """Return half of the smallest positive distance from an end if a result lies at the end, else 0."""
    return 0.0 if distances.min() > 0 else float(distances[distances > 0].min()) / 2


def target_scale_from_dict(saved: SavedTargetScale | None) -> TargetScale:
    """Return the scale that was saved; models that were saved before there were scales have the recorded one."""
    return RECORDED if saved is None else TargetScale(saved["kind"], saved["low"], saved["high"])
