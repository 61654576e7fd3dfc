"""The means that a model must beat."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from pydantic.dataclasses import dataclass as configuration

from pipeline.domain.arrays import FloatArray
from pipeline.domain.strict_config import STRICT
from pipeline.models.encoding import places


@configuration(config=STRICT, frozen=True)
class GlobalMean:
    """The mean of all training batches."""

    kind: Literal["global_mean"] = "global_mean"


@configuration(config=STRICT, frozen=True)
class CarryOver:
    """The product's own mean at the largest scale where it did run: what an engineer expects without a model."""

    kind: Literal["carry_over"] = "carry_over"


@dataclass(frozen=True)
class FittedGlobalMean:
    """Predicts the mean."""

    mean: float
    kind: str = "global_mean"

    def predict(self, rows: pl.DataFrame) -> FloatArray:
        """Predict the mean for every row."""
        return np.full(rows.height, self.mean)

    def contributions(self, rows: pl.DataFrame) -> tuple[FloatArray, pl.DataFrame]:
        """No feature contributes."""
        return self.predict(rows), pl.DataFrame(height=rows.height)

    @property
    def reads(self) -> tuple[str, ...]:
        """No feature."""
        return ()

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


@dataclass(frozen=True)
class FittedCarryOver:
    """Predicts the product's mean; of an unknown product its lineage's; of an unknown lineage the mean of all."""

    products: dict[str, float]
    lineages: dict[str, float]
    mean: float
    kind: str = "carry_over"

    def predict(self, rows: pl.DataFrame) -> FloatArray:
        """Predict the mean that is carried over to each row."""
        product, lineage = _carried(rows["product"], self.products), _carried(rows["lineage"], self.lineages)
        return np.asarray(np.where(np.isnan(product), np.where(np.isnan(lineage), self.mean, lineage), product))

    def contributions(self, rows: pl.DataFrame) -> tuple[FloatArray, pl.DataFrame]:
        """No feature contributes."""
        return self.predict(rows), pl.DataFrame(height=rows.height)

    @property
    def reads(self) -> tuple[str, ...]:
        """No feature."""
        return ()

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


def _carried(words: pl.Series, means: Mapping[str, float]) -> FloatArray:
    """Mean of each word, NaN where there is none."""
    return np.append(list(means.values()), np.nan)[places(words, list(means))]


def fit_global_mean(y: FloatArray) -> FittedGlobalMean:
    """Fit the mean of all rows."""
    return FittedGlobalMean(float(y.mean()))


def fit_carry_over(rows: pl.DataFrame, y: FloatArray) -> FittedCarryOver:
    """Fit the means at the largest scale of each product and of each lineage."""
    known = rows.select("product", "lineage", "scale_level").with_columns(pl.Series("y", y))
    return FittedCarryOver(_at_largest(known, "product"), _at_largest(known, "lineage"), float(y.mean()))


def _at_largest(known: pl.DataFrame, group: str) -> dict[str, float]:
    top = known.filter(pl.col("scale_level") == pl.col("scale_level").max().over(group))
    return dict(top.group_by(group).agg(pl.col("y").mean()).sort(group).iter_rows())
