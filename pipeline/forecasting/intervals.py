"""Prediction intervals from the errors of forecasts of hidden batches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NotRequired, TypedDict

import numpy as np
import polars as pl
from pydantic import Field
from pydantic.dataclasses import dataclass as configuration

from pipeline.domain.arrays import FloatArray
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.strict_config import STRICT
from pipeline.extrapolation.kinds import BEYOND_SCALE, NEW_LINEAGE, NEW_SCALE, NEXT_BATCH
from pipeline.forecasting.error_sizes import LEAST_CHANCE, ErrorSizes
from pipeline.models.effective_number import effective_number, weights_of

LEVELS = (0.8, 0.9, 0.95)
SUBSTITUTION_FACTOR = 1.25
"""Factor by which an interval is wider where another kind of question was re-enacted than the one asked for."""
POOLED = {BEYOND_SCALE: (NEW_SCALE, NEW_LINEAGE)}
"""Kind of question → the nearest other kinds, whose errors count as well. History holds only a few steps beyond all scales, and all
hidden batches of a step share its error."""
LEAST_LINES = 5
"""Number of lines of batches from which errors on a new line count for another kind. From few lines no model can learn how lines
differ, so such errors are larger than those on a scale of a known line."""
SHARE_OF_POOLED = 0.5
"""Weight of the errors of each pooled kind, where those of the kind itself weigh 1."""
MAIN_LEVEL = 0.9
"""The level that tables and pictures show."""


@configuration(config=STRICT, frozen=True)
class IntervalConfig:
    """Levels of the intervals, and which past errors count as independent."""

    grouping: Literal["batch", "product", "lineage"] = "product"
    """Batches of one group count together: with `product`, ten batches of one product are one piece of evidence."""
    distance: float = Field(default=0.5, ge=0, le=1)
    """How strongly an interval widens with the distance from the training rows: 0 is not at all, 1 is like the Gaussian model."""
    distance_beyond: float = Field(default=1.0, ge=0, le=1)
    """The same for a scale above all others. The spread of the Gaussian model grows most there."""
    levels: tuple[float, ...] = Field(default=LEVELS, min_length=1)
    """Shares of results that the intervals should cover."""

    def __post_init__(self) -> None:
        """Refuse levels that are not between 0 and 1, and levels without the main one."""
        wrong = [level for level in self.levels if not 0 < level < 1]
        if wrong:
            raise ValueError(f"levels lie between 0 and 1; given is {wrong[0]}")
        if MAIN_LEVEL not in self.levels:
            raise ValueError(f"levels must hold {MAIN_LEVEL}, the level of tables and pictures; given are {self.levels}")

    def column(self, hidden: pl.DataFrame, kind: str) -> str:
        """Return the column of the hidden batches that names the group.

        If all hidden batches are of one product, the question is of this product as well. The groups are then its batches for the
        next batch, and its hidden scales for a scale above all others: the batches of a step share its error.
        """
        column = {"batch": "batch_id"}.get(self.grouping, self.grouping)
        of_one_product = {NEXT_BATCH: "batch_id", BEYOND_SCALE: "scale_level"}
        return of_one_product.get(kind, column) if hidden["product"].n_unique() == 1 else column

    def exponent(self, kind: str) -> float:
        """Return the power of the model's spread that is the unit of errors on a kind of question."""
        return self.distance_beyond if kind == BEYOND_SCALE else self.distance


def with_pooled(kinds: Sequence[str]) -> tuple[str, ...]:
    """Return the kinds of question, and after them the kinds whose errors count for one of them.

    >>> with_pooled(["beyond_scale"])
    ('beyond_scale', 'new_scale', 'new_lineage')
    """
    return tuple(dict.fromkeys([*kinds, *(near for kind in kinds for near in POOLED.get(kind, ()))]))


def pooled(forecasts: Mapping[str, pl.DataFrame], kind: str) -> list[pl.DataFrame]:
    """Return the forecasts of hidden batches of near kinds whose errors count for a kind.

    forecasts: kind → hidden batches with lineage and reenacted_kind. Both kinds must have been re-enacted themselves.
    """
    own = [
        near for near in (kind, *POOLED.get(kind, ())) if near in forecasts and forecasts[near]["reenacted_kind"][0] == near
    ]
    few = [near for near in own if near == NEW_LINEAGE and forecasts[near]["lineage"].n_unique() < LEAST_LINES]
    return [forecasts[near] for near in own if near != kind and near not in few] if kind in own else []


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
    weights: NotRequired[list[float]]
    """Absent where each group of n errors weighs √n, as in models that were saved before kinds were pooled."""
    distance: NotRequired[float]
    """Absent in models that were saved before each kind had its own. There it is that of the model."""


@dataclass(frozen=True)
class Calibration:
    """Errors of forecasts of hidden batches in units of the spread, with the group (product, …) of each.

    One distribution of the size of the next error follows from them. Intervals and chances are read from it, so they agree at every
    level. An error of either sign is equally probable. A group of n batches has a weight proportional to √n. Errors of near kinds
    of question may count as well, with a share of the weight, because errors in units of the spread are alike. All errors together
    count as the number of independent errors that `effective_number` finds, from one per group to one per batch. The next error is
    that of a new group (clustered conformal prediction: Dunn, Wasserman, Ramdas 2022, J. Am. Stat. Assoc. 118, 2491).
    """

    residuals: tuple[float, ...]
    """Observed minus predicted, sorted by size."""
    groups: tuple[str, ...]
    """Group of each residual."""
    reenacted_kind: str = ""
    """The kind of question that was re-enacted."""
    substituted: bool = False
    """Whether that is another kind than the one asked for, because the training rows cannot show the latter."""
    weights: tuple[float, ...] = ()
    """Weight of each residual, sum 1. Where not given, a group of n errors weighs √n."""
    distance: float | None = None
    """Power of the model's spread that is the unit of the residuals. Where not given, it is that of the model."""

    @classmethod
    def of(cls, hidden: pl.DataFrame, config: IntervalConfig, kind: str, near: Sequence[pl.DataFrame] = ()) -> "Calibration":
        """Return the calibration for a kind of question.

        hidden: hidden batches with product, observed, predicted, censoring, spread, reenacted_kind and the column of the grouping;
        near: the same of near kinds, each with `SHARE_OF_POOLED` of the weight.
        Raises ScalebridgeError where there are none.
        """
        if hidden.is_empty():
            raise ScalebridgeError("Intervals need at least one forecast of a hidden batch with its result; there is none")
        distance, column = config.exponent(kind), config.column(hidden, kind)
        error = residual() / pl.col("spread") ** distance
        of_group = 1 / pl.len().over("group").sqrt()
        parts = [
            table.select(error=error, group=pl.col(column).cast(pl.String)).with_columns(
                weight=share * of_group / of_group.sum()
            )
            for share, table in [(1.0, hidden), *((SHARE_OF_POOLED, one) for one in near)]
        ]
        found = pl.concat(parts).sort(pl.col("error").abs(), "error", "group")
        weights = tuple((found["weight"] / found["weight"].sum()).to_list()) if near else ()
        reenacted = str(hidden["reenacted_kind"][0])
        errors, groups = tuple(found["error"].to_list()), tuple(found["group"].to_list())
        return cls(errors, groups, reenacted, reenacted != kind, weights, distance)

    @property
    def largest_level(self) -> float:
        """Largest level that the number of groups supports, K/(K + 1): the next group may be the most extreme one."""
        count = len(set(self.groups))
        return count / (count + 1)

    def supported(self, level: float) -> bool:
        """Tell whether the errors support the level.

        There must be enough groups, the kind of question itself must have been re-enacted, and some error must not be 0.
        """
        return not self.substituted and self.residuals[-1] != 0 and level <= self.largest_level + 1e-12

    def half_width(self, level: float) -> float:
        """Return half the width of the interval at a level, in units of the spread."""
        return float(self.half_widths(np.array([level]))[0])

    def half_widths(self, levels: FloatArray) -> FloatArray:
        """Return half the width of the intervals at some levels, shape (n,), in units of the spread."""
        return np.asarray(self._widened * self._sizes.quantile(levels))

    def drawn(self, count: int, rng: np.random.Generator) -> FloatArray:
        """Draw errors of the next batch, shape (count,), in units of the spread. The sign is drawn as well."""
        return np.asarray(self.half_widths(rng.random(count)) * rng.choice([-1, 1], count))

    def beyond(
        self, predicted: FloatArray, lower: float | None, upper: float | None, spread: FloatArray | None = None
    ) -> tuple[FloatArray, FloatArray]:
        """Return the probabilities that a result lies below `lower` and that it lies above `upper`, shape (n,) each.

        None is no limit on that side. spread: unit of the residuals at each prediction, shape (n,); 1 where not given. The chance
        that remains between two limits is at least half of `LEAST_CHANCE`.
        """
        unit, none = np.ones(len(predicted)) if spread is None else spread, np.zeros(len(predicted))
        below = none if lower is None else self._larger((predicted - lower) / unit)
        above = none if upper is None else self._larger((upper - predicted) / unit)
        kept = np.minimum(1, (1 - LEAST_CHANCE / 2) / np.maximum(below + above, LEAST_CHANCE))
        return below * kept, above * kept

    def below(self, predicted: FloatArray, limit: FloatArray, spread: FloatArray) -> FloatArray:
        """Return the probability that a result lies below the limit of its own row, shape (n,). spread: unit of the residuals."""
        return self._larger((predicted - limit) / spread)

    def _larger(self, distance: FloatArray) -> FloatArray:
        """Return P(error > distance), shape (n,). It equals P(error < −distance), because errors have either sign."""
        half = self._sizes.exceeded(np.abs(distance) / self._widened) / 2
        return np.asarray(np.where(distance < 0, 1 - half, half))

    def to_dict(self) -> SavedCalibration:
        """Return the calibration in the form in which it is saved."""
        saved: SavedCalibration = {
            "residuals": list(self.residuals),
            "groups": list(self.groups),
            "shown": self.reenacted_kind,
            "stranger": self.substituted,
        }
        if self.weights:
            saved["weights"] = list(self.weights)
        if self.distance is not None:
            saved["distance"] = self.distance
        return saved

    @classmethod
    def from_dict(cls, saved: SavedCalibration) -> "Calibration":
        """Return the calibration that was saved."""
        weights, distance = tuple(saved.get("weights", ())), saved.get("distance")
        return cls(tuple(saved["residuals"]), tuple(saved["groups"]), saved["shown"], saved["stranger"], weights, distance)

    @property
    def _widened(self) -> float:
        return SUBSTITUTION_FACTOR if self.substituted else 1.0

    @cached_property
    def _sizes(self) -> ErrorSizes:
        """Distribution of the size of the next error where no kind is substituted, in units of the spread."""
        errors, (_, group) = np.array(self.residuals), np.unique(np.array(self.groups), return_inverse=True)
        weights = np.array(self.weights) if self.weights else weights_of(group)
        return ErrorSizes(np.abs(errors), weights, group, effective_number(errors, group, weights))
