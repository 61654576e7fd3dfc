"""Prediction intervals from the errors of forecasts of hidden batches."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypedDict

import numpy as np
import polars as pl
from pydantic import Field
from pydantic.dataclasses import dataclass as configuration
from scipy.special import ndtri, stdtrit

from pipeline.domain.arrays import FloatArray
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.strict_config import STRICT

LEVELS = (0.8, 0.9, 0.95)
ONE_GROUP_FACTOR = 2.0
"""Factor by which an interval is wider where its errors come from one group, which does not show how groups differ."""
SUBSTITUTION_FACTOR = 1.25
"""Factor by which an interval is wider where another kind of question was re-enacted than the one asked for."""
MAIN_LEVEL = 0.9
"""The level that tables and pictures show."""


@configuration(config=STRICT, frozen=True)
class IntervalConfig:
    """Levels of the intervals, and which past errors count as independent."""

    grouping: Literal["batch", "product", "lineage"] = "product"
    """Batches of one group count together: with `product`, ten batches of one product are one piece of evidence."""
    distance: float = Field(default=0.5, ge=0, le=1)
    """How strongly an interval widens with the distance from the training rows: 0 is not at all, 1 is like the Gaussian model."""
    levels: tuple[float, ...] = Field(default=LEVELS, min_length=1)
    """Shares of results that the intervals should cover."""

    def __post_init__(self) -> None:
        """Refuse levels that are not between 0 and 1, and levels without the main one."""
        wrong = [level for level in self.levels if not 0 < level < 1]
        if wrong:
            raise ValueError(f"levels lie between 0 and 1; given is {wrong[0]}")
        if MAIN_LEVEL not in self.levels:
            raise ValueError(f"levels must hold {MAIN_LEVEL}, the level of tables and pictures; given are {self.levels}")

    @property
    def column(self) -> str:
        """Column of the rows that names the group."""
        return {"batch": "batch_id"}.get(self.grouping, self.grouping)


def residual() -> pl.Expr:
    """Return observed minus predicted, from the columns observed, predicted and censoring.

    A left-censored result lies at or below its limit. A prediction there has no error, and a prediction above has at least
    its distance from the limit. For a right-censored result it is the other way round. So an interval covers a censored
    result if it reaches the side of the limit on which the result lies.
    """
    difference = pl.col("observed") - pl.col("predicted")
    return (
        pl.when(pl.col("censoring") == "left").then(pl.min_horizontal(difference, 0.0))
        .when(pl.col("censoring") == "right").then(pl.max_horizontal(difference, 0.0))
        .otherwise(difference)
    )  # fmt: skip


def covered(lower: str, upper: str) -> pl.Expr:
    """Tell whether the interval in two columns covers the result; a censored result is covered as `residual` says."""
    above = (pl.col("observed") >= pl.col(lower)) | (pl.col("censoring") == "right")
    below = (pl.col("observed") <= pl.col(upper)) | (pl.col("censoring") == "left")
    return above & below


def bounds(level: float) -> tuple[str, str]:
    """Return the names of the columns of an interval.

    >>> bounds(0.9)
    ('lower_90', 'upper_90')
    """
    percent = f"{100 * level:g}"
    return f"lower_{percent}", f"upper_{percent}"


class SavedCalibration(TypedDict):
    """A calibration as it is saved. `shown` is the re-enacted kind; `stranger` tells whether it is a substitute."""

    residuals: list[float]
    groups: list[str]
    shown: str
    stranger: bool


@dataclass(frozen=True)
class Calibration:
    """Absolute residuals of forecasts of hidden batches in units of the spread, with the group (product, …) of each.

    The half width at a level is the weighted quantile of the residuals (Dunn, Wasserman, Ramdas 2022, J. Am. Stat. Assoc.
    118, 2491). It is widened by the ratio of Student's t with K − 1 degrees of freedom to the normal, where K is the number
    of groups. A group of n batches has the weight √n, because its batches are neither one piece of evidence nor n
    independent ones. The coverage is close to the level, and not guaranteed above K/(K+1).
    """

    residuals: tuple[float, ...]
    """Sorted."""
    groups: tuple[str, ...]
    """Group of each residual."""
    reenacted_kind: str = ""
    """The kind of question that was re-enacted."""
    substituted: bool = False
    """Whether that is another kind than the one asked for, because the training rows cannot show the latter."""

    @classmethod
    def of(cls, hidden: pl.DataFrame, config: IntervalConfig, kind: str) -> "Calibration":
        """Return the calibration for a kind of question.

        hidden: hidden batches with observed, predicted, censoring, spread, reenacted_kind and the column of the grouping.
        Raises ScalebridgeError where there are none.
        """
        if hidden.is_empty():
            raise ScalebridgeError("Intervals need at least one forecast of a hidden batch with its result; there is none")
        unit = pl.col("spread") ** config.distance
        ordered = hidden.select(size=residual().abs() / unit, group=pl.col(config.column)).sort("size", "group")
        reenacted = str(hidden["reenacted_kind"][0])
        return cls(tuple(ordered["size"].to_list()), tuple(ordered["group"].to_list()), reenacted, reenacted != kind)

    @property
    def largest_level(self) -> float:
        """Largest level that the number of groups supports, K/(K+1)."""
        count = len(set(self.groups))
        return count / (count + 1)

    def supported(self, level: float) -> bool:
        """Tell whether the errors support the level.

        There must be enough groups, the kind of question itself must have been re-enacted, and some error must be above 0.
        """
        return not self.substituted and self.residuals[-1] > 0 and level <= self.largest_level + 1e-12

    def half_width(self, level: float) -> float:
        """Return half the width of the interval at a level, in units of the spread."""
        place = int(np.searchsorted(np.cumsum(self.weights), level - 1e-12))
        student = float(self._student_factor(np.array([level]))[0])
        return self._substitution_factor * student * self.residuals[min(place, len(self.residuals) - 1)]

    @property
    def _substitution_factor(self) -> float:
        return SUBSTITUTION_FACTOR if self.substituted else 1.0

    def _student_factor(self, levels: FloatArray) -> FloatArray:
        """Return the ratio of Student's t to the normal at these levels, shape (n,)."""
        groups, tails = len(set(self.groups)), (1 + levels) / 2
        return (
            np.asarray(stdtrit(groups - 1, tails) / ndtri(tails)) if groups > 1 else np.full(len(levels), ONE_GROUP_FACTOR)
        )

    def probability_within(
        self, predicted: FloatArray, lower: float | None, upper: float | None, spread: FloatArray | None = None
    ) -> FloatArray:
        """Return the probability that a result lies between two limits, shape (n,); None is no limit on that side.

        spread: unit of the residuals at each prediction, shape (n,); 1 where not given. Half of the weight of each residual
        lies above the prediction, and half below.
        """
        below, above = self.beyond(predicted, lower, upper, spread)
        return np.asarray(np.clip(1 - below - above, 0, 1))

    def beyond(
        self, predicted: FloatArray, lower: float | None, upper: float | None, spread: FloatArray | None = None
    ) -> tuple[FloatArray, FloatArray]:
        """Return the probabilities that a result lies below `lower` and that it lies above `upper`, shape (n,) each."""
        unit, none = np.ones(len(predicted)) if spread is None else spread, np.zeros(len(predicted))
        return (
            none if lower is None else self._tail((predicted - lower) / unit),
            none if upper is None else self._tail((upper - predicted) / unit),
        )

    def _tail(self, distance: FloatArray) -> FloatArray:
        """Return P(error > distance), shape (n,). It equals P(error < −distance), because errors have either sign."""
        total = np.concatenate([[0.0], np.cumsum(self.weights)])
        larger = total[-1] - total[np.searchsorted(self.widened_residuals, distance, side="right")]
        opposite = total[np.searchsorted(self.widened_residuals, -distance, side="left")]
        return np.asarray((larger + opposite) / 2)

    def to_dict(self) -> SavedCalibration:
        """Return the calibration in the form in which it is saved."""
        return {
            "residuals": list(self.residuals),
            "groups": list(self.groups),
            "shown": self.reenacted_kind,
            "stranger": self.substituted,
        }

    @classmethod
    def from_dict(cls, saved: SavedCalibration) -> "Calibration":
        """Return the calibration that was saved."""
        return cls(tuple(saved["residuals"]), tuple(saved["groups"]), saved["shown"], saved["stranger"])

    @cached_property
    def widened_residuals(self) -> FloatArray:
        """The residuals in units of the spread, sorted, shape (n,), each widened by the factors of an interval at its level."""
        middle = np.cumsum(self.weights) - self.weights / 2
        return np.asarray(self._substitution_factor * self._student_factor(middle) * np.array(self.residuals))

    @cached_property
    def weights(self) -> FloatArray:
        """Weight of each residual, shape (n,); the weights sum to 1."""
        _, index, counts = np.unique(np.array(self.groups), return_inverse=True, return_counts=True)
        weights = 1 / np.sqrt(counts[index])
        return np.asarray(weights / weights.sum())
