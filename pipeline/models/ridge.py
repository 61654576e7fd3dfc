"""Ridge regression on standardised features: the simplest model that can carry a trend to a scale never seen."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from pydantic import Field
from pydantic.dataclasses import dataclass as configuration

from pipeline.domain.arrays import FloatArray
from pipeline.domain.strict_config import STRICT
from pipeline.models.base import Task
from pipeline.models.encoding import Standard, standard


@configuration(config=STRICT, frozen=True)
class Ridge:
    """Hoerl, Kennard (1970), Technometrics 12, 55; the penalty chosen by cross-validation over whole products."""

    kind: Literal["ridge"] = "ridge"
    penalties: tuple[float, ...] = Field(default=(1.0, 10.0, 100.0, 1000.0, 10000.0), min_length=1)
    """Penalties to choose from."""
    folds: int = Field(default=5, ge=2)
    """Groups of products for the choice of the penalty."""


@dataclass(frozen=True)
class FittedRidge:
    """A line in the standardised features."""

    encoding: Standard
    coefficients: tuple[float, ...]
    intercept: float
    centre: tuple[float, ...]
    """Mean of each column in training: where contributions are zero."""
    penalty: float
    kind: str = "ridge"

    def predict(self, rows: pl.DataFrame) -> FloatArray:
        """Predict one value per row."""
        return np.asarray(self.encoding.matrix(rows) @ np.array(self.coefficients) + self.intercept)

    def contributions(self, rows: pl.DataFrame) -> tuple[FloatArray, pl.DataFrame]:
        """Coefficient × distance from the training mean, summed per feature; exact for a linear model."""
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
        """All features that it was fitted to."""
        return tuple(dict.fromkeys(self.encoding.names))

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


def ridge_from_dict(data: dict[str, Any]) -> FittedRidge:
    """Make a fitted ridge of plain data."""
    encoding: dict[str, Any] = {k: v if isinstance(v, dict) else tuple(v) for k, v in data["encoding"].items()}
    return FittedRidge(
        Standard(**encoding), tuple(data["coefficients"]), data["intercept"], tuple(data["centre"]), data["penalty"]
    )


def fit_ridge(config: Ridge, rows: pl.DataFrame, y: FloatArray, task: Task) -> FittedRidge:
    """Fit with the penalty that predicts products best that it was not fitted on."""
    encoding = standard(rows, task)
    matrix = encoding.matrix(rows)
    penalty = _choose(config, matrix, y, _groups(rows["product"], config.folds))
    coefficients, intercept = solve(matrix, y, (penalty,))
    return FittedRidge(
        encoding, tuple(coefficients[:, 0].tolist()), float(intercept[0]), tuple(matrix.mean(axis=0).tolist()), penalty
    )


def solve(matrix: FloatArray, y: FloatArray, penalties: tuple[float, ...]) -> tuple[FloatArray, FloatArray]:
    """Solve for all penalties with one decomposition; return (columns, penalties) and (penalties,)."""
    centre, mean = matrix.mean(axis=0), y.mean()
    u, s, vt = np.linalg.svd(matrix - centre, full_matrices=False)
    shrunk = (s[:, None] / (s[:, None] ** 2 + np.array(penalties))) * (u.T @ (y - mean))[:, None]
    coefficients = vt.T @ shrunk
    return coefficients, mean - centre @ coefficients


def _groups(products: pl.Series, folds: int) -> FloatArray:
    """A number of a fold for each row, whole products together."""
    order = products.unique().sort()
    number = {name: i % folds for i, name in enumerate(order)}
    return products.replace_strict(number, return_dtype=pl.Int32).to_numpy()


def _choose(config: Ridge, matrix: FloatArray, y: FloatArray, group: FloatArray) -> float:
    """The penalty with the least squared error on held-out products; with one product, on held-out thirds of its rows."""
    if len(np.unique(group)) < 2:
        group = np.arange(len(y), dtype=np.float64) % 3
    errors = np.zeros(len(config.penalties))
    for held_out in np.unique(group):
        test = group == held_out
        if test.all() or (~test).sum() < 2:
            continue
        coefficients, intercept = solve(matrix[~test], y[~test], config.penalties)
        errors += ((matrix[test] @ coefficients + intercept - y[test, None]) ** 2).sum(axis=0)
    return float(config.penalties[int(errors.argmin())])
