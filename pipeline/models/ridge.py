"""Ridge regression on standardised features: the simplest model that extrapolates a trend to a new scale."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from pydantic import Field
from pydantic.dataclasses import dataclass as configuration

from pipeline.domain.arrays import FloatArray
from pipeline.domain.strict_config import STRICT
from pipeline.models.base import Task
from pipeline.models.encoding import StandardEncoding, fit_encoding
from pipeline.models.file_format import SavedRidge


@configuration(config=STRICT, frozen=True)
class Ridge:
    """Ridge regression (Hoerl, Kennard 1970, Technometrics 12, 55), with the penalty from cross-validation over products."""

    kind: Literal["ridge"] = "ridge"
    penalties: tuple[float, ...] = Field(default=(1.0, 10.0, 100.0, 1000.0, 10000.0), min_length=1)
    """Penalties to choose from."""
    folds: int = Field(default=5, ge=2)
    """Number of folds for the choice of the penalty. Each fold holds whole products."""


@dataclass(frozen=True)
class FittedRidge:
    """A linear function of the encoded features."""

    encoding: StandardEncoding
    coefficients: tuple[float, ...]
    intercept: float
    centre: tuple[float, ...]
    """Mean of each column in training. Contributions are zero there."""
    penalty: float
    kind: Literal["ridge"] = "ridge"

    def predict(self, rows: pl.DataFrame) -> FloatArray:
        """Predict one value per row."""
        return np.asarray(self.encoding.matrix(rows) @ np.array(self.coefficients) + self.intercept)

    def contributions(self, rows: pl.DataFrame) -> tuple[FloatArray, pl.DataFrame]:
        """Return coefficient × distance from the training mean, summed per feature. This is exact for a linear model."""
        centre, slope = np.array(self.centre), np.array(self.coefficients)
        shares = (self.encoding.matrix(rows) - centre) * slope
        base = np.full(rows.height, self.intercept + float(centre @ slope))
        names = self.encoding.names
        columns = {
            n: shares[:, [i for i, other in enumerate(names) if other == n]].sum(axis=1) for n in dict.fromkeys(names)
        }
        return base, pl.DataFrame(columns)

    @property
    def reads(self) -> tuple[str, ...]:
        """All features that the model was fitted to."""
        return tuple(dict.fromkeys(self.encoding.names))

    def to_dict(self) -> SavedRidge:
        """Return the model in the form in which it is saved."""
        return {
            "encoding": self.encoding.to_dict(),
            "coefficients": list(self.coefficients),
            "intercept": self.intercept,
            "centre": list(self.centre),
            "penalty": self.penalty,
            "kind": self.kind,
        }


def ridge_from_dict(saved: SavedRidge) -> FittedRidge:
    """Return the model that was saved."""
    return FittedRidge(
        StandardEncoding.from_dict(saved["encoding"]),
        tuple(saved["coefficients"]),
        saved["intercept"],
        tuple(saved["centre"]),
        saved["penalty"],
    )


def fit_ridge(config: Ridge, rows: pl.DataFrame, y: FloatArray, task: Task) -> FittedRidge:
    """Fit with the penalty that predicts hidden products best."""
    encoding = fit_encoding(rows, task)
    matrix = encoding.matrix(rows)
    penalty = _best_penalty(config, matrix, y, _folds(rows["product"], config.folds))
    coefficients, intercept = solve(matrix, y, (penalty,))
    return FittedRidge(
        encoding, tuple(coefficients[:, 0].tolist()), float(intercept[0]), tuple(matrix.mean(axis=0).tolist()), penalty
    )


def solve(matrix: FloatArray, y: FloatArray, penalties: tuple[float, ...]) -> tuple[FloatArray, FloatArray]:
    """Solve for all penalties with one decomposition.

    Returns coefficients, (columns, penalties), and intercepts, (penalties,).
    """
    centre, mean = matrix.mean(axis=0), y.mean()
    u, s, vt = np.linalg.svd(matrix - centre, full_matrices=False)
    shrunk = (s[:, None] / (s[:, None] ** 2 + np.array(penalties))) * (u.T @ (y - mean))[:, None]
    coefficients = vt.T @ shrunk
    return coefficients, mean - centre @ coefficients


def _folds(products: pl.Series, folds: int) -> FloatArray:
    """Return the number of the fold of each row, shape (n,). All rows of a product are in one fold."""
    fold = {name: i % folds for i, name in enumerate(products.unique().sort())}
    return products.replace_strict(fold, return_dtype=pl.Int32).to_numpy()


def _best_penalty(config: Ridge, matrix: FloatArray, y: FloatArray, folds: FloatArray) -> float:
    """Return the penalty with the least squared error on held-out folds. With one fold, thirds of the rows are held out."""
    if len(np.unique(folds)) < 2:
        folds = np.arange(len(y), dtype=np.float64) % 3
    errors = np.zeros(len(config.penalties))
    for fold in np.unique(folds):
        test = folds == fold
        if test.all() or (~test).sum() < 2:
            continue
        coefficients, intercept = solve(matrix[~test], y[~test], config.penalties)
        errors += ((matrix[test] @ coefficients + intercept - y[test, None]) ** 2).sum(axis=0)
    return float(config.penalties[int(errors.argmin())])
