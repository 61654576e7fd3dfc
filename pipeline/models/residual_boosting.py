"""Trees on what a hierarchical model leaves over."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from pydantic import Field
from pydantic.dataclasses import dataclass as configuration

from pipeline.domain.arrays import FloatArray
from pipeline.domain.strict_config import STRICT
from pipeline.models.base import Task
from pipeline.models.hierarchical.model import FittedHierarchical, Hierarchical, fit_hierarchical, hierarchical_from_dict
from pipeline.models.trees.lightgbm import FittedLightGBM, LightGBM, fit_lightgbm, lightgbm_from_dict


@configuration(config=STRICT, frozen=True)
class Boosted:
    """A hierarchical model, and trees that learn its out-of-fold residual.

    The residual of a batch is the one that it would have had, had its product at its scale been hidden: trees that saw the
    ordinary residual would learn only noise.
    """

    kind: Literal["boosted"] = "boosted"
    base: Hierarchical = Field(default_factory=Hierarchical)
    trees: LightGBM = Field(default_factory=LightGBM)


@dataclass(frozen=True)
class FittedBoosted:
    """The sum of both."""

    base: FittedHierarchical
    trees: FittedLightGBM
    kind: str = "boosted"

    def predict(self, rows: pl.DataFrame) -> FloatArray:
        """Predict one value per row."""
        return np.asarray(self.base.predict(rows) + self.trees.predict(rows))

    def contributions(self, rows: pl.DataFrame) -> tuple[FloatArray, pl.DataFrame]:
        """Sum the shares of both."""
        return added([(1.0, self.base.contributions(rows)), (1.0, self.trees.contributions(rows))])

    @property
    def reads(self) -> tuple[str, ...]:
        """What either reads."""
        return tuple(dict.fromkeys((*self.base.reads, *self.trees.reads)))

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {"kind": self.kind, "base": self.base.to_dict(), "trees": self.trees.to_dict()}


def boosted_from_dict(data: dict[str, Any], base: FittedHierarchical | None = None) -> FittedBoosted:
    """Make a fitted model of plain data, on a base that is there already or is in the data."""
    return FittedBoosted(base or hierarchical_from_dict(data["base"]), lightgbm_from_dict(data["trees"]))


def fit_boosted(
    config: Boosted,
    rows: pl.DataFrame,
    y: FloatArray,
    task: Task,
    seed: int,
    base: FittedHierarchical | None = None,
) -> FittedBoosted:
    """Fit the hierarchical model, unless it is given, and the trees on its residuals."""
    below = base or fit_hierarchical(config.base, rows, y, task)
    campaigns = rows.select(pl.struct("product", "scale_level").rank("dense")).to_series().to_numpy().astype(np.int64)
    left = below.blocks_out(y, campaigns)
    return FittedBoosted(below, fit_lightgbm(config.trees, rows, left, task, seed))


def added(parts: list[tuple[FloatArray | float, tuple[FloatArray, pl.DataFrame]]]) -> tuple[FloatArray, pl.DataFrame]:
    """Weighted sum of contributions; a weight is one number or one per row."""
    names = list(dict.fromkeys(name for _, (_, shares) in parts for name in shares.columns))
    base = np.asarray(sum(weight * base for weight, (base, _) in parts))
    columns = {
        name: np.asarray(sum(w * shares[name].to_numpy() for w, (_, shares) in parts if name in shares.columns))
        for name in names
    }
    return base, pl.DataFrame(columns) if columns else pl.DataFrame(height=len(base))
