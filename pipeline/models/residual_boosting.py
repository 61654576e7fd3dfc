"""Residual boosting: a hierarchical model, and trees that are fitted to its residuals."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from pydantic import Field
from pydantic.dataclasses import dataclass as configuration

from pipeline.domain.arrays import FloatArray
from pipeline.domain.strict_config import STRICT
from pipeline.models.base import Task
from pipeline.models.contributions import weighted_sum
from pipeline.models.file_format import SavedBoosted
from pipeline.models.hierarchical.fitting import fit_hierarchical
from pipeline.models.hierarchical.model import FittedHierarchical, Hierarchical
from pipeline.models.trees.lightgbm import FittedLightGBM, LightGBM, fit_lightgbm, lightgbm_from_dict


@configuration(config=STRICT, frozen=True)
class Boosted:
    """A hierarchical model, and trees that learn its out-of-fold residuals.

    The residual of a batch is computed with all batches of its product at its scale left out. Trees that are fitted to
    ordinary residuals would learn only noise.
    """

    kind: Literal["boosted"] = "boosted"
    base: Hierarchical = Field(default_factory=Hierarchical)
    trees: LightGBM = Field(default_factory=LightGBM)


@dataclass(frozen=True)
class FittedBoosted:
    """The sum of a hierarchical model and of trees."""

    base: FittedHierarchical
    trees: FittedLightGBM
    kind: Literal["boosted"] = "boosted"

    def predict(self, rows: pl.DataFrame) -> FloatArray:
        """Predict one value per row."""
        return np.asarray(self.base.predict(rows) + self.trees.predict(rows))

    def contributions(self, rows: pl.DataFrame) -> tuple[FloatArray, pl.DataFrame]:
        """Return the sum of the contributions in both models."""
        return weighted_sum([(1.0, self.base.contributions(rows)), (1.0, self.trees.contributions(rows))])

    @property
    def reads(self) -> tuple[str, ...]:
        """Features that either model reads."""
        return tuple(dict.fromkeys((*self.base.reads, *self.trees.reads)))

    def to_dict(self) -> SavedBoosted:
        """Return the model in the form in which it is saved."""
        return {"kind": self.kind, "base": self.base.to_dict(), "trees": self.trees.to_dict()}


def boosted_from_dict(saved: SavedBoosted, base: FittedHierarchical) -> FittedBoosted:
    """Return the model that was saved; `base` is its hierarchical model."""
    return FittedBoosted(base, lightgbm_from_dict(saved["trees"]))


def fit_boosted(
    config: Boosted,
    rows: pl.DataFrame,
    y: FloatArray,
    task: Task,
    seed: int,
    base: FittedHierarchical | None = None,
) -> FittedBoosted:
    """Fit the hierarchical model, unless `base` is given, and fit the trees to its residuals."""
    base = base or fit_hierarchical(config.base, rows, y, task)
    campaigns = rows.select(pl.struct("product", "scale_level").rank("dense")).to_series().to_numpy().astype(np.int64)
    residuals = base.blocks_out(rows, y, campaigns)
    return FittedBoosted(base, fit_lightgbm(config.trees, rows, residuals, task, seed))
