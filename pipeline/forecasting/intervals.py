"""How sure a forecast is: intervals from the errors of forecasts that were rehearsed on history."""

from dataclasses import dataclass as plain
from functools import cached_property
from typing import Any, Literal

import numpy as np
import polars as pl
from pydantic import Field
from pydantic.dataclasses import dataclass
from scipy.special import ndtri, stdtrit

from pipeline.domain.arrays import FloatArray
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.strict_config import STRICT

LEVELS = (0.8, 0.9, 0.95)
SINGLE = 2.0
"""How much wider an interval is that stands on a single group, which says nothing about how groups differ."""
STRANGE = 1.25
"""How much wider an interval is where history could not show the kind of question that is asked, only one that is nearer."""
MAIN_LEVEL = 0.9
"""The level that tables and pictures show."""


@dataclass(config=STRICT, frozen=True)
class IntervalConfig:
    """Which intervals are given and what counts as one independent piece of evidence for them."""

    grouping: Literal["batch", "product", "lineage"] = "product"
    """`product`: ten batches of one product are one piece of evidence, not ten. `batch` takes each as its own."""
    distance: float = Field(default=0.5, ge=0, le=1)
    """How strongly an interval widens with the distance from evidence: 0 not at all, 1 as the Gaussian member says."""
    levels: tuple[float, ...] = Field(default=LEVELS, min_length=1)
    """Promised shares of covered results."""

    def __post_init__(self) -> None:
        """Refuse a level that is no share."""
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
    """Observed minus predicted, from the columns observed, predicted and censoring.

    A left-censored result is known to lie at or under its limit: a prediction there has no error, and one above has at
    least its distance from the limit. Right-censored the other way. So an interval covers a censored result where it
    reaches the side of the limit on which the result lies.
    """
    difference = pl.col("observed") - pl.col("predicted")
    return (
        pl.when(pl.col("censoring") == "left").then(pl.min_horizontal(difference, 0.0))
        .when(pl.col("censoring") == "right").then(pl.max_horizontal(difference, 0.0))
        .otherwise(difference)
    )  # fmt: skip


def covered(lower: str, upper: str) -> pl.Expr:
    """Tell whether the interval in two columns holds the result; for a censored one as `residual` says."""
    above = (pl.col("observed") >= pl.col(lower)) | (pl.col("censoring") == "right")
    below = (pl.col("observed") <= pl.col(upper)) | (pl.col("censoring") == "left")
    return above & below


def bounds(level: float) -> tuple[str, str]:
    """Names of the columns of an interval.

    >>> bounds(0.9)
    ('lower_90', 'upper_90')
    """
    percent = f"{100 * level:g}"
    return f"lower_{percent}", f"upper_{percent}"


@plain(frozen=True)
class Calibration:
    """Absolute residuals of rehearsed forecasts, in units of how hard each was, and the group (product, …) of each.

    The half width at a level is the weighted quantile of the residuals (Dunn, Wasserman, Ramdas 2022, J. Am. Stat. Assoc.
    118, 2491), widened as Student's t with K − 1 degrees of freedom is wider than the normal, where K groups have spoken.
    A group of n batches weighs √n: its batches are neither one piece of evidence nor n independent ones. Close to the
    level, and no guarantee beyond K/(K+1).
    """

    residuals: tuple[float, ...]
    """Sorted."""
    groups: tuple[str, ...]
    shown: str = ""
    """The kind of question that was re-enacted."""
    stranger: bool = False
    """The question that is asked goes further than what could be re-enacted."""

    @classmethod
    def of(cls, rehearsed: pl.DataFrame, config: IntervalConfig, asked: str) -> "Calibration":
        """Calibrate by rehearsed forecasts: observed, predicted, censoring, spread, shown, and the column of the grouping.

        Raises ScalebridgeError where there are none.
        """
        if rehearsed.is_empty():
            raise ScalebridgeError("Intervals need at least one rehearsed forecast with its result; there is none")
        unit = pl.col("spread") ** config.distance
        ordered = rehearsed.select(size=residual().abs() / unit, group=pl.col(config.column)).sort("size", "group")
        shown = str(rehearsed["shown"][0])
        return cls(tuple(ordered["size"].to_list()), tuple(ordered["group"].to_list()), shown, shown != asked)

    @property
    def largest_level(self) -> float:
        """Largest level that so many groups can promise, K/(K+1)."""
        count = len(set(self.groups))
        return count / (count + 1)

    def supported(self, level: float) -> bool:
        """Tell whether there are groups enough for the level, and the kind of question could be re-enacted."""
        return not self.stranger and level <= self.largest_level + 1e-12

    def half_width(self, level: float) -> float:
        """Half the width of the interval at a level, in units of the spread."""
        place = int(np.searchsorted(np.cumsum(self.weights), level - 1e-12))
        wider = float(self._wider(np.array([level]))[0])
        return self._further * wider * self.residuals[min(place, len(self.residuals) - 1)]

    @property
    def _further(self) -> float:
        return STRANGE if self.stranger else 1.0

    def _wider(self, levels: FloatArray) -> FloatArray:
        """How much wider Student's t is than the normal at these levels, shape (n,)."""
        groups, tails = len(set(self.groups)), (1 + levels) / 2
        return np.asarray(stdtrit(groups - 1, tails) / ndtri(tails)) if groups > 1 else np.full(len(levels), SINGLE)

    def probability_within(
        self, predicted: FloatArray, lower: float | None, upper: float | None, spread: FloatArray | None = None
    ) -> FloatArray:
        """Probability that a result lies between two limits, shape (n,); None is no limit on that side.

        `spread`, shape (n,), is the unit of the residuals at each prediction; 1 where not given. Each residual counts half
        above and half below the prediction.
        """
        below, above = self.beyond(predicted, lower, upper, spread)
        return np.asarray(np.clip(1 - below - above, 0, 1))

    def beyond(
        self, predicted: FloatArray, lower: float | None, upper: float | None, spread: FloatArray | None = None
    ) -> tuple[FloatArray, FloatArray]:
        """Probability that a result lies under `lower`, and that it lies over `upper`, shape (n,) each: in n log residuals."""
        unit, none = np.ones(len(predicted)) if spread is None else spread, np.zeros(len(predicted))
        return (
            none if lower is None else self._over((predicted - lower) / unit),
            none if upper is None else self._over((upper - predicted) / unit),
        )

    def _over(self, reach: FloatArray) -> FloatArray:
        """P(error > reach), which is P(error < −reach), errors having either sign."""
        total = np.concatenate([[0.0], np.cumsum(self.weights)])
        larger = total[-1] - total[np.searchsorted(self.sizes, reach, side="right")]
        opposite = total[np.searchsorted(self.sizes, -reach, side="left")]
        return np.asarray((larger + opposite) / 2)

    def to_dict(self) -> dict[str, Any]:
        """Give residuals and groups as values that JSON holds."""
        return {
            "residuals": list(self.residuals),
            "groups": list(self.groups),
            "shown": self.shown,
            "stranger": self.stranger,
        }

    @classmethod
    def from_dict(cls, saved: dict[str, Any]) -> "Calibration":
        """Read what `to_dict` gave."""
        return cls(tuple(saved["residuals"]), tuple(saved["groups"]), saved["shown"], saved["stranger"])

    @cached_property
    def sizes(self) -> FloatArray:
        """Errors to reckon with in units of the spread, shape (n,), sorted: each residual, as much wider as intervals are."""
        middle = np.cumsum(self.weights) - self.weights / 2
        return np.asarray(self._further * self._wider(middle) * np.array(self.residuals))

    @cached_property
    def weights(self) -> FloatArray:
        """Weight of each residual, shape (n,); their sum is 1."""
        _, place, counts = np.unique(np.array(self.groups), return_inverse=True, return_counts=True)
        weights = 1 / np.sqrt(counts[place])
        return np.asarray(weights / weights.sum())
