"""Baseline models: means that every other model must beat."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from pydantic.dataclasses import dataclass as configuration

from pipeline.domain.arrays import FloatArray
from pipeline.domain.strict_config import STRICT
from pipeline.models.encoding import codes_of
from pipeline.models.file_format import SavedCarryOver, SavedGlobalMean


@configuration(config=STRICT, frozen=True)
class GlobalMean:
    """The mean of all training batches."""

    kind: Literal["global_mean"] = "global_mean"


@configuration(config=STRICT, frozen=True)
class CarryOver:
    """The product's own mean at the largest scale where it ran. An engineer expects this value without any model."""

    kind: Literal["carry_over"] = "carry_over"


@dataclass(frozen=True)
class FittedGlobalMean:
    """A model that predicts one mean for all rows."""

    mean: float
    kind: Literal["global_mean"] = "global_mean"

    def predict(self, rows: pl.DataFrame) -> FloatArray:
        """Return the mean for every row."""
        return np.full(rows.height, self.mean)

    def contributions(self, rows: pl.DataFrame) -> tuple[FloatArray, pl.DataFrame]:
        """Return the predictions as base, and no contributions."""
        return self.predict(rows), pl.DataFrame(height=rows.height)

    @property
    def reads(self) -> tuple[str, ...]:
        """No feature."""
        return ()

    def to_dict(self) -> SavedGlobalMean:
        """Return the model in the form in which it is saved."""
        return {"mean": self.mean, "kind": self.kind}


@dataclass(frozen=True)
class FittedCarryOver:
    """A model that predicts the mean of the product, of its lineage where the product is unknown, or else of all batches."""

    products: dict[str, float]
    """Product → mean."""
    lineages: dict[str, float]
    """Lineage → mean."""
    mean: float
    kind: Literal["carry_over"] = "carry_over"

    def predict(self, rows: pl.DataFrame) -> FloatArray:
        """Return the mean for each row."""
        product, lineage = _mean_of_level(rows["product"], self.products), _mean_of_level(rows["lineage"], self.lineages)
        return np.asarray(np.where(np.isnan(product), np.where(np.isnan(lineage), self.mean, lineage), product))

    def contributions(self, rows: pl.DataFrame) -> tuple[FloatArray, pl.DataFrame]:
        """Return the predictions as base, and no contributions."""
        return self.predict(rows), pl.DataFrame(height=rows.height)

    @property
    def reads(self) -> tuple[str, ...]:
        """No feature."""
        return ()

    def to_dict(self) -> SavedCarryOver:
        """Return the model in the form in which it is saved."""
        return {"products": self.products, "lineages": self.lineages, "mean": self.mean, "kind": self.kind}


def _mean_of_level(levels: pl.Series, means: Mapping[str, float]) -> FloatArray:
    """Return the mean of each level, shape (n,), or NaN for an unknown one."""
    return np.append(list(means.values()), np.nan)[codes_of(levels, list(means))]


def fit_global_mean(y: FloatArray) -> FittedGlobalMean:
    """Fit the mean of all results y, shape (n,)."""
    return FittedGlobalMean(float(y.mean()))


def fit_carry_over(rows: pl.DataFrame, y: FloatArray) -> FittedCarryOver:
    """Fit the means at the largest scale of each product and of each lineage; y are the results, shape (n,)."""
    train = rows.select("product", "lineage", "scale_level").with_columns(pl.Series("y", y))
    return FittedCarryOver(_means_at_largest(train, "product"), _means_at_largest(train, "lineage"), float(y.mean()))


def _means_at_largest(train: pl.DataFrame, group: str) -> dict[str, float]:
    """Return for each level of a grouping the mean of `y` at its largest scale."""
    top = train.filter(pl.col("scale_level") == pl.col("scale_level").max().over(group))
    return dict(top.group_by(group).agg(pl.col("y").mean()).sort(group).iter_rows())
